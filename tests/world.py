"""The whole bot between the two stand-ins, over real sockets, for tests."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from threading import Event
from typing import Any

import aiohttp
from psycopg import AsyncConnection
from pydantic import SecretStr
from sqlalchemy import select
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.bootstrap import Bot, Tempo, Timing, running_bot
from bot.changes.audit import AuditEvent, ChainedEvent
from bot.changes.executor import Pace
from bot.changes.pauses import Pauses
from bot.changes.request import ChangeRequest
from bot.changes.watching import Watch
from bot.influxdb.retries import Retries
from bot.sandbox import cast
from bot.sandbox.influxdb import Gate, InfluxDBStandIn, Mode
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, realistic_fixture
from bot.sandbox.serving import serve
from bot.sandbox.slack import Delivery, Message, RateLimits, SlackStandIn
from bot.settings import Settings
from bot.slack.connection import Pulse
from bot.slack.home.refreshing import RefreshPace
from bot.slack.socket_mode import SocketPace
from bot.storage.engine import create_engine
from bot.storage.store import SqlStore
from bot.storage.tables import requests
from tests.postgresql import libpq
from tests.recorded import record_in
from tests.sqlite import driven, place_database

SIGNING_SECRET = "a-made-up-signing-secret"
BOT_TOKEN = "xoxb-made-up"
APP_TOKEN = "xapp-made-up"
# Small enough that no test waits, large enough that a busy machine keeps its leases.
BRISK = Timing(
    Tempo(
        pace=Pace(lease=timedelta(seconds=3), poll=timedelta(milliseconds=200)),
        pauses=Pauses(
            first=timedelta(milliseconds=50),
            longest=timedelta(milliseconds=200),
            held_back=timedelta(milliseconds=50),
            # Whoever ends calls the next one; nobody may depend on looking again.
            in_line=timedelta(seconds=30),
            # What cannot be reached fails at once; who waits for it says so.
            try_for=timedelta(),
        ),
        watch=Watch(look=timedelta(milliseconds=20), tell=timedelta(milliseconds=60)),
        late=timedelta(seconds=1),
    ),
    influxdb_timeout=1.0,
    influxdb_retries=Retries(attempts=2, seconds=3.0, first_pause=0.01, longest_pause=0.02),
    socket=SocketPace(
        Pulse(opening=2.0, ping=0.1, silence=1.5, look=0.02, closing=0.2),
        first_pause=0.02,
        longest_pause=0.2,
        overlap=5.0,
        patience=0.3,
    ),
    post_interval=timedelta(milliseconds=20),
    recover_every=timedelta(milliseconds=200),
    home=RefreshPace(timedelta(milliseconds=200), timedelta(milliseconds=20)),
)


class Now:
    """A clock that tells the real time, moved by as much as a test wants."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC) + self._ahead  # noqa: TID251 - a test's clock

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._ahead += by


