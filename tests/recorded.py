"""Read the record as it is in the database."""

from bot.changes.audit import ChainedEvent
from bot.storage.store import SqlStore

ALL = 2**31 - 1
"""As many events as PostgreSQL can be asked for."""


async def record_in(store: SqlStore) -> list[ChainedEvent]:
    """Give the whole record, oldest first."""
    async with store.reading() as reading:
        return (await reading.events(limit=ALL))[::-1]
