"""Let every replica know that a request is due, where the database can carry word of it.

https://www.postgresql.org/docs/current/sql-notify.html: whoever listens is told once the
transaction has committed. SQLite has nothing of the kind, and one process.
"""

import asyncio
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.dialects import on_postgresql
from bot.storage.failures import reason_of_driver
from bot.storage.postgresql import listening_connection

_CHANNEL = "token_bot_due"
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 15.0

_NOTIFY = select(func.pg_notify(_CHANNEL, ""))

_log = structlog.get_logger()


class Waking:
    """Word to other replicas, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _wake_all(self) -> None:
        """Have every executor look for due requests once this transaction has committed."""
        if on_postgresql(self._connection):
            await self._connection.execute(_NOTIFY)


async def listen(engine: AsyncEngine, wake: Callable[[], None]) -> None:
    """Call ``wake`` whenever a request may have become due, for as long as this runs.

    A connection that is lost is made anew, after pauses that grow; meanwhile executors look at
    intervals, as they always do. On SQLite there is nothing to listen to.
    """
    if engine.dialect.name != "postgresql":
        return
    pause = _FIRST_PAUSE_SECONDS
    deaf = False
    while True:
        try:
            async with await listening_connection(engine) as connection:
                await connection.execute(f"LISTEN {_CHANNEL}")
                if deaf:
                    _log.info("listening to the database again")
                    deaf = False
                pause = _FIRST_PAUSE_SECONDS
                # What became due in between was told to nobody.
                wake()
                async for _ in connection.notifies():
                    wake()
        except (psycopg.Error, OSError) as error:
            if not deaf:
                _log.warning(
                    "cannot listen to the database; looking at intervals",
                    reason=reason_of_driver(error),
                )
                deaf = True
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
