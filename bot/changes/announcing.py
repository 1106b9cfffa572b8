from dataclasses import replace

from bot.changes.ports import AnnouncementError, Messenger, Related, Store
from bot.changes.request import ChangeRequest
from bot.changes.steps import Reached, Step, unobserved


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
        related = Related(
            undone=None if current.undo_of is None else await self._read(current.undo_of),
            undo=None if current.undone_by is None else await self._read(current.undone_by),
            retried=None if current.retry_of is None else await self._read(current.retry_of),
        )
        self._reached(Step.POSTING)
        try:
            told = await self._messenger.announce(current, related)
        except AnnouncementError as error:
            if error.so_far is not None and error.so_far != current:
                # What is posted already is edited by the next try, not posted again.
                async with self._store.transaction() as transaction:
                    await transaction.save_message(error.so_far)
            raise
        self._reached(Step.POSTED)
        told = replace(told, announced=current.state.final)
        if told != current:
            async with self._store.transaction() as transaction:
                await transaction.save_message(told)
            self._reached(Step.PLACED)
        return replace(
            request,
            message=told.message,
            feed_message=told.feed_message,
            announced=told.announced,
        )

    async def progress(self, request: ChangeRequest, sent: int) -> None:
        """Show how far a request with several targets is."""
        await self._messenger.show_progress(request, sent)

    async def _read(self, change_id: str) -> ChangeRequest:
        async with self._store.reading() as reading:
            request = await reading.request(change_id)
        if request is None:
            raise LookupError(f"there is no request {change_id}")
        return request
