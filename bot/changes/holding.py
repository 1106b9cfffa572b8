from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.changes.errors import NotItsTurnError
from bot.changes.ports import Store
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target


class Holding:
    """Let one change at a time have an authorization, or a whole instance, across processes.

    InfluxDB loses concurrent updates of one authorization, so a PATCH and its read-back run while
    it is held. A hold belongs to a lease, is renewed with it and runs out like it: whoever has
    lost the lease frees nothing that the next one relies on.

    Nobody waits here. A request whose turn has not come stands in line, where it takes no place of
    an executor, and whoever lets go calls the next one.

    Args:
        store: The database, by whose clock holds begin and end.
        clock: Tells the time at which others are due.
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
        """Keep keys while the context is open.

        Args:
            keys: What is held: all of it or nothing, so that two never wait for each other.
            lease: The lease under which it is held.
            targets: The authorizations, where changes take them in the order in which they were
                asked for.

        Raises:
            NotItsTurnError: If an earlier change has to end first, or another one has a key.
        """
        await self._take(keys, lease, targets)
        self._reached(Step.HELD)
        try:
            yield
        finally:
            async with self._store.transaction(lasting=False) as transaction:
                await transaction.let_go(keys, lease)
                await transaction.call_next(keys, self._clock())
            self._reached(Step.LET_GO)

    async def pass_on(self, keys: Sequence[str]) -> None:
        """Call whoever stands in line for keys behind a request that needs them no more."""
        async with self._store.transaction(lasting=False) as transaction:
            await transaction.call_next(keys, self._clock())

    async def _take(self, keys: Sequence[str], lease: str, targets: Sequence[Target]) -> None:
        async with self._store.transaction(lasting=False) as transaction:
            ahead = await transaction.ahead_of(lease, keys, targets)
            if ahead is None and await transaction.hold(keys, lease, self._lease):
                return
            key, change_id = (keys[0], "") if ahead is None else ahead
            await transaction.wait_for_turn(lease, key)
        raise NotItsTurnError(change_id)
