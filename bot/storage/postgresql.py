"""PostgreSQL: many replicas on one server, none of which may hold up the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg import waiting
from psycopg.abc import PQGen
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

_T = TypeVar("_T")

# Each replica has at most so many connections, and one more on which it listens.
_CONNECTIONS, _MORE_CONNECTIONS = 5, 10
_CONNECTING_SECONDS = 5
# A statement that waits for a lock as long as an ack may take is of no use to anybody any more.
_LOCK_TIMEOUT_MS = 2_000
_STATEMENT_TIMEOUT_MS = 8_000
# What a replica has locked is free again after this if it hangs or its machine is gone.
_IDLE_TIMEOUT_MS = 5_000
# A server that lives says by then that a statement took too long.
_ANSWER_SECONDS = 10.0
_INTERVAL_SECONDS = 0.1


class PromptConnection(psycopg.AsyncConnection[Any]):
    """Give up as soon as its caller does, and do not wait for ever for a server that hangs.

    The driver's own connection asks the server to cancel, and waits for the server to say so: an
    answer to Slack would come too late where the server is stopped. This one closes its socket.
    The server takes the transaction back, or has committed it: nobody can tell.
    """

    def __del__(self, *_: Any) -> None:
        """Close the socket of a connection that whoever gave up has left behind."""
        if hasattr(self, "pgconn"):
            self.pgconn.finish()

    async def wait(
        self,
        gen: PQGen[_T],
        interval: float = _INTERVAL_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109 - the driver's signature
    ) -> _T:
        """Wait for the server's answer, within bounds."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS if timeout is None else timeout):
                return await waiting.wait_async(gen, self.pgconn.socket, interval=interval)
        except asyncio.CancelledError:
            self.pgconn.finish()
            raise
        except TimeoutError:
            self.pgconn.finish()
            raise psycopg.OperationalError("the server does not answer") from None


def postgresql_engine(url: URL) -> AsyncEngine:
    """Make ready to connect; nothing is connected yet.

    A connection that was lost while it lay in the pool is replaced when it is asked for, so that
    a restart of the server fails what is under way and nothing after it.
    """
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=_CONNECTIONS,
        max_overflow=_MORE_CONNECTIONS,
        connect_args={"connect_timeout": _CONNECTING_SECONDS, "async_creator_fn": _connect},
    )


@asynccontextmanager
async def unhurried(url: URL) -> AsyncIterator[AsyncEngine]:
    """Give an engine whose statements may take their time, as those of a migration do."""
    engine = create_async_engine(
        url,
        hide_parameters=True,
        poolclass=NullPool,
        connect_args={"connect_timeout": _CONNECTING_SECONDS},
    )
    try:
        yield engine
    finally:
        await engine.dispose()


async def listening_connection(engine: AsyncEngine) -> psycopg.AsyncConnection[Any]:
    """Connect beside the pool, to wait for notifications for as long as it takes."""
    arguments, options = engine.dialect.create_connect_args(engine.url)
    connect = partial(psycopg.AsyncConnection.connect, *arguments, autocommit=True)
    # A connection on which nothing is sent does not notice by itself that the other end is gone.
    return await connect(
        **{
            "connect_timeout": _CONNECTING_SECONDS,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            **options,
        }
    )


async def _connect(*arguments: Any, **options: Any) -> PromptConnection:
    connection = await PromptConnection.connect(*arguments, autocommit=True, **options)
    try:
        # By a statement, since poolers between do not pass options of connections on.
        await connection.execute(
            f"SET lock_timeout = {_LOCK_TIMEOUT_MS}; "
            f"SET statement_timeout = {_STATEMENT_TIMEOUT_MS}; "
            f"SET idle_in_transaction_session_timeout = {_IDLE_TIMEOUT_MS}"
        )
        await connection.set_autocommit(False)
    except BaseException:
        await connection.close()
        raise
    return connection
