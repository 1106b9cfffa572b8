from dataclasses import replace
from datetime import datetime

from bot.changes.audit import ChainedEvent, EventTag
from bot.changes.direct_copy import DirectCopy
from bot.changes.ports import Drifted, Messenger, Related, Remember, Store
from bot.changes.request import ChangeRequest
from bot.changes.steps import Reached, Step, unobserved

# All of a case in which a hundred tokens were tried, and put back.
_MOST_EVENTS = 1_000


class Announcing:
    """Let Slack show what is recorded of a request, and remember where it does.

    Args:
        store: The database.
        messenger: Slack.
        reached: Told of each step.
    """

    def __init__(self, store: Store, messenger: Messenger, reached: Reached = unobserved) -> None:
        self._store = store
        self._messenger = messenger
        self._reached = reached

    async def tell(self, request: ChangeRequest) -> ChangeRequest:
        """Post or edit a request's message; give the request with its places.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        # The change may have been undone, or voted on, while Slack did not take its message.
        current = await self._read(request.id)
        related = await self._related(current)
        if current.again_of is not None:
            drifted = await self._drifted(await self._read(current.again_of))
            related = replace(related, drifted=drifted)
        self._reached(Step.POSTING)
        told = await self._messenger.announce(current, related, self._remember_of(current))
        self._reached(Step.POSTED)
        # All of it was told; what there is to tell later is told anew.
        told = replace(told, announced=current.state.final, posted_by_url=False)
        if told != current:
            await self._remember(told)
            self._reached(Step.PLACED)
        return replace(
            request,
            message=told.message,
            feed_message=told.feed_message,
            announced=told.announced,
        )

    async def tell_drift(self, request: ChangeRequest, number: int) -> ChangeRequest:
        """Tell that tokens are active again; give the request with the places of what was posted.

        Args:
            request: The request that had disabled them.
            number: Which of its drifts is to be told.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        # A copy that was posted before a crash may have been pressed already.
        current = replace(await self._read(request.id), lease=request.lease)
        again_by = current.again_by(number)
        again = None if again_by is None else await self._read(again_by)
        self._reached(Step.POSTING)
        told = await self._messenger.tell_drift(
            await self._drifted(current), current.drifts[number], again, self._remember_watch
        )
        self._reached(Step.POSTED)
        told = told.with_drift(replace(told.drifts[number], told=True))
        await self._remember_watch(told)
        self._reached(Step.DRIFT_TOLD)
        return told

    async def tell_directly(self, change_id: str, copy: DirectCopy) -> DirectCopy:
        """Let one person have a request's message, or bring it up to date; give it as it is now.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        # It may have been reviewed, or undone, while others were told.
        current = await self._read(change_id)
        return await self._messenger.tell_directly(current, await self._related(current), copy)

    async def news_since(self, request: ChangeRequest) -> datetime:
        """Give the moment of what the record tells last of a request.

        That is its end, or whatever somebody has done to it since: there is no other news.
        """
        async with self._store.reading() as reading:
            last = await reading.events(change_id=request.id, limit=1)
        return last[0].event.at if last else request.created_at

    async def progress(self, request: ChangeRequest, sent: int) -> None:
        """Show how far a request with several targets is."""
        await self._messenger.show_progress(request, sent)

    def _remember_of(self, request: ChangeRequest) -> Remember:
        """Give what stores where a request is told, and an earlier one with it."""

        async def remember(told: ChangeRequest) -> None:
            await (self._remember(told) if told.id == request.id else self._place(told))

        return remember

    async def _place(self, earlier: ChangeRequest) -> None:
        """Store where an earlier change is told of, unless its own announcement was faster."""
        async with self._store.transaction() as transaction:
            current = await transaction.request_to_move(earlier.id)
            if current is None:
                return
            if current.message is None and not current.announced:
                await transaction.save_message(replace(current, message=earlier.message))
            elif current.leak_told.up_to < earlier.leak_told.up_to:
                told = replace(current.leak_told, up_to=earlier.leak_told.up_to)
                await transaction.save_message(replace(current, leak_told=told))

    async def _remember(self, told: ChangeRequest) -> None:
        async with self._store.transaction() as transaction:
            await transaction.save_message(told)

    async def _remember_watch(self, told: ChangeRequest) -> None:
        async with self._store.transaction() as transaction:
            await transaction.save_watch(told)

    async def _drifted(self, change: ChangeRequest) -> Drifted:
        return Drifted(change, await self._related(change))

    async def _related(self, request: ChangeRequest) -> Related:
        undone = None if request.undo_of is None else await self._read(request.undo_of)
        return Related(
            undone=undone,
            undo=None if request.undone_by is None else await self._read(request.undone_by),
            retried=None if request.retry_of is None else await self._read(request.retry_of),
            record=await self._case(request if undone is None else undone),
        )

    async def _case(self, report: ChangeRequest) -> tuple[ChainedEvent, ...]:
        """Give what is recorded of a leaked secret's report, oldest first; nothing otherwise."""
        if report.leak is None:
            return ()
        async with self._store.reading() as reading:
            found = await reading.events(change_id=report.id, limit=_MOST_EVENTS)
            if report.undone_by is not None:
                found += await reading.events(change_id=report.undone_by, limit=_MOST_EVENTS)
            for asked in report.leak.others_by:
                others = await reading.events(change_id=asked.change_id, limit=_MOST_EVENTS)
                found += [each for each in others if each.event.tag is EventTag.REQUEST_ACCEPTED]
        return tuple(sorted(found, key=lambda each: each.sequence))

    async def _read(self, change_id: str) -> ChangeRequest:
        async with self._store.reading() as reading:
            request = await reading.request(change_id)
        if request is None:
            raise LookupError(f"there is no request {change_id}")
        return request
