"""Open the database that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.storage.engine import create_engine, is_made, migrate, place
from bot.storage.observing import Observer
from bot.storage.store import SqlStore


class NoDatabaseError(Exception):
    """There is none where the settings say."""


@asynccontextmanager
async def open_store(
    database_url: str, observer: Observer | None = None
) -> AsyncIterator[SqlStore]:
    """Open the database at its newest schema, making it if there is none.

    Args:
        database_url: Where it is.
        observer: Told of transactions, to measure them.
    """
    engine = create_engine(database_url)
    store = SqlStore(engine, observer)
    try:
        await migrate(engine)
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_existing_store(database_url: str) -> AsyncIterator[SqlStore]:
    """Open a database that a bot has made; where there is none, none is made.

    Raises:
        NoDatabaseError: If there is none: the address may be mistyped.
        StoreUnavailableError: If it cannot be opened.
    """
    if not await is_made(database_url):
        where = place(database_url)
        raise NoDatabaseError(f"There is no database at {where}. Set DATABASE_URL to the bot's.")
    async with open_store(database_url) as store:
        yield store
