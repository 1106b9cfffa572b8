"""Run a bot for as long as somebody wants it to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import structlog
from starlette.applications import Starlette

from bot.bootstrap import probes
from bot.bootstrap.databases import open_store
from bot.bootstrap.heart import Edges, Heart, Tempo
from bot.bootstrap.slack import Ground, Incoming, Outgoing, incoming
from bot.changes.policy import Policy
from bot.changes.ports import Authorizations
from bot.changes.steps import Reached, logged
from bot.configuration import InstanceSettings, PolicyInForce, load_configuration
from bot.endpoints import application
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.settings import Settings, forget_bolt_variables
from bot.slack.directory import SlackDirectory
from bot.slack.identity import Identity
from bot.slack.pacing import INTERVAL, Pacing
from bot.slack.socket_mode import SocketPace
from bot.slack.web import CALL_SECONDS, web_client
from bot.storage.store import SqlStore
from bot.tasks import Tasks, report
from bot.telemetry.metrics import Metrics

_FIRST_ANSWER_SECONDS = 3.0
# A host gives 30 s from SIGTERM to SIGKILL as a rule.
_ANSWERS_GRACE_SECONDS = 5.0
_CHANGES_GRACE_SECONDS = 15.0
_A_LITTLE = 0.01

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
        slack_timeout: Seconds for one call of Slack's.
        post_interval: Between two messages in one channel.
        recover_every: Between two looks for what a process that has ended had not decided.
    """

    tempo: Tempo = field(default_factory=Tempo)
    influxdb_timeout: float = 10.0
    influxdb_retries: Retries = field(default_factory=Retries)
    socket: SocketPace = field(default_factory=SocketPace)
    slack_timeout: float = CALL_SECONDS
    post_interval: timedelta = INTERVAL
    recover_every: timedelta = timedelta(seconds=15)


@asynccontextmanager
async def running_bot(
    settings: Settings,
    clock: Callable[[], datetime],
    timing: Timing,
    reached: Reached = logged,
) -> AsyncIterator[Bot]:
    """Put a bot together and run it for as long as the context is open.

    Args:
        settings: What the environment says.
        clock: Tells the time, to every part.
        timing: How fast it works.
        reached: Told of each step in the life of a change.

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
        timeout = aiohttp.ClientTimeout(total=timing.slack_timeout)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        database_url = settings.database_url.get_secret_value()
        store = await stack.enter_async_context(open_store(database_url))
        instances: dict[str, Authorizations] = {}
        for each in configuration.instances:
            opened = _influxdb(each, timing, clock, metrics)
            instances[each.name] = await stack.enter_async_context(opened)
        client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
        identity = Identity(client)
        policy = partial(_policy, in_force, identity)
        directory = SlackDirectory(client, lambda: in_force.roles, clock)
        pacing = Pacing(store, clock, timing.post_interval)
        outgoing = Outgoing(client, session, policy, clock, pacing)
        edges = Edges(
            instances=instances,
            store=store,
            directory=directory,
            policy=policy,
            clock=clock,
            command=settings.slash_command,
            finished=metrics.change,
            drifted=metrics.drift,
            broke_glass=metrics.break_glass,
            reached=reached,
        )
        heart = Heart(edges, outgoing.messenger, timing.tempo)
        ground = Ground(tasks, metrics, draining.is_set, timing.socket)
        taking = incoming(settings, edges, heart, identity, outgoing, ground)
        app = application(
            taking.front,
            probes.needed(store, identity, taking.socket),
            probes.details(in_force, instances, heart.queries, clock),
            partial(probes.exposition, metrics, heart.queries),
        )
        listening = taking.socket.listening() if taking.socket else _HTTP
        working = _working(
            *(heart, identity, directory, taking, tasks, clock), recover_every=timing.recover_every
        )
        async with _woken(heart, store), working, listening:
            try:
                settled = partial(_settled, heart, tasks, pacing, clock)
                yield Bot(app, draining.set, in_force.reload, settled)
            finally:
                draining.set()


@asynccontextmanager
async def _woken(heart: Heart, store: SqlStore) -> AsyncIterator[None]:
    """Look for due requests as soon as another replica says that there are some."""
    listening = asyncio.create_task(store.listen(heart.executor.wake), name="listening")
    listening.add_done_callback(report)
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def _working(
    heart: Heart,
    identity: Identity,
    directory: SlackDirectory,
    taking: Incoming,
    tasks: Tasks,
    clock: Callable[[], datetime],
    *,
    recover_every: timedelta,
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
        # Beside, since what is accepted already must not wait for it, nor fail with it.
        tasks.spawn(taking.reception.recover(clock()), "recover")
        recovering = asyncio.create_task(
            taking.reception.keep_recovering(clock, recover_every), name="recover"
        )
        recovering.add_done_callback(report)
        try:
            await heart.executor.run()
        finally:
            recovering.cancel()
            await asyncio.gather(recovering, return_exceptions=True)

    working = asyncio.create_task(work(), name="executor")
    refreshing = asyncio.create_task(directory.keep_fresh(), name="directory")
    for task in (working, refreshing):
        task.add_done_callback(report)
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


async def _settled(
    heart: Heart, tasks: Tasks, pacing: Pacing, clock: Callable[[], datetime]
) -> None:
    while True:
        while tasks.busy:
            await tasks.idle()
            await heart.executor.idle()
        await heart.executor.idle()
        await tasks.idle()
        promised = pacing.promised()
        if promised is None:
            return
        # Who waits is due a little after its turn was promised, not before.
        await asyncio.sleep(max(_A_LITTLE, (promised - clock()).total_seconds()))
        heart.executor.wake()


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
