import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.changes.errors import StoreUnavailableError
from bot.storage.anchors import Anchors
from bot.storage.backlog import Backlogs
from bot.storage.copies import Copies
from bot.storage.dialects import commit_at_once
from bot.storage.failures import code, reason
from bot.storage.homes import Homes
from bot.storage.inbox import Inbox
from bot.storage.incidents import Incidents
from bot.storage.keepers import Keepers
from bot.storage.leases import Leases
from bot.storage.lookback import Lookback
from bot.storage.memos import Memos
from bot.storage.observing import Observer, Unobserved
from bot.storage.people import People
from bot.storage.posting import Posting
from bot.storage.record import RecordPages
from bot.storage.sqlite import FLEETING, READING
from bot.storage.switches import Switches
from bot.storage.trimming import Trimming
from bot.storage.turns import Turns
from bot.storage.waking import listen
from bot.storage.watches import Watches

# https://www.postgresql.org/docs/current/hot-standby.html
_READ_ONLY = text("SHOW transaction_read_only")
# SQLite lets a transaction begin that is to write, and says no at its first write; this one is of
# what nobody uses: https://www.sqlite.org/pragma.html#pragma_user_version
_WRITE = text("PRAGMA user_version = 0")
# How long a write waits for those of other processes.
_PATIENCE_SECONDS = 2.0


class SqlTransaction(
    Leases,
    Keepers,
    Backlogs,
    Lookback,
    Incidents,
    Watches,
    Copies,
    Trimming,
    Anchors,
    RecordPages,
    Memos,
    Switches,
    Inbox,
    Posting,
    Homes,
    People,
):
    """One transaction on the database: all that can be read and written in it."""


class SqlStore:
    """The database, behind the port ``Store``.

    Every method raises StoreUnavailableError where the database is locked, full or gone. What
    failed so was taken back, but for a commit whose answer was lost: that may be there.

    Args:
        engine: Opens connections.
        observer: Told of transactions, to measure them.
    """

    def __init__(self, engine: AsyncEngine, observer: Observer | None = None) -> None:
        self._engine = engine
        self._observer = observer or Unobserved()
        self._alone = engine.dialect.name == "sqlite"
        # Three ways to the same connections.
        self._fleeting = engine.execution_options(**{FLEETING: True})
        self._reading = engine.execution_options(
            **{READING: True}
            if self._alone
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        # SQLite lets one write at a time, and whoever waits for its lock is served by chance.
        self._turn = Turns().turn if self._alone else _no_turn

    @asynccontextmanager
    async def transaction(
        self, *, urgent: bool = False, lasting: bool = True
    ) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction that may write; it commits if the context ends well."""
        with self._named():
            elapsed = asyncio.get_running_loop().time
            begun = elapsed()
            async with (
                self._turn(urgent=urgent),
                (self._engine if lasting else self._fleeting).connect() as connection,
                AsyncExitStack() as stack,
            ):
                await _begin(connection, stack)
                if not lasting:
                    await commit_at_once(connection)
                self._observer.took("begin", elapsed() - begun)
                yield SqlTransaction(connection)
                begun = elapsed()
                await stack.aclose()
                self._observer.took("commit", elapsed() - begun)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction that only reads, waits for no writer, and sees one moment."""
        with self._named():
            async with self._reading.connect() as connection:
                yield SqlTransaction(connection)

    async def ping(self) -> None:
        """Ask whether the database answers and takes writes; nothing is written.

        Raises:
            StoreUnavailableError: Also if it can only be read: no ack could be given then.
        """
        with self._named():
            async with self._fleeting.connect() as connection:
                try:
                    # Taken back at the end, as all that is not committed.
                    asked = await connection.execute(_WRITE if self._alone else _READ_ONLY)
                    if asked.returns_rows and asked.scalar() == "on":
                        raise StoreUnavailableError("it takes no writes")
                except OperationalError as error:
                    # What somebody else writes to can be written.
                    if not _is_busy(error):
                        raise

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` whenever another process may have made a request due, while this runs."""
        await listen(self._engine, wake)

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Give what a driver raises its name, and count it."""
        try:
            yield
        except (DBAPIError, psycopg.Error, PoolTimeoutError) as error:
            self._observer.failed(code(error))
            # Where SQLAlchemy only sets something on a connection, it names nothing anew.
            raise StoreUnavailableError(reason(error)) from None


def _no_turn(*, urgent: bool) -> AbstractAsyncContextManager[None]:  # noqa: ARG001 - as Turns.turn
    """Let everybody in at once."""
    return nullcontext()


async def _begin(connection: AsyncConnection, stack: AsyncExitStack) -> None:
    """Begin to write, as soon as no other process does; the stack's end commits."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _PATIENCE_SECONDS
    while True:
        try:
            await stack.enter_async_context(connection.begin())
        except OperationalError as error:
            if not _is_busy(error) or loop.time() >= give_up_at:
                raise
        else:
            return


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
