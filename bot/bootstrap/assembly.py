"""The parts that every process with a heart has, be it a bot that serves or one report's."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap.databases import open_store
from bot.bootstrap.heart import Edges, Heart, Tempo
from bot.bootstrap.slack import Outgoing
from bot.changes.anchoring import AnchorPace
from bot.changes.policy import Policy, Roles
from bot.changes.ports import Authorizations
from bot.changes.steps import Reached
from bot.configuration import Configuration, InstanceSettings
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.settings import Settings
from bot.slack.directory import SlackDirectory
from bot.slack.home.refreshing import RefreshPace
from bot.slack.identity import Identity
from bot.slack.pacing import INTERVAL, Pacing
from bot.slack.socket_mode import SocketPace
from bot.slack.web import CALL_SECONDS, web_client
from bot.storage.store import SqlStore
from bot.tasks import report
from bot.telemetry.metrics import Metrics
from bot.telemetry.slack_metrics import SlackMetrics


@dataclass(frozen=True)
class Timing:
    """How fast the bot works, and how long it waits for others.

    Attributes:
        tempo: Of the changes.
        influxdb_timeout: Seconds for one request to InfluxDB and its answer.
        influxdb_retries: How hard a call of InfluxDB is tried.
        socket: Of connections in Socket Mode.
        slack_timeout: Seconds for one call of Slack's.
        post_interval: Between two messages in one channel.
        recover_every: Between two looks for what a process that has ended had not decided.
        home: How often Home is shown anew.
        anchors: How often the record is anchored.
    """

    tempo: Tempo = field(default_factory=Tempo)
    influxdb_timeout: float = 10.0
    influxdb_retries: Retries = field(default_factory=Retries)
    socket: SocketPace = field(default_factory=SocketPace)
    slack_timeout: float = CALL_SECONDS
    post_interval: timedelta = INTERVAL
    recover_every: timedelta = timedelta(seconds=15)
    home: RefreshPace = field(default_factory=RefreshPace)
    anchors: AnchorPace = field(default_factory=AnchorPace)


@dataclass(frozen=True)
class Parts:
    """What stands around a heart.

    Attributes:
        instances: The InfluxDB instances by name.
        store: The database.
        session: For HTTP but to InfluxDB.
        client: Slack's Web API.
        identity: Knows who the bot is in Slack; nothing is asked yet.
        directory: Tells what Slack says of people.
        pacing: Says whose turn it is to post.
        clock: Tells the time.
        command: The slash command's name.
        fingerprint_key: The key under which a leaked secret may be remembered.
        keeper: Names this process as that which keeps leaked secrets, or requests.
        slack_metrics: Measure calls of Slack.
    """

    instances: Mapping[str, Authorizations]
    store: SqlStore
    session: aiohttp.ClientSession
    client: AsyncWebClient
    identity: Identity
    directory: SlackDirectory
    pacing: Pacing
    clock: Callable[[], datetime]
    command: str
    fingerprint_key: SecretStr | None
    keeper: str
    slack_metrics: SlackMetrics

    def outgoing(self, policy: Callable[[], Policy]) -> Outgoing:
        """Put together what hands messages to Slack."""
        return Outgoing(
            self.client, self.session, policy, self.clock, self.pacing, self.slack_metrics
        )

    def edges(
        self,
        policy: Callable[[], Policy],
        metrics: Metrics,
        reached: Reached,
        *,
        only_kept: bool = False,
    ) -> Edges:
        """Give what a heart is given from outside.

        Args:
            policy: Gives the policy in force.
            metrics: Count.
            reached: Told of each step in the life of a change.
            only_kept: Whether nothing is taken up but what this process keeps.
        """
        return Edges(
            instances=self.instances,
            store=self.store,
            directory=self.directory,
            policy=policy,
            clock=self.clock,
            command=self.command,
            keeper=self.keeper,
            fingerprint_key=self.fingerprint_key,
            counts=metrics,
            reached=reached,
            only_kept=only_kept,
        )


@asynccontextmanager
async def assembled(
    settings: Settings,
    configuration: Configuration,
    roles: Callable[[], Roles],
    clock: Callable[[], datetime],
    timing: Timing,
    metrics: Metrics,
) -> AsyncIterator[Parts]:
    """Open the database and what speaks to InfluxDB and Slack, for as long as the context is open.

    Args:
        settings: What the environment says.
        configuration: What it says together with the policy file.
        roles: Gives who holds which role, now.
        clock: Tells the time, to every part.
        timing: How fast it works.
        metrics: Count.

    Raises:
        StoreUnavailableError: If the database cannot be opened, or takes no writes.
    """
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=timing.slack_timeout)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        store = await stack.enter_async_context(
            open_store(settings.database_url.get_secret_value(), metrics.database)
        )
        await store.ping()
        instances: dict[str, Authorizations] = {}
        for each in configuration.instances:
            opened = _influxdb(each, timing, clock, metrics)
            instances[each.name] = await stack.enter_async_context(opened)
        client = web_client(
            settings.slack_bot_token, settings.slack_api_url, session, metrics.slack
        )
        yield Parts(
            instances=instances,
            store=store,
            session=session,
            client=client,
            identity=Identity(client, clock, store),
            directory=SlackDirectory(client, roles, clock, store),
            pacing=Pacing(store, clock, timing.post_interval, metrics.slack),
            slack_metrics=metrics.slack,
            clock=clock,
            command=settings.slash_command,
            fingerprint_key=settings.fingerprint_key,
            keeper=secrets.token_hex(8),
        )


@asynccontextmanager
async def woken(heart: Heart, store: SqlStore) -> AsyncIterator[None]:
    """Look for due requests as soon as another process says that there are some."""
    listening = asyncio.create_task(store.listen(heart.executor.wake), name="listening")
    listening.add_done_callback(report)
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def _influxdb(
    instance: InstanceSettings, timing: Timing, clock: Callable[[], datetime], metrics: Metrics
) -> InfluxDBClient:
    return InfluxDBClient(
        name=instance.name,
        url=instance.url,
        token=instance.token,
        own_authorization=instance.own_authorization,
        ca_file=instance.ca_file,
        timeout=timing.influxdb_timeout,
        retries=timing.influxdb_retries,
        observer=metrics.influxdb.of(instance.name),
        clock=clock,
    )
