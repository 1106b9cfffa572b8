"""What tests put into a database, and read there."""

from bot.changes.request import ChangeRequest
from bot.storage.store import SqlStore


async def stored(store: SqlStore, *requests: ChangeRequest) -> None:
    """Store requests one after the other."""
    for request in requests:
        async with store.transaction() as transaction:
            await transaction.add_request(request, request.created_at)


async def found(store: SqlStore, change_id: str) -> ChangeRequest | None:
    """Read a request."""
    async with store.reading() as reading:
        return await reading.request(change_id)
