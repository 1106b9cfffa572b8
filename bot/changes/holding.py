import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.changes.ports import Store

_LOOK_AGAIN_SECONDS = 0.02


class Holding:
    """Let one change at a time have an authorization, or a whole instance, across processes.

    InfluxDB loses concurrent updates of one authorization, so a PATCH and its read-back run while
    it is held. A hold belongs to a change: whoever takes a change up again has its holds. It runs
    out like a lease, and is renewed with the lease of its change.

    Args:
        store: The database.
        clock: Tells the time.
        lease: How long a hold lasts without a sign of life.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease

    @asynccontextmanager
    async def hold(self, key: str, change_id: str) -> AsyncIterator[None]:
        """Wait until a key is free, and keep it while the context is open."""
        # Whoever has it may be another process, so there is no event to wait for.
        while not await self._take(key, change_id):  # noqa: ASYNC110 - as said
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            async with self._store.transaction() as transaction:
                await transaction.let_go(key, change_id)

    async def _take(self, key: str, change_id: str) -> bool:
        now = self._clock()
        async with self._store.transaction() as transaction:
            return await transaction.hold(key, change_id, now, now + self._lease)
