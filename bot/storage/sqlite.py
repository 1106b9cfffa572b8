"""SQLite: one file, and one writer at a time."""

import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.audit_verifier.verify_record import as_text
from bot.changes.errors import StoreUnavailableError
from bot.storage.sqlite_connection import BriefConnection

READING = "reading"
FLEETING = "fleeting"
# Whoever is cancelled meanwhile waits for the driver's thread, so this is short: who has longer
# tries again.
_BUSY_TIMEOUT_MS = 200
# One writes, the others read; more would take more memory than they save time.
_CONNECTIONS = 5
# Of each connection; the machine keeps the file's pages for all of them.
_CACHE_KIB = 256
_MIGRATION_TIMEOUT_MS = 8_000
# https://www.sqlite.org/pragma.html#pragma_synchronous: with a WAL, NORMAL syncs at checkpoints
# alone, so that a power cut may take the newest commits back, in their order.
_SYNCHRONOUS = "synchronous"
_OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
_OWNERS_FOLDER = stat.S_IRWXU


def sqlite_engine(url: URL) -> AsyncEngine:
    """Open a file, making its folder and itself first, both for their owner alone.

    Every transaction takes the write lock when it begins (``BEGIN IMMEDIATE``), so that none
    fails half-way on a lock; connections with the execution option ``reading`` do not. A commit
    is on the disk when it returns (``synchronous = FULL``): an ack is a promise. One of a
    connection with the option ``fleeting`` is not, but nothing later is there without it.

    Raises:
        StoreUnavailableError: If the file cannot be made or opened.
    """
    if url.database:
        path = Path(url.database)
        try:
            # Whoever may write one of its folders may put another database in its place.
            for folder in reversed([each for each in path.parents if not each.exists()]):
                folder.mkdir(_OWNERS_FOLDER, exist_ok=True)
            path.touch(mode=_OWNER_ONLY)
            # Opened once here: where the asynchronous driver fails to, it leaves a thread behind.
            sqlite3.connect(path).close()
        except OSError as error:
            raise StoreUnavailableError(f"{path}: {error.strerror}") from error
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"{path}: {error}") from error
    engine = create_async_engine(
        url,
        hide_parameters=True,
        # None is closed that somebody will want again: each has a thread, and reads the schema.
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,
        connect_args={"async_creator_fn": BriefConnection},
    )
    event.listen(engine.sync_engine, "connect", _prepare_connection)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


@contextmanager
def patient(connection: Connection) -> Iterator[None]:
    """Wait longer for other writers: replicas that start at once wait for the one that migrates."""
    _execute(connection, f"PRAGMA busy_timeout = {_MIGRATION_TIMEOUT_MS}")
    try:
        yield
    finally:
        _execute(connection, f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")


@asynccontextmanager
async def any_bytes(connection: AsyncConnection) -> AsyncIterator[None]:
    """Read what stands in the place of a text, and is none, as it is; PostgreSQL keeps none such.

    Everywhere else such a row is an error, which is right where nobody looks for it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    usual, driver.text_factory = driver.text_factory, as_text
    try:
        yield
    finally:
        driver.text_factory = usual


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """Let a migration make tables anew to which rows of other tables refer.

    SQLite changes a table by making another and dropping the old one, and a drop deletes its rows,
    which other rows forbid. The switch has no effect within a transaction, so it comes before.

    Args:
        connection: One on which no transaction has begun.
    """
    _execute(connection, "PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        _execute(connection, "PRAGMA foreign_keys = ON")


def _execute(connection: Connection, statement: str) -> None:
    # SQLAlchemy's own way would begin a transaction.
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    cursor.close()


def _prepare_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, and later than it should.
    driver: Any = connection
    driver.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in (
            "journal_mode = WAL",
            f"{_SYNCHRONOUS} = FULL",
            f"busy_timeout = {_BUSY_TIMEOUT_MS}",
            "foreign_keys = ON",
            f"cache_size = -{_CACHE_KIB}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
    except BaseException:
        # Nobody else knows of this connection yet, and its thread would outlive the process's loop;
        # whoever wanted it may have given up meanwhile.
        connection.close()
        raise
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(READING, False):
        connection.exec_driver_sql("BEGIN")
        return
    synchronous = "NORMAL" if options.get(FLEETING, False) else "FULL"
    # It holds for the connection, and can be set between transactions only.
    if connection.info.get(_SYNCHRONOUS, "FULL") != synchronous:
        connection.exec_driver_sql(f"PRAGMA {_SYNCHRONOUS} = {synchronous}")
        connection.info[_SYNCHRONOUS] = synchronous
    connection.exec_driver_sql("BEGIN IMMEDIATE")
