"""Run a bot for as long as somebody wants it to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from starlette.applications import Starlette

from bot.bootstrap import probes
from bot.bootstrap.assembly import Timing, assembled, woken
from bot.bootstrap.ending import finished, kept_alive
from bot.bootstrap.heart import Heart
from bot.bootstrap.slack import Ground, Incoming, incoming
from bot.changes.anchoring import Anchoring
from bot.changes.policy import Policy
from bot.changes.steps import Reached, logged
from bot.configuration import PolicyInForce, load_configuration
from bot.endpoints import application
from bot.settings import Settings, forget_bolt_variables
from bot.slack.directory import SlackDirectory
from bot.slack.identity import Identity
from bot.slack.pacing import Pacing
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
    metrics.process.policy_read(clock(), taken=True)
    async with assembled(
        *(settings, configuration, lambda: in_force.roles, clock, timing), metrics
    ) as parts:
        store, identity = parts.store, parts.identity
        policy = partial(_policy, in_force, identity)
        outgoing = parts.outgoing(policy)
        edges = parts.edges(policy, metrics, reached)
        heart = Heart(edges, outgoing.messenger, timing.tempo)
        ground = Ground(tasks, metrics, draining.is_set, timing.socket, store, timing.home)
        taking = incoming(settings, edges, heart, identity, outgoing, ground)
        app = application(
            taking.front,
            probes.needed(store, identity, taking.socket),
            probes.details(in_force, parts.instances, heart.queries, clock),
            partial(probes.exposition, metrics, heart.queries),
        )
        listening = taking.socket.listening() if taking.socket else _HTTP
        working = _working(
            *(heart, identity, parts.directory, taking, tasks, clock),
            recover_every=timing.recover_every,
            anchoring=Anchoring(store, outgoing.anchor_feed, clock, timing.anchors),
        )
        async with woken(heart, store), working, listening:
            try:
                settled = partial(_settled, heart, tasks, parts.pacing, clock)
                reload = partial(_reload, in_force, metrics, clock)
                yield Bot(app, draining.set, reload, settled)
            finally:
                draining.set()


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
    anchoring: Anchoring,
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
        showing = asyncio.create_task(taking.refreshing.run(), name="home")
        telling = asyncio.create_task(anchoring.run(), name="anchors")
        beside = (recovering, showing, telling)
        for task in beside:
            task.add_done_callback(report)
        try:
            await heart.executor.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    working = asyncio.create_task(work(), name="executor")
    refreshing = asyncio.create_task(directory.keep_fresh(), name="directory")
    for task in (working, refreshing):
        task.add_done_callback(report)
    async with kept_alive(heart):
        try:
            yield
        finally:
            refreshing.cancel()
            await tasks.drain(_ANSWERS_GRACE_SECONDS)
            if identity.known:
                await finished(heart, working, _CHANGES_GRACE_SECONDS)
            else:
                heart.executor.stop()
                working.cancel()
            await asyncio.gather(working, refreshing, return_exceptions=True)
            # What was begun beside while the executor ended still holds the database.
            await tasks.drain(_ANSWERS_GRACE_SECONDS)


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


def _reload(in_force: PolicyInForce, metrics: Metrics, clock: Callable[[], datetime]) -> bool:
    taken = in_force.reload()
    metrics.process.policy_read(clock(), taken=taken)
    return taken


def _policy(in_force: PolicyInForce, identity: Identity) -> Policy:
    return in_force.current(identity.workspace)
