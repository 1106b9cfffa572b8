"""Read the record as it is in the database."""

from bot.changes.audit import ChainedEvent
from bot.storage.store import SqlStore


async def record_in(store: SqlStore) -> list[ChainedEvent]:
    """Give the whole record, oldest first."""
    async with store.reading() as reading:
        return [link async for link in reading.whole_record()]
