from dataclasses import replace

from bot.changes.ports import Messenger, Related, Store
from bot.changes.request import ChangeRequest


class Announcing:
    """Let Slack show what is recorded of a request, and remember where it does.

    Args:
        store: The database.
        messenger: Slack.
    """

    def __init__(self, store: Store, messenger: Messenger) -> None:
        self._store = store
        self._messenger = messenger

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
        told = await self._messenger.announce(current, related, self._remember)
        # All of it was told; what there is to tell later is told anew.
        told = replace(told, announced=current.state.final, posted_by_url=False)
        if told != current:
            await self._remember(told)
        return replace(
            request,
            message=told.message,
            feed_message=told.feed_message,
            announced=told.announced,
        )

    async def progress(self, request: ChangeRequest, sent: int) -> None:
        """Show how far a request with several targets is."""
        await self._messenger.show_progress(request, sent)

    async def _remember(self, told: ChangeRequest) -> None:
        async with self._store.transaction() as transaction:
            await transaction.save_message(told)

    async def _read(self, change_id: str) -> ChangeRequest:
        async with self._store.reading() as reading:
            request = await reading.request(change_id)
        if request is None:
            raise LookupError(f"there is no request {change_id}")
        return request
