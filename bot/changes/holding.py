import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.changes.ports import Store
from bot.changes.request import Target

_LOOK_AGAIN_SECONDS = 0.02


class Holding:
    """Let one change at a time have an authorization, or a whole instance, across processes.

    InfluxDB loses concurrent updates of one authorization, so a PATCH and its read-back run while
    it is held. A hold belongs to a lease, is renewed with it and runs out like it: whoever has
    lost the lease frees nothing that the next one relies on.

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
    async def hold(self, key: str, lease: str, target: Target | None = None) -> AsyncIterator[None]:
        """Wait until a key is free, and keep it while the context is open.

        Args:
            key: What is held.
            lease: The lease under which it is held.
            target: The authorization, where changes take it in the order in which they were asked
                for.
        """
        # Whoever has it may be another process, so there is no event to wait for.
        while not await self._take(key, lease, target):  # noqa: ASYNC110 - as said
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            async with self._store.transaction() as transaction:
                await transaction.let_go(key, lease)

    async def _take(self, key: str, lease: str, target: Target | None) -> bool:
        now = self._clock()
        async with self._store.transaction() as transaction:
            if target is not None and not await transaction.first_in_line(lease, target):
                return False
            return await transaction.hold(key, lease, now, now + self._lease)
