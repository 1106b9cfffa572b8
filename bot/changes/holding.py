import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.changes.ports import Store
from bot.changes.request import Target
from bot.changes.steps import Reached, Step, unobserved

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
        reached: Told of each step.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        lease: timedelta,
        reached: Reached = unobserved,
    ) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease
        self._reached = reached

    @asynccontextmanager
    async def hold(
        self, keys: Sequence[str], lease: str, targets: Sequence[Target] = ()
    ) -> AsyncIterator[None]:
        """Wait until all keys are free, and keep them while the context is open.

        Args:
            keys: What is held: all of it or nothing, so that two never wait for each other.
            lease: The lease under which it is held.
            targets: The authorizations, where changes take them in the order in which they were
                asked for.
        """
        # Whoever has them may be another process, so there is no event to wait for.
        while not await self._take(keys, lease, targets):  # noqa: ASYNC110 - no event crosses processes
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        self._reached(Step.HELD)
        try:
            yield
        finally:
            async with self._store.transaction() as transaction:
                await transaction.let_go(keys, lease)
            self._reached(Step.LET_GO)

    async def _take(self, keys: Sequence[str], lease: str, targets: Sequence[Target]) -> bool:
        now = self._clock()
        async with self._store.transaction() as transaction:
            if targets and not await transaction.first_in_line(lease, targets):
                return False
            return await transaction.hold(keys, lease, now, now + self._lease)