@dataclass
class World:
    """A workspace, an InfluxDB, and the bot between them."""

    slack: SlackStandIn
    influxdb: InfluxDBStandIn
    now: Now
    settings: dict[str, Any]
    folder: Path
    bots: list[Bot] = field(default_factory=list)
    timing: Timing = BRISK
    replicas: int = 1
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(
        self, *, app: Callable[[Bot], Any] | None = None, policy: str = "", **changed: Any
    ) -> None:
        """Start the bot, or as many of it as there are to be.

        Whatever Slack sends goes to one after another, as behind a balancer; in Socket Mode Slack
        chooses.

        Args:
            app: Wraps what each serves.
            policy: What stands in its policy file; without it, ``ALLOWED_USERS`` is the policy.
            changed: Settings.
        """
        if policy:
            self.write_policy(policy)
            changed = {"allowed_users": "", "token_bot_config": self.policy_file, **changed}
        settings = Settings(**{**self.settings, **changed})
        place_database(settings.database_url.get_secret_value())
        for _ in range(self.replicas):
            running = running_bot(settings, self.now, self.timing)
            self.bots.append(await self._stack.enter_async_context(running))
        served = [bot.app if app is None else app(bot) for bot in self.bots]
        url = await self._stack.enter_async_context(serve(_in_turn(served)))
        self.slack.events_url = f"{url}/slack/events"

    @property
    def bot(self) -> Bot | None:
        """The bot, or the first of them; None while none runs."""
        return self.bots[0] if self.bots else None

    @property
    def policy_file(self) -> Path:
        """Where the policy file is."""
        return self.folder / "token-bot.toml"

    def write_policy(self, text: str) -> None:
        """Write the policy file, to be read at the start or at a reload."""
        self.policy_file.write_text(text, encoding="utf-8")

    async def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        stack, self._stack, self.bots = self._stack, AsyncExitStack(), []
        await stack.aclose()

    @property
    def url(self) -> str:
        """The bot's own address."""
        return self.slack.events_url.removesuffix("/slack/events")

    async def readiness(self) -> tuple[int, str]:
        """Ask the bot whether it is ready, and what it says of Slack."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
            return answer.status, (await answer.json())["slack"]

    async def settled(self) -> None:
        """Wait until everything that was asked is carried out and told."""
        assert self.bots
        while True:
            for bot in self.bots:
                await bot.settled()
            # What one replica has taken, another one's executor knows nothing of.
            if len(self.bots) == 1 or not await self._at_work():
                return
            await asyncio.sleep(0.005)

    async def _at_work(self) -> bool:
        engine = create_engine(driven(self.settings["database_url"]))
        due = requests.c.due_at <= self.now()
        try:
            async with engine.connect() as connection:
                found = await connection.execute(
                    select(requests.c.id).where(due | requests.c.lease_owner.is_not(None)).limit(1)
                )
                return found.first() is not None
        finally:
            await engine.dispose()

    async def say(
        self, text: str, *, user: str = cast.ALICE, channel: str = cast.INCIDENTS
    ) -> Delivery:
        """Have somebody type a command, and wait until the bot has done its part."""
        delivery = await self.slack.command(user, channel, "/token", text)
        await self.settled()
        return delivery

    async def press(
        self, message: Message, text: str, *, user: str = cast.ALICE, **more: Any
    ) -> Delivery:
        """Have somebody press a button, and wait until the bot has done its part."""
        delivery = await self.slack.press(user, message, text, **more)
        await self.settled()
        return delivery

    async def reached(self, gate: Gate) -> None:
        """Wait until a request stands at a gate; give up after a while."""
        await asyncio.wait_for(gate.reached.wait(), 15)

    def channel(self, channel: str = cast.INCIDENTS) -> list[Message]:
        """Give what everybody sees in a channel."""
        return self.slack.messages(channel)

    def last(self, user: str = cast.ALICE) -> str:
        """Give what one person alone was shown last, as they read it."""
        return self.slack.ephemerals(user)[-1].plain

    def patches(self) -> list[tuple[str, str | None]]:
        """Give the PATCHes that InfluxDB got: path and body."""
        return [(exchange.path, exchange.body) for exchange in self.influxdb.patches()]

    async def influxdb_quiet(self, seconds: float) -> None:
        """Give the bot time to do what it must not do: send InfluxDB one more PATCH."""
        asked = len(self.patches())
        async with asyncio.timeout(seconds + 1):
            await asyncio.to_thread(Event().wait, seconds)
        assert len(self.patches()) <= asked + 1, "the request that was held may end"

    @asynccontextmanager
    async def locked_database(self) -> AsyncIterator[None]:
        """Keep others from writing to the database, so that the bot can commit nothing."""
        if self.settings["database_url"].startswith("postgresql"):
            async with await AsyncConnection.connect(libpq(self.settings["database_url"])) as held:
                await held.execute("LOCK TABLE deliveries, requests, audit_head IN EXCLUSIVE MODE")
                yield
            return
        path = self.settings["database_url"].removeprefix("sqlite:///")
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            # In a thread: the bot may be writing, and ends it only if the loop goes on.
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        finally:
            other.close()

    async def forget_what_is_due(self) -> None:
        """End the timers and the watches of all that is told, as if they had never been."""
        path = self.settings["database_url"].removeprefix("sqlite:///")

        def forget() -> None:
            with contextlib.closing(sqlite3.connect(path)) as other, other:
                other.execute("UPDATE requests SET due_at = NULL WHERE announced")

        # In a thread: the bot may be writing, and ends it only if the loop goes on.
        await asyncio.to_thread(forget)

    @asynccontextmanager
    async def store(self) -> AsyncIterator[SqlStore]:
        """Open the bot's database beside it."""
        url = driven(self.settings["database_url"])
        store = SqlStore(create_engine(url))
        try:
            yield store
        finally:
            await store.close()

    async def record(self) -> list[ChainedEvent]:
        """Give the whole record, oldest first."""
        async with self.store() as store:
            return await record_in(store)

    async def events(self) -> list[AuditEvent]:
        """Give the record's events, oldest first."""
        return [link.event for link in await self.record()]

    async def tags(self) -> list[str]:
        """Give the tags of the record's events, oldest first."""
        return [event.tag.value for event in await self.events()]

    async def request(self, change_id: str) -> ChangeRequest:
        """Give one request as it is recorded."""
        async with self.store() as store, store.reading() as reading:
            found = await reading.request(change_id)
        assert found is not None
        return found


