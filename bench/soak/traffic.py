"""People who type at random, so many commands a second, and what became of each."""

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import aiohttp

from bench.samples import Samples
from bench.surroundings import Surroundings
from bot.sandbox.slack.outbound import SignedRequest

_WEIGHTS = {
    "list": 25,
    "show": 20,
    "history": 10,
    "disable": 15,
    "enable": 15,
    "describe": 10,
    "undo": 5,
}
CHANGES = frozenset({"disable", "enable", "describe", "undo"})
_AS_CHANGE = re.compile(r" as change ([0-9A-Z]{6})\.")
_GIVE_UP_SECONDS = 10.0


@dataclass
class Sent:
    """A command as it went.

    Attributes:
        name: The subcommand.
        response: The path of its response URL.
        seconds: To its ack; infinite if none came.
        status: Of the ack; 0 if none came.
        told: What the ack itself says.
    """

    name: str
    response: str
    seconds: float = float("inf")
    status: int = 0
    told: str = ""

    @property
    def change(self) -> str | None:
        """The change that the ack says it is; None if it says of none."""
        found = _AS_CHANGE.search(self.told)
        return found.group(1) if found else None


@dataclass
class Traffic:
    """What was typed so far.

    Attributes:
        here: Where they type.
        url: The bot's.
        seed: The same seed types the same.
        sent: All of it.
    """

    here: Surroundings
    url: str
    seed: int
    sent: list[Sent] = field(default_factory=list)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def flow(self, a_second: float, seconds: float) -> list[Sent]:
        """Type at a steady rate, however long the acks take; give what was typed.

        Args:
            a_second: How many commands.
            seconds: For how long.
        """
        chance = random.Random(f"{self.seed} {len(self.sent)}")  # noqa: S311 - chance, no secret
        clock = asyncio.get_running_loop()
        began = clock.time()
        batch: list[Sent] = []
        for number in range(int(a_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / a_second - clock.time()))
            sent, request = self._typed(chance)
            batch.append(sent)
            task = asyncio.create_task(self._send(sent, request))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        while self._under_way:
            await asyncio.wait(self._under_way)
        self.sent += batch
        return batch

    def _typed(self, chance: random.Random) -> tuple[Sent, SignedRequest]:
        name = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        token = chance.choice(self.here.tokens)
        texts: dict[str, Callable[[], str]] = {
            "list": lambda: f"list agent {chance.randrange(100)}",
            "undo": lambda: "undo",
            "describe": lambda: f"describe {token} note {chance.randrange(1000)}",
        }
        text = texts.get(name, lambda: f"{name} {token}")()
        person = chance.randrange(len(self.here.people))
        request = self.here.typed(person, text)
        url = parse_qs(request.body.decode())["response_url"][0]
        return Sent(name, urlsplit(url).path), request

    async def _send(self, sent: Sent, request: SignedRequest) -> None:
        clock = asyncio.get_running_loop()
        started = clock.time()
        try:
            async with (
                asyncio.timeout(_GIVE_UP_SECONDS),
                self.here.session.post(
                    f"{self.url}/slack/events", data=request.body, headers=request.headers
                ) as answer,
            ):
                sent.told = await answer.text()
                sent.status = answer.status
                sent.seconds = clock.time() - started
        except (TimeoutError, aiohttp.ClientError):
            return


def ack_seconds(batch: list[Sent]) -> Samples:
    """Give how long the acks took."""
    return Samples.of([each.seconds for each in batch])
