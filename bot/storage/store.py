import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.changes.errors import StoreUnavailableError
from bot.storage.audit import AuditRows
from bot.storage.engine import READING
from bot.storage.inbox import Inbox
from bot.storage.leases import Leases
from bot.storage.line import Line
from bot.storage.lookback import Lookback
from bot.storage.memos import Memos
from bot.storage.posting import Posting
from bot.storage.switches import Switches
from bot.storage.watches import Watches

# How long a write waits for those of other processes.
_PATIENCE_SECONDS = 2.0


class SqlTransaction(Leases, Line, Lookback, Watches, AuditRows, Memos, Switches, Inbox, Posting):
    """One transaction on the database: all that can be read and written in it."""


class SqlStore:
    """The database, behind the port ``Store``.

    Every method raises StoreUnavailableError where the database is locked, full or gone.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # SQLite lets one write at a time, and whoever waits for its lock is served by chance; here
        # they wait in the order in which they came.
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction that may write; it commits if the context ends well."""
        with _named():
            async with self._turn, self._engine.connect() as connection, AsyncExitStack() as stack:
                await _begin(connection, stack)
                yield SqlTransaction(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction that only reads, and waits for no writer."""
        with _named():
            async with self._engine.connect() as connection:
                await connection.execution_options(**{READING: True})
                yield SqlTransaction(connection)

    async def ping(self) -> None:
        """Ask the database for an answer."""
        with _named():
            async with self._engine.connect() as connection:
                await connection.execution_options(**{READING: True})
                await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


async def _begin(connection: AsyncConnection, stack: AsyncExitStack) -> None:
    """Begin to write, as soon as no other process does; the stack's end commits."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _PATIENCE_SECONDS
    while True:
        try:
            await stack.enter_async_context(connection.begin())
        except OperationalError as error:
            code = getattr(error.orig, "sqlite_errorcode", None)
            if code != sqlite3.SQLITE_BUSY or loop.time() >= give_up_at:
                raise
        else:
            return


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        # SQLAlchemy's text would hold the statement's parameters; the driver's does not.
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreUnavailableError(str(cause)) from None
