import asyncio
from importlib.resources import files
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.changes.errors import StoreUnavailableError
from bot.storage import sqlite
from bot.storage.failures import reason
from bot.storage.postgresql import postgresql_engine, unhurried


def create_engine(database_url: str) -> AsyncEngine:
    """Open a database.

    Args:
        database_url: Such as ``sqlite+aiosqlite:///var/token-bot.db``, or
            ``postgresql+psycopg://user:password@host/database``.

    Raises:
        StoreUnavailableError: If a SQLite file cannot be made or opened. A server is not asked yet.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return sqlite.sqlite_engine(url)
    return postgresql_engine(url)


async def is_made(database_url: str) -> bool:
    """Tell whether a bot has made this database; nothing is made by asking.

    Raises:
        StoreUnavailableError: If a server cannot be asked.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(Path(url.database or "").is_file)
    try:
        async with unhurried(url) as engine, engine.connect() as connection:
            return await connection.run_sync(
                lambda sync: inspect(sync).has_table("alembic_version")
            )
    except DBAPIError as error:
        raise StoreUnavailableError(f"{place(database_url)}: {reason(error)}") from None


def place(database_url: str) -> str:
    """Say where a database is, without the password: a file, or a name and a server."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or ""))
    return f"{url.database} at {url.host or url.query.get('host') or 'the local socket'}"


async def migrate(engine: AsyncEngine) -> None:
    """Bring the database to the newest schema; of replicas that start at once, one does.

    Raises:
        StoreUnavailableError: If it cannot be opened or written, or is of a later version.
    """
    where = place(engine.url.render_as_string())
    try:
        if await _is_newest(engine):
            return
        from bot.storage.upgrading import upgrade  # noqa: PLC0415 - few starts need it: see there

        await upgrade(engine)
    except DBAPIError as error:
        raise StoreUnavailableError(f"{where}: {reason(error)}") from None
    except StoreUnavailableError as error:
        raise StoreUnavailableError(f"{where}: {error}") from None


async def _is_newest(engine: AsyncEngine) -> bool:
    """Tell whether there is nothing to do, for which Alembic need not read all steps there are."""
    async with engine.connect() as connection:
        await connection.execution_options(**{sqlite.READING: True})
        if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
            return False
        noted = await connection.scalars(text("SELECT version_num FROM alembic_version"))
        return noted.all() == [newest_revision()]


def newest_revision() -> str:
    """Name the newest step, as its file's name begins; a test compares that with Alembic's."""
    steps = (files("bot.storage.migrations") / "versions").iterdir()
    return max(step.name for step in steps if step.name[:1].isdigit()).partition("_")[0]
