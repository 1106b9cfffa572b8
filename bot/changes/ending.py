from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from bot.changes import evidence, timers
from bot.changes.change_ids import new_change_id
from bot.changes.pauses import Pauses, soonest
from bot.changes.ports import AnnouncementError, Messenger, Requests, Store
from bot.changes.request import ChangeRequest
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.undoing import restoring

_log = structlog.get_logger()


class Ending:
    """End the timers of finished changes: a note beforehand, and then a change that restores.

    It needs no message of the change: the note goes to the requester, and the change that restores
    is told by itself.

    Args:
        store: The database.
        messenger: Slack.
        clock: Tells the time.
        pauses: How long to wait where Slack does not take the note, or somebody's undo is open.
        reached: Told of each step.
    """

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        clock: Callable[[], datetime],
        pauses: Pauses,
        reached: Reached = unobserved,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock
        self._pauses = pauses
        self._reached = reached

    async def advance(self, request: ChangeRequest) -> datetime | None:
        """Do what a finished request's timer asks for now; say when it is due again, or None."""
        now = self._clock()
        match timers.next_step(request.timer, now):
            case timers.Sleep(until):
                return until
            case timers.NoteEnd():
                return await self._note(request, now)
            case timers.EnableAgain():
                return await self._enable_again(request, now)
            case None:
                return None

    async def _note(self, request: ChangeRequest, now: datetime) -> datetime | None:
        timer = request.timer
        if timer is None or timer.ends_at is None:
            return None
        if request.undone_by is None:
            try:
                await self._messenger.note_end(request)
            except AnnouncementError as error:
                _log.warning("the end of a timer is not noted yet", reason=str(error))
                since = timers.noted_from(timer.ends_at, timer.lasts)
                again = self._pauses.tell_again(since, now, error.retry_after)
                return soonest(timer.ends_at, again)
        noted = replace(request, timer=replace(timer, noted_at=now))
        async with self._store.transaction() as transaction:
            await transaction.save_timer(noted)
        self._reached(Step.END_NOTED)
        return timer.ends_at

    async def _enable_again(self, request: ChangeRequest, now: datetime) -> datetime | None:
        """Ask for the restoring change in the requester's name; it is judged as any other."""
        timer = request.timer
        if timer is None:
            return None
        again = ChangeRequest(
            id=new_change_id(),
            requester=request.requester,
            origin=replace(request.origin, response_url=None, pressed=None),
            targets=restoring(request),
            reason="",
            created_at=now,
            undo_of=request.id,
            automatic=True,
            rule=request.rule,
            policy_digest=request.policy_digest,
            asked_with=request.asked_with,
        )
        over = replace(request, timer=replace(timer, ends_at=None))
        async with self._store.transaction() as transaction:
            # Nobody gives its undo back, or takes it, while this looks whose it is.
            await transaction.request_to_move(request.id)
            reserved = await transaction.claim_undo(request.id, again.id)
            if not reserved and await _may_come_to_nothing(transaction, request.id):
                # Somebody's undo waits for them or for others; if they leave it, the end is due.
                return now + self._pauses.first
            if await transaction.save_timer(over) and reserved:
                await transaction.add_request(again, now)
                await transaction.append(evidence.accepted(again))
            elif reserved:
                await transaction.release_undo(request.id, again.id)
        self._reached(Step.RESTORING)
        return None


async def _may_come_to_nothing(transaction: Requests, change_id: str) -> bool:
    """Tell whether the undo that has a change reserved is not over yet."""
    current = await transaction.request(change_id)
    if current is None or current.undone_by is None:
        return False
    undo = await transaction.request(current.undone_by)
    return undo is not None and not undo.state.final
