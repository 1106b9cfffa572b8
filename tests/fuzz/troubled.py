"""A bot whose InfluxDB or Slack answers anything, and what is wrong with what it does then."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from bot.sandbox.slack import Delivery
from tests.fuzz import watch
from tests.fuzz.lasting import Lasting
from tests.fuzz.meddling import Distortion, Meddler
from tests.world import World


class Meddled(Protocol):
    """What has a meddler before it."""

    meddler: Meddler

    async def wrong(self, do: str, plan: Sequence[Distortion]) -> list[str]:
        """Do something while answers are distorted by a plan; say what is wrong."""
        ...


M = TypeVar("M", bound=Meddled)


def use_of(lasting: Lasting[M]) -> Callable[[list[tuple[str, list[Distortion]]]], None]:
    """Give what does one after the other in what lasts; each distorted answer is an input."""

    def use(batch: list[tuple[str, list[Distortion]]]) -> None:
        async def done(there: M) -> list[str]:
            wrong = [each for do, plan in batch for each in await there.wrong(do, plan)]
            lasting.inputs += there.meddler.served
            there.meddler.served = 0
            return wrong

        lasting.use(done, 0)

    return use


class Troubled(ABC):
    """A bot that people use, and what stands between it and a server.

    Args:
        here: Its world.
        meddler: Distorts the server's answers.
    """

    def __init__(self, here: World, meddler: Meddler) -> None:
        self.here = here
        self.meddler = meddler

    async def wrong(self, do: str, plan: Sequence[Distortion]) -> list[str]:
        """Have somebody do something; say what is wrong with what comes of it."""
        self.meddler.plan = list(plan)
        delivery = await self.done(do)
        await self.here.settled()
        self.meddler.plan = []
        wrong = [*self.wrong_at_once(do)]
        # What was not taken or told is tried again.
        await self.here.settled()
        if delivery is not None:
            wrong += watch.wrong_with_ack(delivery.status, delivery.body)
            wrong += self.wrong_in_the_end(delivery)
        wrong += watch.wrong_with_calls(self.here)
        return [f"{each} ({do}: {plan})" for each in wrong]

    @abstractmethod
    async def done(self, do: str) -> Delivery | None:
        """Do it; None where it cannot be done."""

    def wrong_at_once(self, do: str) -> Iterator[str]:
        """Say what is wrong before the server answers as it should."""
        del do
        yield from ()

    def wrong_in_the_end(self, delivery: Delivery) -> Iterator[str]:
        """Say what is wrong once it does."""
        del delivery
        yield from ()
