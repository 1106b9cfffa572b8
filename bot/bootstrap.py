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
from bot.changes.policy import Policy
from bot.changes.ports import Authorizations
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry, discover
from bot.configuration import InstanceSettings, PolicyInForce, load_configuration
from bot.endpoints import application
from bot.heart import Edges, Heart, Tempo
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.settings import Settings, forget_bolt_variables
from bot.slack.app import bolt_app
from bot.slack.channels import Channels
from bot.slack.directory import SlackDirectory
from bot.slack.envelopes import Envelopes
from bot.slack.front import SlackFront
from bot.slack.identity import Identity
from bot.slack.listeners.actions import ActionListener
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.commands import CommandListener
from bot.slack.listeners.meaning import Meaning
from bot.slack.listeners.modals import Modals
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.submissions import SubmissionListener
from bot.slack.listeners.telling import Telling
from bot.slack.messenger import SlackMessenger
from bot.slack.placing import Placing
from bot.slack.responder import Responder
from bot.slack.sending import Sending
from bot.slack.socket_mode import SocketMode, SocketPace
from bot.slack.web import CALL_TIMEOUT, web_client
from bot.storage.engine import create_engine, migrate
from bot.storage.store import SqlStore
from bot.tasks import Tasks
from bot.telemetry.metrics import Metrics

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
        reload: Read the policy file again; what is wrong in it leaves the old policy in force.
        settled: Wait until everything that was asked is carried out and told.
    """

    app: Starlette
    drain: Callable[[], None]
    reload: Callable[[], bool]
    settled: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Timing:
    """How fast the bot works, and how long it waits for others.

    Attributes:
        tempo: Of the changes.
        influxdb_timeout: Seconds for one request to InfluxDB and its answer.
        influxdb_retries: How hard a call of InfluxDB is tried.
        socket: Of connections in Socket Mode.
    """

    tempo: Tempo = field(default_factory=Tempo)
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
    settings: Settings, clock: Callable[[], datetime], timing: Timing
) -> AsyncIterator[Bot]:
    """Put a bot together and run it for as long as the context is open.

    Args:
        settings: What the environment says.
        clock: Tells the time, to every part.
        timing: How fast it works.

    Raises:
        SettingsError: If the policy file is wrong.
        BadSlackTokenError: If Slack refuses the bot token.
        BadAppTokenError: If Slack refuses the app-level token.
    """
    forget_bolt_variables()
    configuration = load_configuration(settings)
    for warning in configuration.warnings:
        _log.warning(warning)
    in_force = PolicyInForce(settings, configuration)
    draining = asyncio.Event()
    tasks, metrics = Tasks(), Metrics()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=CALL_TIMEOUT))
        store = await stack.enter_async_context(open_store(settings.database_url))
        instances: dict[str, Authorizations] = {}
        for each in configuration.instances:
            opened = _influxdb(each, timing, clock, metrics)
            instances[each.name] = await stack.enter_async_context(opened)
        client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
        identity = Identity(client)
        policy = partial(_policy, in_force, identity)
        directory = SlackDirectory(client, lambda: in_force.roles, clock)
        sending = Sending(client, session)
        responder = Responder(sending)
        placing = Placing(sending, Channels(client, clock), policy)
        messenger = SlackMessenger(sending, responder, placing, policy, clock)
        edges = Edges(
            instances=instances,
            store=store,
            directory=directory,
            policy=policy,
            clock=clock,
            command=settings.slash_command,
            finished=metrics.change,
        )
        heart = Heart(edges, messenger, timing.tempo)
        registry = Registry(discover(), settings.slash_command)
        dispatcher = Dispatcher(registry, heart.intake, heart.reversals, heart.queries, policy)
        answering = Answering(responder, tasks, metrics, draining.is_set)
        telling = Telling(answering, heart.queries, messenger, tasks)
        reception = Reception(
            directory=directory,
            intake=heart.intake,
            store=store,
            meaning=Meaning(dispatcher, heart.reversals, heart.moves),
            answering=answering,
            telling=telling,
            tasks=tasks,
        )
        modals = Modals(client, answering, tasks)
        lending = _borrowing_client(settings, session)
        bolt = bolt_app(
            settings.slash_command,
            CommandListener(reception, telling, registry, clock),
            ActionListener(reception, telling, answering, modals, clock),
            SubmissionListener(reception, clock),
            identity,
            lending,
        )
        front, socket = None, None
        if settings.slack_app_token is not None:
            envelopes = Envelopes(bolt.async_dispatch, answering.tell, metrics.front)
            socket = SocketMode(lending, settings.slack_app_token, envelopes, timing.socket)
        elif (secret := settings.slack_signing_secret) is not None:
            front = SlackFront(secret, bolt.async_dispatch, clock, metrics.front)
        slack_probe = partial(_slack_probe, identity, socket)
        app = application(
            front,
            {"database": partial(_database_probe, store), "slack": slack_probe},
            {
                "policy": {"reload": partial(_policy_probe, in_force)},
                "influxdb": {
                    name: partial(_influxdb_probe, each) for name, each in instances.items()
                },
            },
            metrics.exposition,
        )
        listening = socket.listening() if socket else _HTTP
        async with _working(heart, identity, directory, reception, tasks), listening:
            try:
                yield Bot(app, draining.set, in_force.reload, partial(_settled, heart, tasks))
            finally:
                draining.set()


@asynccontextmanager
async def _working(
    heart: Heart,
    identity: Identity,
    directory: SlackDirectory,
    reception: Reception,
    tasks: Tasks,
) -> AsyncIterator[None]:
    """Run the executor once Slack has told whose workspace this is; finish what has begun."""
    with contextlib.suppress(TimeoutError):
        # A Slack that hangs must not keep the port closed: people get an answer all the same.
        await asyncio.wait_for(identity.ask(), _FIRST_ANSWER_SECONDS)
        # Whoever asks first does not have to wait for what Slack says of them.
        await asyncio.wait_for(directory.refresh(), _FIRST_ANSWER_SECONDS)

    async def work() -> None:
        if not identity.known:
            await identity.keep_asking()
        await reception.recover()
        await heart.executor.run()

    working = asyncio.create_task(work(), name="executor")
    refreshing = asyncio.create_task(directory.keep_fresh(), name="directory")
    try:
        yield
    finally:
        refreshing.cancel()
        await tasks.drain(_ANSWERS_GRACE_SECONDS)
        heart.executor.stop()
        if identity.known:
            await asyncio.wait([working], timeout=_CHANGES_GRACE_SECONDS)
            heart.executor.hand_over()
        else:
            working.cancel()
        await asyncio.gather(working, refreshing, return_exceptions=True)


async def _settled(heart: Heart, tasks: Tasks) -> None:
    while tasks.busy:
        await tasks.idle()
        await heart.executor.idle()
    await heart.executor.idle()
    await tasks.idle()


def _policy(in_force: PolicyInForce, identity: Identity) -> Policy:
    return in_force.current(identity.workspace)


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
        observe=partial(metrics.influxdb, instance.name),
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


async def _policy_probe(in_force: PolicyInForce) -> str:
    return in_force.trouble or "ok"


async def _influxdb_probe(instance: Authorizations) -> str:
    try:
        version = await instance.ping()
        await instance.check_credential()
    except UpstreamError as error:
        return error.problem.message
    return version
