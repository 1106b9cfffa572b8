"""Run a heart for what one person asks on the bot's own machine, beside whatever bots there are."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from bot.bootstrap.assembly import Parts, Timing, assembled, woken
from bot.bootstrap.ending import finished, kept_alive
from bot.bootstrap.heart import Heart
from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.people import UNKNOWN_TEAM, KnownPerson, Person, Standing
from bot.changes.policy import Policy, Workspace
from bot.changes.ports import Directory
from bot.changes.remembered import RememberedDirectory
from bot.changes.reporting import Leak
from bot.changes.request import ChangeRequest, Origin
from bot.changes.steps import logged
from bot.commands.answers import Answer
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry, discover
from bot.configuration import PolicyInForce, load_configuration
from bot.settings import Settings
from bot.slack.accounts import NoSuchUserError, person_of
from bot.slack.messenger import SlackMessenger
from bot.tasks import report
from bot.telemetry.metrics import Metrics

_FIRST_ANSWER_SECONDS = 3.0
_GRACE_SECONDS = 3.0
_SEEN_BY = (
    "It stands in this shell's history by now, so treat it as leaked: token-bot leak reads a "
    "secret from standard input, disables its token, and proves it dead."
)

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Asker:
    """In whose name something is asked.

    Attributes:
        person: None if Slack knows no such user.
        slack_answers: Whether Slack has told that.
    """

    home: Workspace
    person: Person | None
    slack_answers: bool


@dataclass(frozen=True)
class Desk:
    """Where one thing is asked, carried out and followed.

    Attributes:
        messenger: Tells of it in Slack.
        slack_answers: Whether Slack has told who the bot and the person are.
    """

    heart: Heart
    messenger: SlackMessenger
    slack_answers: bool
    _parts: Parts
    _directory: Directory
    _dispatcher: Dispatcher
    _person: Person | None
    _user_id: str
    _typed_by: str

    async def report(self, leak: Leak) -> ChangeRequest:
        """Store a report of a leaked secret, to be looked into at once.

        Raises:
            UserError: If it is denied or refused, or could not be stored.
        """
        await self._refuse_nobody("leak")
        return await self.heart.reporting.report(await self.ask(), leak)

    async def typed(self, text: str) -> Answer:
        """Carry a command out as if it were typed in Slack.

        Raises:
            UserError: If it cannot be read, is not allowed or cannot be done.
        """
        await self._refuse_nobody("command text")
        return await self._dispatcher.typed(await self.ask(), text)

    async def ask(self) -> Ask:
        """Ask for something in the person's name, judged by what Slack says of them."""
        person = self._person or Person(self._user_id, "")
        return Ask(
            person,
            # As in Home: it belongs to no channel, and is told in the feed or to the person.
            Origin(person.user_id),
            # What is typed once is never repeated; the log has it by its first digits.
            f"{secrets.token_hex(8)}:{self._typed_by}",
            self._parts.clock(),
            await self.standing(),
            typed_by=self._typed_by,
            keeper=self.heart.vault.keeper,
        )

    async def standing(self) -> Standing:
        """Give what Slack says of the person, or said last."""
        if self._person is None:
            return Standing()
        return await self._directory.look_up(self._person)

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

    async def _refuse_nobody(self, asked: str) -> None:
        if self._person is not None:
            return
        problem = _no_such_user(self._user_id)
        await self.heart.intake.refuse(await self.ask(), problem, asked)
        raise UserError(problem)


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
        asker = await _whose(parts, user_id)
        policy: Callable[[], Policy] = partial(in_force.current, asker.home)
        outgoing = parts.outgoing(policy)
        directory: Directory = parts.directory
        if not asker.slack_answers:
            directory = RememberedDirectory(parts.store, lambda: in_force.roles)
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


async def _whose(parts: Parts, user_id: str) -> _Asker:
    """Find the bot's workspace, and the person.

    A Slack that does not answer must not keep anybody from stopping a token: the workspace is then
    that of the record, and the person whom Slack told of last, or who is listed by their own id.
    """
    try:
        async with asyncio.timeout(_FIRST_ANSWER_SECONDS):
            if await parts.identity.ask():
                home = parts.identity.workspace
                person = await person_of(parts.client, user_id, home)
                return _Asker(home, person, slack_answers=True)
    except NoSuchUserError:
        return _Asker(parts.identity.workspace, None, slack_answers=True)
    except TimeoutError:
        _log.warning("Slack does not answer", error="TimeoutError")
    async with parts.store.reading() as reading:
        latest = await reading.home_of_latest()
        known = await reading.known_person(user_id)
    home = latest if latest is not None else _home_of(known)
    # On the record under the organisation too, so that the next one finds the same home there.
    listed = Person(user_id, home.team_id, home.enterprise_id)
    return _Asker(home, listed if known is None else known.person, slack_answers=False)


def _home_of(known: KnownPerson | None) -> Workspace:
    """Take the person's workspace for the bot's, where nothing else is known.

    Where that is not known either, it is none that somebody else's can be mistaken for.
    """
    if known is None or not known.person.team_id:
        return Workspace(UNKNOWN_TEAM)
    return Workspace(known.person.team_id, known.person.enterprise_id)


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
        "Give --as the id of a Slack user.",
    )