def _in_turn(apps: Sequence[ASGIApp]) -> ASGIApp:
    """Give each request to the next of several applications, as a balancer does."""
    if len(apps) == 1:
        return apps[0]
    turns = cycle(apps)

    async def balancer(scope: Scope, receive: Receive, send: Send) -> None:
        await next(turns)(scope, receive, send)

    return balancer


@asynccontextmanager
async def world(
    folder: Path,
    *,
    database_url: str = "",
    replicas: int = 1,
    mode: Mode = Mode.PLAIN,
    fixture: Mapping[str, Any] | None = None,
    socket_mode: bool = False,
    posting: timedelta | None = None,
    scopes: Sequence[str] = cast.SCOPES,
) -> AsyncIterator[World]:
    """Serve both stand-ins, with the bot not yet started.

    Args:
        folder: For the bot's files.
        database_url: Its database; without one, a SQLite file.
        replicas: How many bots ``start`` starts on it.
        mode: What kind of InfluxDB there is.
        fixture: What is in it.
        socket_mode: Whether Slack sends over sockets.
        posting: How long Slack wants between two messages in one channel, if it keeps its limits.
        scopes: What the app is granted.
    """
    now = Now()
    slack = SlackStandIn(
        now,
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        scopes=scopes,
        rate_limits=None if posting is None else RateLimits(posting),
        should_escape=True,
    )
    cast.populate(slack)
    influxdb = InfluxDBStandIn(fixture or realistic_fixture(), now, mode=mode)
    if socket_mode:
        slack.socket_mode.switch_on(APP_TOKEN)
    async with (
        serve(slack.app) as slack_url,
        slack.socket_mode.served(),
        serve(influxdb.app) as influxdb_url,
    ):
        slack.base_url = slack_url
        settings = {
            "slack_bot_token": SecretStr(BOT_TOKEN),
            "slack_signing_secret": None if socket_mode else SecretStr(SIGNING_SECRET),
            "slack_app_token": SecretStr(APP_TOKEN) if socket_mode else None,
            "slack_api_url": f"{slack_url}/api/",
            "influxdb_url": influxdb_url,
            "influxdb_token": SecretStr(BOT_API_TOKEN),
            "influxdb_own_authorization": None,
            "allowed_users": ",".join(cast.ALLOWED),
            "database_url": database_url or f"sqlite:///{folder / 'token-bot.db'}",
        }
        here = World(slack, influxdb, now, settings, folder, replicas=replicas)
        try:
            yield here
        finally:
            await here.stop()
