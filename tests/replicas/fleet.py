"""Several bots, each in a process of its own, on one PostgreSQL and between the same stand-ins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.slack import Delivery, Message, SlackStandIn
from bot.storage.engine import create_engine
from tests.attacks import SIMPLE
from tests.durability import records
from tests.durability.lives import Forked, Nursery
from tests.durability.outside import Outside, until
from tests.durability.records import Record
from tests.world import Now

POLICY = f"""{SIMPLE}
[limits]
targets_per_person = 100000
"""
_LEASE = timedelta(seconds=1)


@dataclass
class Fleet:
    """The processes, and what is around them.

    Attributes:
        lives: The processes; one that was killed stays in its place.
    """

    slack: SlackStandIn
    influxdb: InfluxDBStandIn
    lives: list[Forked]
    engine: AsyncEngine
    now: Now

    async def say(self, process: int, text: str, user: str = cast.ALICE) -> Delivery:
        """Have somebody type a command that reaches one of the processes."""
        self._reach(process)
        return await self.slack.command(user, cast.INCIDENTS, "/token", text)

    async def press(
        self, process: int, message: Message, text: str, user: str = cast.ALICE
    ) -> Delivery:
        """Have somebody press a button, which one of the processes hears of."""
        self._reach(process)
        return await self.slack.press(user, message, text)

    async def settled(self) -> None:
        """Wait until nobody works on anything, and nothing is due."""

        async def still() -> bool:
            for life in self.lives:
                if not life.dead.is_set():
                    await life.settle()
            return await records.settled(self.engine, self.now())

        assert await until(still, 30.0), "it does not come to rest"

    async def record(self) -> Record:
        """Read what is recorded."""
        return await records.read(self.engine, self.now())

    def channel(self) -> list[Message]:
        """Give what everybody sees."""
        return self.slack.messages(cast.INCIDENTS)

    def _reach(self, process: int) -> None:
        # The address is read before anything is waited for, so that calls at once do not meet.
        self.slack.events_url = f"{self.lives[process].url}/slack/events"


@asynccontextmanager
async def fleet(
    replicas: int, database_url: str, outside: Outside, nursery: Nursery, folder: Path
) -> AsyncIterator[Fleet]:
    """Run so many processes for as long as the context is open."""
    policy = folder / "token-bot.toml"
    policy.write_text(POLICY, encoding="utf-8")
    now = Now()
    slack, influxdb = outside.fresh(now)
    engine = create_engine(database_url)
    lives: list[Forked] = []
    try:
        settings = outside.settings(database_url, policy)
        born = [
            nursery.fork(settings, folder / "log", ahead=timedelta(), lease=_LEASE)
            for _ in range(replicas)
        ]
        lives += await asyncio.gather(*born)
        await asyncio.gather(*(life.ready() for life in lives))
        yield Fleet(slack, influxdb, lives, engine, now)
    finally:
        for life in lives:
            await life.kill()
        await engine.dispose()
