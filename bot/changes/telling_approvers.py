from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.changes.announcing import Announcing
from bot.changes.approvers import Approvers
from bot.changes.pauses import Pauses
from bot.changes.ports import AnnouncementError, Store
from bot.changes.request import ChangeRequest
from bot.changes.steps import Reached, Step, unobserved

_log = structlog.get_logger()


class TellingApprovers:
    """Let every approver have the message of a break-glass, and keep it up to date.

    Who is told is stored before anybody is, and each of them right after, so that a crash forgets
    nobody and tells at most one of them twice. Whoever becomes an approver while it is not reviewed
    is told whenever it is looked at again.

    Args:
        store: The database.
        announcing: Tells them.
        approvers: Finds out who they are.
        clock: Tells the time.
        pauses: How long to wait where Slack does not take a message, or does not say who they are.
        reached: Told of each step.
    """

    def __init__(
        self,
        *,
        store: Store,
        announcing: Announcing,
        approvers: Approvers,
        clock: Callable[[], datetime],
        pauses: Pauses,
        reached: Reached = unobserved,
    ) -> None:
        self._store = store
        self._announcing = announcing
        self._approvers = approvers
        self._clock = clock
        self._pauses = pauses
        self._reached = reached

    async def advance(self, request: ChangeRequest) -> datetime | None:
        """Tell whoever is not told of all there is; say when that is tried again, or None.

        What changed nothing is told to those alone who know of it already. What refers to an
        earlier change, such as its undo, is told in that one's message.
        """
        # Nothing is done before its requester has said on which instance.
        to_be_told = request.unreviewed and not request.state.waiting
        found_all = not to_be_told or await self._list(request)
        earlier = (request.undo_of, request.retry_of, request.again_of)
        told_all, turn = await self._tell([request.id, *(each for each in earlier if each)])
        if found_all and told_all:
            return None
        since = await self._announcing.news_since(request)
        again = self._pauses.tell_again(since, self._clock(), turn)
        if again is None:
            _log.error("a break-glass did not reach every approver")
        return again

    async def _list(self, request: ChangeRequest) -> bool:
        """Store who is to be told; False if Slack does not say of everybody who they are."""
        found = await self._approvers.now()
        if found.untold:
            # Its message mentions the group, or the person, wherever it can be read.
            _log.warning(
                "Slack does not say who all the approvers are", untold=sorted(found.untold)
            )
        others = found.users - {request.requester.user_id}
        async with self._store.transaction() as transaction:
            known = {copy.user_id for copy in await transaction.copies(request.id)}
            await transaction.plan_copies(request.id, others - known)
        if others - known:
            self._reached(Step.APPROVERS_LISTED)
        return not found.untold

    async def _tell(self, change_ids: Sequence[str]) -> tuple[bool, float | None]:
        """Post or edit the copies that do not show all of it; tell whether all do now.

        Where Slack asks to wait, the others may have their turn; where it is in trouble, they have
        to wait as well.

        Returns:
            Whether all is told, and in how many seconds the next turn is, where that is known.
        """
        async with self._store.reading() as reading:
            copies = [(each, copy) for each in change_ids for copy in await reading.copies(each)]
        turns: list[float] = []
        for change_id, copy in copies:
            try:
                told = await self._announcing.tell_directly(change_id, copy)
            except AnnouncementError as error:
                _log.info("an approver is not told yet", user=copy.user_id, reason=str(error))
                if error.retry_after is None:
                    return False, None
                turns.append(error.retry_after)
                continue
            if told != copy:
                async with self._store.transaction() as transaction:
                    await transaction.save_copy(change_id, told)
                self._reached(Step.APPROVER_TOLD)
        return not turns, min(turns, default=None)
