"""Run a heart for what one person asks on the bot's own machine, beside whatever bots there are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.bootstrap.asker import whose
from bot.bootstrap.assembly import Timing, assembled, woken
from bot.bootstrap.desk import Desk
from bot.bootstrap.ending import finished, kept_alive
from bot.bootstrap.heart import Heart
from bot.changes.policy import Policy
from bot.changes.remembered import RememberedDirectory
from bot.changes.steps import logged
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry, discover
from bot.configuration import PolicyInForce, load_configuration
from bot.settings import Settings
from bot.tasks import report
from bot.telemetry.metrics import Metrics

_GRACE_SECONDS = 3.0
_SEEN_BY = (
    "It stands in this shell's history by now, so treat it as leaked: token-bot leak reads a "
    "secret from standard input, disables its token, and proves it dead."
)


@asynccontextmanager
async def own_desk(
    settings: Settings,
    clock: Callable[[], datetime],
    timing: Timing,
    *,
    user_id: str,
    typed_by: str,
) -> AsyncIterator[Desk]:
    """Put together what one change needs, and carry out that and nothing else.

    There is no front, no socket and no reception, and the requests of others are left alone: a
    bot may run beside it on the same database.

    Args:
        settings: What the environment says.
        clock: Tells the time, to every part.
        timing: How fast it works.
        user_id: In whose name it is asked.
        typed_by: Who types it, for the record.

    Raises:
        SettingsError: If the policy file is wrong.
        BadSlackTokenError: If Slack refuses the bot token.
    """
    configuration = load_configuration(settings)
    in_force = PolicyInForce(settings, configuration)
    metrics = Metrics()
    async with assembled(
        *(settings, configuration, lambda: in_force.roles, clock, timing), metrics
    ) as parts:
        asker = await whose(parts, user_id)
        policy: Callable[[], Policy] = partial(in_force.current, asker.home)
        outgoing = parts.outgoing(policy)
        directory = RememberedDirectory(
            parts.store, lambda: in_force.roles, parts.directory if asker.slack_answers else None
        )
        edges = replace(parts.edges(policy, metrics, logged, only_kept=True), directory=directory)
        heart = Heart(edges, outgoing.messenger, timing.tempo)
        dispatcher = Dispatcher(
            Registry(discover(), settings.slash_command),
            *(heart.intake, heart.reversals, heart.queries, policy, _SEEN_BY),
        )
        async with woken(heart, parts.store), _working(heart):
            yield Desk(
                *(heart, outgoing.messenger, asker.slack_answers, parts, directory),
                *(dispatcher, asker.person, user_id, typed_by),
            )


@asynccontextmanager
async def _working(heart: Heart) -> AsyncIterator[None]:
    """Run the executor; at the end finish what has begun, and let others go on with the rest."""
    working = asyncio.create_task(heart.executor.run(), name="executor")
    working.add_done_callback(report)
    async with kept_alive(heart):
        try:
            yield
        finally:
            await finished(heart, working, _GRACE_SECONDS)
            await asyncio.gather(working, return_exceptions=True)
