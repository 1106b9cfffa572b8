"""Run a heart for one report of a leaked secret, beside whatever bots there are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from bot.bootstrap.assembly import Parts, Timing, assembled, woken
from bot.bootstrap.ending import finished, kept_alive
from bot.bootstrap.heart import Heart
from bot.changes.asking import Ask
from bot.changes.change_ids import new_change_id
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.people import Person, Standing
from bot.changes.policy import Policy, Workspace
from bot.changes.reporting import Leak
from bot.changes.request import ChangeRequest, Origin
from bot.changes.steps import logged
from bot.configuration import PolicyInForce, load_configuration
from bot.settings import Settings
from bot.slack.accounts import NoSuchUserError, person_of
from bot.slack.messenger import SlackMessenger
from bot.tasks import report
from bot.telemetry.metrics import Metrics

_FIRST_ANSWER_SECONDS = 3.0
_GRACE_SECONDS = 3.0
# Where neither Slack nor the record tells the workspace, nobody else's can be mistaken for it.
_UNKNOWN_TEAM = "unknown"

_log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """Where one report is made and followed.

    Attributes:
        messenger: Tells of it in Slack.
        slack_answers: Whether Slack has told who the bot is.
    """

    heart: Heart
    messenger: SlackMessenger
    slack_answers: bool
    _parts: Parts
    _person: Person | None
    _user_id: str
    _typed_by: str

    async def report(self, leak: Leak) -> ChangeRequest:
        """Store a report, to be looked into at once.

        Raises:
            UserError: If it is denied or refused, or could not be stored.
        """
        if self._person is None:
            problem = _no_such_user(self._user_id)
            await self.heart.intake.refuse(await self.ask(), problem, "leak")
            raise UserError(problem)
        return await self.heart.reporting.report(await self.ask(), leak)

    async def ask(self) -> Ask:
        """Ask for something in the person's name, judged by what Slack says of them now."""
        person = self._person or Person(self._user_id, "")
        directory = self._parts.directory
        standing = Standing() if self._person is None else await directory.look_up(person)
        return Ask(
            person,
            # As in Home: it belongs to no channel, and is told in the feed or to the person.
            Origin(person.user_id),
            f"{self._typed_by}:{new_change_id()}:{self._parts.clock().timestamp()}",
            self._parts.clock(),
            standing,
            typed_by=self._typed_by,
        )

    async def request(self, change_id: str) -> ChangeRequest:
        """Give a request as it is recorded.

        Raises:
            StoreUnavailableError: If the database does not answer.
        """
        async with self._parts.store.reading() as reading:
            found = await reading.request(change_id)
        if found is None:
            raise LookupError(f"there is no request {change_id}")
        return found


@asynccontextmanager
async def reporting_desk(
    settings: Settings,
    clock: Callable[[], datetime],
    timing: Timing,
    *,
    user_id: str,
    typed_by: str,
) -> AsyncIterator[Desk]:
    """Put together what one report needs, and carry out that and nothing else.

    There is no front, no socket and no reception, and the requests of others are left alone: a
    bot may run beside it on the same database.

    Args:
        settings: What the environment says.
        clock: Tells the time, to every part.
        timing: How fast it works.
        user_id: In whose name it is reported.
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
        home, person = await _whose(parts, user_id)
        policy: Callable[[], Policy] = partial(in_force.current, home)
        outgoing = parts.outgoing(policy)
        edges = parts.edges(policy, metrics, logged, only_kept=True)
        heart = Heart(edges, outgoing.messenger, timing.tempo)
        async with woken(heart, parts.store), _working(heart):
            yield Desk(
                *(heart, outgoing.messenger, parts.identity.known, parts),
                *(person, user_id, typed_by),
            )


async def _whose(parts: Parts, user_id: str) -> tuple[Workspace, Person | None]:
    """Give the bot's workspace, and the person; None if Slack knows no such user.

    A Slack that does not answer must not keep anybody from stopping a leak: the workspace is then
    that of the record, and who is listed by their own id is known by that.
    """
    try:
        async with asyncio.timeout(_FIRST_ANSWER_SECONDS):
            if await parts.identity.ask():
                home = parts.identity.workspace
                return home, await person_of(parts.client, user_id, home)
    except NoSuchUserError:
        return parts.identity.workspace, None
    except TimeoutError:
        _log.warning("Slack does not answer", error="TimeoutError")
    async with parts.store.reading() as reading:
        team = await reading.team_of_latest() or _UNKNOWN_TEAM
    return Workspace(team), Person(user_id, team)


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


def _no_such_user(user_id: str) -> Problem:
    return Problem(
        ErrorCode.NOT_ALLOWED,
        f"Slack knows no user {user_id}. Nothing was changed.",
        "Give --as the id of a person who may disable tokens.",
    )
