"""The one place where the parts are put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import aiohttp
import structlog
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.changes.errors import StoreUnavailableError, UpstreamError
from bot.changes.executor import Executor, Pace
from bot.changes.intake import Intake
from bot.changes.policy import Policy
from bot.changes.ports import Authorizations
from bot.changes.queries import Queries
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry, discover
from bot.endpoints import application
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.settings import Settings, forget_bolt_variables
from bot.slack.app import bolt_app
from bot.slack.channels import Channels
from bot.slack.envelopes import Envelopes
from bot.slack.front import SlackFront
from bot.slack.identity import Identity
from bot.slack.listeners.actions import ActionListener
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.commands import CommandListener
from bot.slack.messenger import SlackMessenger
from bot.slack.responder import Responder
from bot.slack.sending import Sending
from bot.slack.socket_mode import SocketMode, SocketPace
from bot.slack.web import CALL_TIMEOUT, web_client
from bot.storage.engine import create_engine, migrate
from bot.storage.store import SqlStore
from bot.tasks import Tasks
from bot.telemetry.metrics import Metrics

DEFAULT_INSTANCE = "default"
_FIRST_ANSWER_SECONDS = 3.0
# A host gives 30 s from SIGTERM to SIGKILL as a rule.
_ANSWERS_GRACE_SECONDS = 5.0
_CHANGES_GRACE_SECONDS = 15.0

# By HTTP nothing runs that takes requests in: whoever serves the application does.
_HTTP = contextlib.nullcontext()

_log = structlog.get_logger()


@dataclass(frozen=True)
class Bot:
    """A bot that runs.

    Attributes:
        app: Its HTTP application.
        drain: Take nothing new on; what has begun is finished when the bot's context ends.
        settled: Wait until everything that was asked is carried out and told.
    """

    app: Starlette
    drain: Callable[[], None]
    settled: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Tempo:
    """How fast the bot works, and how long it waits for others.

    Attributes:
        pace: Of the executor.
        influxdb_timeout: Seconds for one request to InfluxDB and its answer.
        influxdb_retries: How hard a call of InfluxDB is tried.
        socket: Of connections in Socket Mode.
    """

    pace: Pace = field(default_factory=Pace)
    influxdb_timeout: float = 10.0
    influxdb_retries: Retries = field(default_factory=Retries)
    socket: SocketPace = field(default_factory=SocketPace)


@asynccontextmanager
async def open_store(database_url: str) -> AsyncIterator[SqlStore]:
    """Open the database at its newest schema."""
    engine = create_engine(database_url)
    store = SqlStore(engine)
    try:
        await migrate(engine)
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def running_bot(
    settings: Settings, clock: Callable[[], datetime], tempo: Tempo
) -> AsyncIterator[Bot]:
    """Put a bot together and run it for as long as the context is open.

    Args:
        settings: What the environment says.
        clock: Tells the time, to every part.
        tempo: How fast it works.

    Raises:
        BadSlackTokenError: If Slack refuses the bot token.
        BadAppTokenError: If Slack refuses the app-level token.
    """
    forget_bolt_variables()
    if not settings.allowed_users:
        _log.warning("ALLOWED_USERS is not set: everybody is denied")
    draining = asyncio.Event()
    tasks, metrics = Tasks(), Metrics()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=CALL_TIMEOUT))
        store = await stack.enter_async_context(open_store(settings.database_url))
        influxdb = await stack.enter_async_context(_influxdb(settings, tempo, clock, metrics))
        instances: dict[str, Authorizations] = {influxdb.name: influxdb}
        client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
        identity = Identity(client)
        policy = partial(_policy, settings, identity)
        sending = Sending(client, session)
        responder = Responder(sending)
        messenger = SlackMessenger(sending, responder, Channels(client, clock), policy, clock)
        executor = Executor(
            instances,
            store,
            messenger,
            policy=policy,
            clock=clock,
            pace=tempo.pace,
            finished=metrics.change,
        )
        intake = Intake(store, policy, settings.slash_command, executor.wake)
        queries = Queries(instances, store, policy, clock)
        registry = Registry(discover(), settings.slash_command)
        dispatcher = Dispatcher(registry, intake, queries, policy, influxdb.name)
        answering = Answering(responder, tasks, metrics, draining.is_set)
        lending = _borrowing_client(settings, session)
        bolt = bolt_app(
            settings.slash_command,
            CommandListener(dispatcher, registry, answering, clock),
            ActionListener(dispatcher, queries, messenger, answering, tasks, clock),
            identity,
            lending,
        )
        front, socket = None, None
        if settings.slack_app_token is not None:
            envelopes = Envelopes(bolt.async_dispatch, answering.tell, metrics.front)
            socket = SocketMode(lending, settings.slack_app_token, envelopes, tempo.socket)
        elif (secret := settings.slack_signing_secret) is not None:
            front = SlackFront(secret, bolt.async_dispatch, clock, metrics.front)
        slack_probe = partial(_slack_probe, identity, socket)
        app = application(
            front,
            {"database": partial(_database_probe, store), "slack": slack_probe},
            {influxdb.name: partial(_influxdb_probe, influxdb)},
            metrics.exposition,
        )
        async with _working(executor, identity, tasks), socket.listening() if socket else _HTTP:
            try:
                yield Bot(app, draining.set, partial(_settled, executor, tasks))
            finally:
                draining.set()


@asynccontextmanager
async def _working(executor: Executor, identity: Identity, tasks: Tasks) -> AsyncIterator[None]:
    """Run the executor once Slack has told whose workspace this is; finish what has begun."""
    with contextlib.suppress(TimeoutError):
        # A Slack that hangs must not keep the port closed: people get an answer all the same.
        await asyncio.wait_for(identity.ask(), _FIRST_ANSWER_SECONDS)

    async def work() -> None:
        if not identity.known:
            await identity.keep_asking()
        await executor.run()

    working = asyncio.create_task(work(), name="executor")
    try:
        yield
    finally:
        await tasks.drain(_ANSWERS_GRACE_SECONDS)
        executor.stop()
        if identity.known:
            await asyncio.wait([working], timeout=_CHANGES_GRACE_SECONDS)
            executor.hand_over()
        else:
            working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _settled(executor: Executor, tasks: Tasks) -> None:
    await executor.idle()
    await tasks.idle()


def _policy(settings: Settings, identity: Identity) -> Policy:
    return Policy(identity.workspace, settings.allowed_users, settings.read_only)


def _influxdb(
    settings: Settings, tempo: Tempo, clock: Callable[[], datetime], metrics: Metrics
) -> InfluxDBClient:
    return InfluxDBClient(
        name=DEFAULT_INSTANCE,
        url=settings.influxdb_url,
        token=settings.influxdb_token,
        own_authorization=settings.influxdb_own_authorization,
        ca_file=settings.influxdb_ca_file,
        timeout=tempo.influxdb_timeout,
        retries=tempo.influxdb_retries,
        observe=partial(metrics.influxdb, DEFAULT_INSTANCE),
        clock=clock,
    )


def _borrowing_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Give a client without a token: Bolt would warn that it skips one, sockets have another."""
    client = web_client(SecretStr(""), settings.slack_api_url, session)
    client.token = None
    return client


async def _database_probe(store: SqlStore) -> str | None:
    try:
        await store.ping()
    except StoreUnavailableError as error:
        return str(error)
    return None


async def _slack_probe(identity: Identity, socket: SocketMode | None) -> str | None:
    return identity.trouble or (socket.trouble if socket else None)


async def _influxdb_probe(instance: Authorizations) -> str:
    try:
        version = await instance.ping()
        await instance.check_credential()
    except UpstreamError as error:
        return error.problem.message
    return version
