"""Open the database that the settings name."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.changes.errors import StoreUnavailableError
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
        NoDatabaseError: If there is none, or none of a bot's: the address may be mistyped.
        StoreUnavailableError: If it cannot be opened.
    """
    if not await is_made(database_url):
        where = place(database_url)
        raise NoDatabaseError(f"There is no database at {where}. Set DATABASE_URL to the bot's.")
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_refuse_foreign, Path(url.database or ""))
    async with open_store(database_url) as store:
        yield store


def _refuse_foreign(path: Path) -> None:
    """Raise NoDatabaseError if a file is none of a bot's; it is only read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            made = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
            if made.fetchone() is not None:
                return
    except sqlite3.OperationalError as error:
        raise StoreUnavailableError(f"{path}: {error}") from None
    except sqlite3.DatabaseError as error:
        raise NoDatabaseError(f"{path}: {error}. Set DATABASE_URL to the bot's.") from None
    raise NoDatabaseError(f"{path} is no database of a bot's. Set DATABASE_URL to the bot's.")
