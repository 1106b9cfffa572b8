import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.changes.errors import StoreUnavailableError
from bot.storage.audit import AuditRows
from bot.storage.engine import READING
from bot.storage.inbox import Inbox
from bot.storage.leases import Leases
from bot.storage.lookback import Lookback
from bot.storage.memos import Memos
from bot.storage.switches import Switches


class SqlTransaction(Leases, Lookback, AuditRows, Memos, Switches, Inbox):
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
            async with self._turn, self._engine.begin() as connection:
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


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        # SQLAlchemy's text would hold the statement's parameters; the driver's does not.
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreUnavailableError(str(cause)) from None
