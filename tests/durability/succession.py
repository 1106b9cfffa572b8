"""One bot after another, between the same stand-ins and on the same database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.product import Mode
from bot.sandbox.slack import SlackStandIn
from tests.durability import records
from tests.durability.checker import Witness
from tests.durability.databases import Databases
from tests.durability.lives import DeadError, Life, Nursery, cold, environment
from tests.durability.outside import Look, Outside, until
from tests.durability.points import Point
from tests.world import Now

# A process that a busy machine holds up must not look like one that has ended: leases end when the
# database is told so.
LEASE = timedelta(minutes=1)
_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Ground:
    """Where bots live, one after another."""

    nursery: Nursery
    databases: Databases
    outside: Outside
    folder: Path


@dataclass(frozen=True)
class Birth:
    """How a bot begins.

    Attributes:
        point: Where it is killed.
        from_birth: Whether its start counts already; otherwise what comes after ``arm``.
        cold: Whether it begins as users begin it.
        lease: How long its leases last.
    """

    point: Point | None = None
    from_birth: bool = False
    cold: bool = False
    lease: timedelta = LEASE


class Succession:
    """Give birth to bots, bury them, and remember what was seen meanwhile.

    Args:
        ground: Where.
        url: Their database.
        empty: Whether it has no table before the first of them listens.
        look: Looks at each call of InfluxDB first.
        mode: Which InfluxDB it is.

    Attributes:
        where: What each of those that died was doing then.
    """

    def __init__(
        self,
        ground: Ground,
        url: str,
        *,
        empty: bool = False,
        look: Look | None = None,
        mode: Mode = Mode.PLAIN,
    ) -> None:
        self._ground = ground
        self._url = url
        self._listened = not empty
        self._life: Life | None = None
        self._ahead = timedelta()
        self.now = Now()
        self.witness = Witness()
        self.where: list[str] = []
        self.policy = ground.folder / "token-bot.toml"
        self.engine: AsyncEngine = ground.databases.opened(url)
        self.slack: SlackStandIn
        self.influxdb: InfluxDBStandIn
        self.slack, self.influxdb = ground.outside.fresh(self.now, look, mode)

    @property
    def life(self) -> Life:
        """Whoever was born last."""
        assert self._life is not None
        return self._life

    async def close(self) -> None:
        """Kill whoever lives."""
        if self._life is not None:
            await self._life.kill()
        await self.engine.dispose()

    async def bear(self, birth: Birth) -> bool:
        """Start the next bot; False if it was killed before it listened."""
        settings = self._ground.outside.settings(self._url, self.policy)
        if birth.cold:
            life: Life = await cold(environment(settings))
        else:
            life = await self._ground.nursery.fork(
                settings,
                self._ground.folder / "log",
                ahead=self._ahead,
                lease=birth.lease,
                point=birth.point,
                armed=birth.from_birth,
            )
        self._life = life
        if birth.from_birth:
            self._count(birth.point)
        try:
            await life.ready()
        except DeadError:
            return False
        self._listened = True
        self.slack.events_url = f"{life.url}/slack/events"
        return True

    async def arm(self, point: Point | None) -> bool:
        """Let what happens count from now on, up to where it is killed; False if it ended."""
        try:
            await self.life.arm(on=True)
        except DeadError:
            return False
        self._count(point)
        return True

    async def spare(self) -> bool:
        """Let whoever lives by now live; False if it ended before it heard of it."""
        self._count(None)
        try:
            await self.life.arm(on=False)
        except DeadError:
            return False
        return True

    async def bury(self) -> None:
        """Kill whoever lives, and look what it was doing."""
        await self.life.kill()
        self.where.append(self.life.where)
        self._count(None)
        self.witness.deaths += 1
        if self._listened:
            record = await records.read(self.engine, self.now())
            self.witness.in_flight.update(record.in_flight)

    async def let_leases_run_out(self) -> None:
        """Let so much time pass by the database's clock, while nobody lives."""
        if self._listened:
            await records.let_leases_run_out(self.engine)

    async def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now.advance(by)
        self._ahead += by
        try:
            await self.life.advance(by)
        except DeadError:
            return

    async def settled(self, at_rest: Callable[[], Awaitable[bool]] | None = None) -> bool:
        """Wait until whoever lives has done its part, or has ended; False if it never does.

        Args:
            at_rest: Tells whether the record says so; without it, that nothing is due.
        """
        life = self.life
        look = at_rest or self._nothing_is_due

        async def still() -> bool:
            try:
                await life.settle()
            except DeadError:
                return True
            return await look()

        return await until(still, _PATIENCE_SECONDS)

    async def _nothing_is_due(self) -> bool:
        return await records.settled(self.engine, self.now())

    def _count(self, point: Point | None) -> None:
        self._ground.outside.count(point, self._kill)

    async def _kill(self, where: str) -> None:
        """Kill the bot that has called."""
        self.life.where = where
        await self.life.kill()
