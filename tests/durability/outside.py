"""What is there before and after a bot is killed: both stand-ins, and gates that count calls."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, realistic_fixture
from bot.sandbox.influxdb.product import Mode
from bot.sandbox.serving import DROP_CONNECTION, serve
from bot.sandbox.slack import SlackStandIn
from tests.durability.points import Kind, Point
from tests.world import BOT_TOKEN, SIGNING_SECRET, Now

# How fast an ack comes is shown elsewhere; a busy machine must not look like a crash here.
_ACK_SECONDS = 15.0

Look = Callable[[str, str, bytes], Awaitable[None]]
"""Is shown the method, path and body of each call that has come and had no effect yet."""


@dataclass
class Tollgate:
    """Count the calls that pass, and have the caller killed at one of them.

    Attributes:
        before, after: What a call counts as before it has an effect, and after that, unanswered.
        app: Where the calls go.
        look: Looks at each call first.
        kill: Kills the caller and waits until it is gone; None while nothing is counted.
        point: Where to kill.
    """

    before: Kind
    after: Kind
    app: ASGIApp | None = None
    look: Look | None = None
    kill: Callable[[str], Awaitable[None]] | None = None
    point: Point | None = None
    counts: Counter[Kind] = field(default_factory=Counter)

    def lead_to(self, app: ASGIApp, look: Look | None = None) -> None:
        """Lead to another stand-in, and count from the start."""
        self.app, self.look, self.kill, self.point = app, look, None, None
        self.counts = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call pass, or not."""
        assert self.app is not None
        assert scope["type"] == "http"
        body = await _body(receive)
        if self.look is not None:
            await self.look(scope["method"], scope["path"], body)
        if await self._killed(self.before, scope):
            await _hang_up(scope, receive)
            return
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app(scope, _again(body, receive), keep)
        if await self._killed(self.after, scope):
            await _hang_up(scope, receive)
            return
        for message in answer:
            await send(message)

    async def _killed(self, kind: Kind, scope: Scope) -> bool:
        if self.kill is None:
            return False
        self.counts[kind] += 1
        if self.point != Point(kind, self.counts[kind]):
            return False
        await self.kill(f"{scope['method']} {scope['path']}")
        return True


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read once more, and then whatever comes."""
    first = True

    async def receive_again() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return receive_again


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope["extensions"][DROP_CONNECTION](reset=False)
    await receive()


@dataclass
class Outside:
    """Slack and InfluxDB, made anew for each round behind addresses that stay."""

    slack_url: str
    influxdb_url: str
    slack_gate: Tollgate
    influxdb_gate: Tollgate

    def fresh(
        self, now: Now, look: Look | None = None, mode: Mode = Mode.PLAIN
    ) -> tuple[SlackStandIn, InfluxDBStandIn]:
        """Give a workspace and an InfluxDB in which nothing has happened yet."""
        slack = SlackStandIn(
            now,
            signing_secret=SIGNING_SECRET,
            bot_token=BOT_TOKEN,
            scopes=cast.SCOPES,
            should_escape=True,
            ack_seconds=_ACK_SECONDS,
        )
        cast.populate(slack)
        slack.base_url = self.slack_url
        influxdb = InfluxDBStandIn(realistic_fixture(), now, mode=mode)
        self.slack_gate.lead_to(slack.app)
        self.influxdb_gate.lead_to(influxdb.app, look)
        return slack, influxdb

    def count(self, point: Point | None, kill: Callable[[str], Awaitable[None]]) -> None:
        """Count from now on, and kill at a point."""
        for gate in (self.slack_gate, self.influxdb_gate):
            gate.kill, gate.point, gate.counts = kill, point, Counter()

    @property
    def counts(self) -> Counter[Kind]:
        """How many calls of each kind came while they were counted."""
        return self.slack_gate.counts + self.influxdb_gate.counts

    def settings(self, database_url: str, policy: Path) -> Mapping[str, str]:
        """Give what the environment of a bot says that is between the two."""
        return {
            "slack_bot_token": BOT_TOKEN,
            "slack_signing_secret": SIGNING_SECRET,
            "slack_api_url": f"{self.slack_url}/api/",
            "influxdb_url": self.influxdb_url,
            "influxdb_token": BOT_API_TOKEN,
            "token_bot_config": str(policy),
            "database_url": database_url,
        }


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """Serve both for as long as the context is open."""
    slack_gate = Tollgate(Kind.BEFORE_SLACK, Kind.AFTER_SLACK)
    influxdb_gate = Tollgate(Kind.BEFORE_INFLUXDB, Kind.AFTER_INFLUXDB)
    async with serve(slack_gate) as slack_url, serve(influxdb_gate) as influxdb_url:
        yield Outside(slack_url, influxdb_url, slack_gate, influxdb_gate)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float) -> bool:
    """Look again and again until something is so, for so long at most; tell whether it is."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + seconds
    while not await condition():
        if loop.time() > give_up_at:
            return False
        await asyncio.sleep(0.01)
    return True
