"""What is around a bot that is measured: both stand-ins on real sockets, and people who type."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.processes import variables
from bot.clock import system_clock
from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.entries import bucket, entry
from bot.sandbox.influxdb.organisation import ACME, BOT_API_TOKEN, METRICS, realistic_fixture
from bot.sandbox.serving import serve
from bot.sandbox.slack import Channel, Person, SlackStandIn
from bot.sandbox.slack.outbound import SignedRequest

BOT_TOKEN = "xoxb-made-up"  # noqa: S105 - made up, for the stand-in
_SIGNING_SECRET = "a-made-up-signing-secret"  # noqa: S105 - as above
_COMMAND = "/token"
# Everybody may everything at once, so that nobody has to be waited for.
_POLICY = """
[roles]
viewer = {0}
operator = {0}
approver = {0}

[approval]
needed_for = []

[limits]
targets_per_person = 1000000
"""
# The servers close what has been idle for five seconds.
_KEPT_SECONDS = 4
_PATIENCE_SECONDS = 600.0
LOADER = "0f9000000a000000"
"""The user who owns the tokens that are changed."""


@dataclass
class Surroundings:
    """A workspace and an InfluxDB, and the way to them.

    Attributes:
        people: The ids of those who may use the bot.
        channels: The ids of the channels in which they type.
        tokens: The ids of the authorizations that are there to be changed.
        policy: The bot's policy file.
    """

    slack: SlackStandIn
    influxdb: InfluxDBStandIn
    slack_url: str
    influxdb_url: str
    people: tuple[str, ...]
    channels: tuple[str, ...]
    tokens: tuple[str, ...]
    policy: Path
    session: aiohttp.ClientSession = field(repr=False)
    _looked_at: int = 0
    _posts: int = 0

    def environment(self, database_url: str, **more: str) -> dict[str, str]:
        """Give the variables of a bot between the two."""
        return variables(
            {
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_SIGNING_SECRET": _SIGNING_SECRET,
                "SLACK_API_URL": f"{self.slack_url}/api/",
                "INFLUXDB_URL": self.influxdb_url,
                "INFLUXDB_TOKEN": BOT_API_TOKEN,
                "TOKEN_BOT_CONFIG": str(self.policy),
                "DATABASE_URL": database_url,
                "PORT": "0",
                "LOG_FORMAT": "json",
                "LOG_LEVEL": "INFO",
                **more,
            }
        )

    def typed(self, number: int, text: str) -> SignedRequest:
        """Give what is sent when somebody types a command in their channel."""
        user = self.people[number % len(self.people)]
        channel = self.channels[number % len(self.channels)]
        return self.slack.typed(user, channel, _COMMAND, text)

    async def send(self, url: str, request: SignedRequest) -> float:
        """Send a request as Slack does; give the seconds to the whole of its ack.

        Raises:
            RuntimeError: If it is not acknowledged.
        """
        return (await self.acknowledged(url, request))[0]

    async def acknowledged(self, url: str, request: SignedRequest) -> tuple[float, str]:
        """Send a request as Slack does; give the seconds to the whole of its ack, and what it says.

        Raises:
            RuntimeError: If it is not acknowledged.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with self.session.post(
            f"{url}/slack/events", data=request.body, headers=request.headers
        ) as answer:
            body = await answer.text()
            seconds = loop.time() - started
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:500]}")
        return seconds, body

    async def told(self, posts: int) -> None:
        """Wait until so many messages were posted since the start."""
        await self.slack.wait_for(lambda: self.posted() >= posts, timeout=_PATIENCE_SECONDS)

    async def patched(self, patches: int) -> None:
        """Wait until InfluxDB has answered so many PATCHes since the start."""
        journal = self.influxdb.journal
        seen = at = 0

        def enough() -> bool:
            nonlocal seen, at
            seen += sum(each.method == "PATCH" for each in journal[at:])
            at = len(journal)
            return seen >= patches

        await self.influxdb.changed.until(enough, _PATIENCE_SECONDS, lambda: f"{seen} PATCHes")

    def posted(self) -> int:
        """Give how many messages were posted so far."""
        news = self.slack.journal[self._looked_at :]
        self._looked_at += len(news)
        self._posts += sum(
            call.method == "chat.postMessage" and bool(call.answer.get("ok")) for call in news
        )
        return self._posts

    def forget(self) -> None:
        """Forget what was called so far, which a long run would pile up."""
        self.posted()
        self.slack.journal.clear()
        self.influxdb.journal.clear()
        self._looked_at = 0


@asynccontextmanager
async def surroundings(
    *,
    people: int = 50,
    channels: int | None = None,
    tokens: int = 50,
    latency: float = 0.0,
    before_influxdb: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    before_slack: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> AsyncIterator[Surroundings]:
    """Serve both stand-ins for as long as the context is open.

    Args:
        people: How many there are who may do everything.
        channels: In how many channels they type; without it, each in one of their own.
        tokens: How many active authorizations one user has.
        latency: Seconds by which InfluxDB answers later than it could.
        before_influxdb: What else stands before InfluxDB.
        before_slack: What stands before Slack.
    """
    slack = SlackStandIn(
        system_clock,
        signing_secret=_SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        scopes=cast.SCOPES,
        should_escape=True,
    )
    cast.populate(slack)
    users = tuple(f"U0LOAD{number:03}" for number in range(people))
    places = tuple(f"C0LOAD{number:03}" for number in range(channels or people))
    for user in users:
        slack.add_person(Person(user, user.lower()))
    for place in places:
        slack.add_channel(Channel(place, place.lower(), members=frozenset(users)))
    fixture = realistic_fixture()
    fixture["users"].append({"id": LOADER, "name": "loader", "status": "active"})
    ids = tuple(f"0f900000{number:08x}" for number in range(tokens))
    fixture["authorizations"] += [_token(number, each) for number, each in enumerate(ids)]
    influxdb = InfluxDBStandIn(fixture, system_clock)
    async with (
        serve(before_slack(slack.app)) as slack_url,
        serve(before_influxdb(_late(influxdb.app, latency))) as influxdb_url,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_SECONDS)
        ) as session,
    ):
        slack.base_url = slack_url
        with TemporaryDirectory() as folder:
            policy = Path(folder) / "token-bot.toml"
            policy.write_text(_POLICY.format(json.dumps(users)), encoding="utf-8")
            yield Surroundings(
                slack, influxdb, slack_url, influxdb_url, users, places, ids, policy, session
            )


@contextmanager
def sqlite_folder() -> Iterator[Path]:
    """Give a folder on the disk, for a database that is thrown away."""
    # Not in memory, as temporary folders may be: a commit that waits for nothing measures nothing.
    with TemporaryDirectory(dir=Path(__file__).parent, prefix=".database-") as name:
        yield Path(name)


async def in_turn(work: Sequence[Callable[[], Awaitable[Any]]], at_once: int) -> None:
    """Do all of something, so much of it at the same time."""
    waiting = iter(work)

    async def worker() -> None:
        for each in waiting:
            await each()

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())


def _token(number: int, authorization_id: str) -> dict[str, Any]:
    permissions = [bucket("write", METRICS, ACME)]
    made = "2025-03-04T09:12:31.204918377+01:00"
    return entry(authorization_id, ACME, LOADER, f"agent {number}", made, permissions)


def _late(app: ASGIApp, seconds: float) -> ASGIApp:
    if not seconds:
        return app

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await app(scope, receive, send)

    return late
