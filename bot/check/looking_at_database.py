"""Look at a database without writing to it, and without leaving a file where none is."""

import asyncio
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import quote

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.changes.errors import StoreUnavailableError
from bot.check.database import (
    Absent,
    Closed,
    DatabaseFacts,
    Opened,
    Schema,
    Served,
    Unreached,
)
from bot.storage.engine import place
from bot.storage.failures import reason
from bot.storage.postgresql import postgresql_engine
from bot.storage.store import SqlStore
from bot.storage.tables import metadata
from bot.storage.upgrading import alembic_config

# https://www.postgresql.org/docs/current/functions-info.html
_OF_SERVER = text("""
SELECT
    current_setting('server_version') AS version,
    pg_encoding_to_char(encoding) AS encoding,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS standby,
    current_setting('fsync')::boolean AND current_setting('synchronous_commit') <> 'off' AS durable,
    coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
    NOT EXISTS (
        SELECT FROM pg_class
        WHERE relname = ANY (:names) AND relnamespace = current_schema()::regnamespace
        AND NOT (
            has_table_privilege(pg_class.oid, 'SELECT') AND
            has_table_privilege(pg_class.oid, 'INSERT') AND
            has_table_privilege(pg_class.oid, 'UPDATE') AND
            has_table_privilege(pg_class.oid, 'DELETE')
        )
    ) AS may_write
FROM pg_database WHERE datname = current_database()
""")


async def look_at_database(database_url: str, seconds: float) -> DatabaseFacts:
    """Say what is found where the settings have the database, within so many seconds."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return await _look_at_server(url, place(database_url), seconds)
    path = Path(url.database or "")
    mode = _mode(path)
    if isinstance(mode, Absent | Closed):
        return mode
    engine = create_async_engine(_untouching(path), hide_parameters=True)
    try:
        async with asyncio.timeout(seconds):
            return await _look(engine, path, mode)
    except TimeoutError:
        return Closed(path, "it is busy")
    except DBAPIError as error:
        return Closed(path, reason(error))
    except StoreUnavailableError as error:
        return Closed(path, str(error))
    finally:
        await engine.dispose()


async def _look(engine: AsyncEngine, path: Path, mode: int) -> Opened:
    inside = await _inside(engine)
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)
    return Opened(path, mode, path.parent.stat().st_mode, writable, **inside)


async def _look_at_server(url: URL, where: str, seconds: float) -> Unreached | Served:
    engine = postgresql_engine(url)
    try:
        async with asyncio.timeout(seconds):
            inside = await _inside(engine)
            async with engine.connect() as connection:
                await connection.execution_options(postgresql_readonly=True)
                told = await connection.execute(_OF_SERVER, {"names": list(metadata.tables)})
                found = told.mappings().one()
            return Served(where, **found, **inside)
    except TimeoutError:
        return Unreached(where, "it does not answer")
    except DBAPIError as error:
        return Unreached(where, reason(error))
    except StoreUnavailableError as error:
        return Unreached(where, str(error))
    finally:
        await engine.dispose()


async def _inside(engine: AsyncEngine) -> dict[str, Any]:
    """Say what is in a database, in the words of ``Contents``."""
    async with engine.connect() as connection:
        schema = await connection.run_sync(_schema)
    head = last = freeze = None
    if schema in {Schema.CURRENT, Schema.OLDER}:
        async with SqlStore(engine).reading() as reading:
            for link in await reading.events(limit=1):
                last = (link.sequence, link.hash)
            if schema is Schema.CURRENT:
                freeze = await reading.freeze()
            try:
                head = await reading.head()
            except NoResultFound:
                head = None
    return {"schema": schema, "head": head, "last": last, "freeze": freeze}


def _mode(path: Path) -> int | Absent | Closed:
    """Give who may read and write a file, or say what is there in its place."""
    try:
        found = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return Absent(path, _obstacle(path))
    except OSError as error:
        return Closed(path, error.strerror or "it cannot be looked at")
    return found if stat.S_ISREG(found) else Closed(path, "it is no file")


def _schema(connection: Connection) -> Schema:
    revision = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(alembic_config(connection))
    if revision is None:
        return Schema.FOREIGN if inspect(connection).get_table_names() else Schema.NONE
    if revision == scripts.get_current_head():
        return Schema.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return Schema.OLDER if revision in known else Schema.NEWER


def _untouching(path: Path) -> URL:
    """Give an address by which SQLite opens a file and writes nothing.

    A reader of a database in WAL mode makes a file of its own beside it, unless one is there, or
    the database is said to change no more. As long as no log is beside it nobody changes it.
    """
    in_use = path.with_name(f"{path.name}-wal").exists()
    way = {"mode": "ro"} if in_use else {"immutable": "1"}
    name = f"file:{quote(str(path.absolute()))}"
    return URL.create("sqlite+aiosqlite", database=name, query={**way, "uri": "true"})


def _obstacle(path: Path) -> str:
    """Say why a file cannot be made; its folders are made at the start, where there are none."""
    folder = next((each for each in path.absolute().parents if each.exists()), Path("/"))
    if not folder.is_dir():
        return f"{folder} is no folder"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} cannot be written by whoever runs this"
    return ""
