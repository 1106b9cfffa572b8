"""What every command shares that is carried out while somebody waits in front of it."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.bootstrap import Desk, Tempo, Timing, own_desk
from bot.changes.errors import ErrorCode, Problem, StoreUnavailableError, UserError
from bot.changes.pauses import Pauses
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.cli.exit_codes import ExitCode
from bot.cli.following import Following
from bot.cli.interruptible import interruptible
from bot.cli.operator import operator
from bot.cli.plain_message import plain_message
from bot.cli.refusals import NOTHING_DONE, refuse, refuse_database, refuse_slack_token
from bot.cli.starting import Starting
from bot.cli.terminal import asked, put, say
from bot.cli.without_slack import what_counts
from bot.clock import system_clock
from bot.settings import Settings, SettingsError, load_settings
from bot.settings_fields import user_id
from bot.slack.identity import BadSlackTokenError
from bot.telemetry.logs import configure_logs

UNRESOLVED = frozenset(
    {TargetState.INTENDED, TargetState.UNKNOWN, TargetState.LOST, TargetState.RETURNING}
)
"""Of a token in one of these nobody can say what it is now."""

# Somebody waits in front of it.
_TIMING = Timing(Tempo(pauses=Pauses(try_for=timedelta(minutes=1))))
_MAYBE_STORED = (
    "Interrupted. It is not known whether this was stored, and will be carried out: look at "
    "/token history, or token-bot do history, before you ask again."
)
_RECORDED = "What was changed is on its record, under change {id}."


class Interruption:
    """Ctrl-C or SIGTERM: before anything is stored it ends the work, afterwards it is told of it.

    The second one ends the work in any case.

    Args:
        working: The work.

    Attributes:
        happened: Set by the first one.
        stored: The id of the change that the work has stored, if any.
        ended: How the work has ended, if it has; only the desk is closed then.
    """

    def __init__(self, working: "asyncio.Task[ExitCode]") -> None:
        self.happened = asyncio.Event()
        self.stored: str | None = None
        self.ended: ExitCode | None = None
        self._holding = False
        self._working = working

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let the work within end by itself, since something may be stored by now."""
        self._holding = True
        yield
        # Not in a finally: what is ended within may have been stored, and stays told so.
        self._holding = False

    def __call__(self) -> None:
        """Interrupt."""
        if self.happened.is_set() or not self._holding:
            self._working.cancel()
        self.happened.set()

    def cut_short(self) -> ExitCode:
        """Say what is known of the work that was ended, and give the exit code."""
        if self.ended is not None:
            return self.ended
        if self.stored is not None:
            say(f"Interrupted. {_RECORDED.format(id=self.stored)}")
            return ExitCode.UNKNOWN
        say(_MAYBE_STORED if self._holding else NOTHING_DONE)
        return ExitCode.UNKNOWN if self._holding else ExitCode.INTERRUPTED


@dataclass(frozen=True)
class Attended:
    """What the work at a desk has to do with.

    Attributes:
        desk: Where it is done.
        interruption: What stops it.
    """

    desk: Desk
    interruption: Interruption

    async def followed(
        self, stored: ChangeRequest, starting: Starting, code: Callable[[ChangeRequest], ExitCode]
    ) -> ExitCode:
        """Follow a stored change to its end, say what came of it, and give the exit code.

        Raises:
            StoreUnavailableError: If the database does not answer for long.
        """
        self.interruption.stored = stored.id
        following = Following(
            *(self.desk, stored.id),
            say=say,
            ask=asked,
            starting=starting,
            interrupted=self.interruption.happened,
        )
        try:
            request = await following.to_the_end()
        except asyncio.CancelledError:
            request = await self.desk.request(stored.id)
        put(self.written(request))
        if not request.state.final:
            secret = ", without the secret" if request.leak is not None else ""
            say(f"It is not over. A running bot goes on with change {request.id}{secret}.")
        elif not request.announced:
            say("Slack was not told yet. A running bot does that.")
        return code(request)

    def written(self, request: ChangeRequest) -> str:
        """Write a request as Slack shows it."""
        return plain_message(self.desk.messenger.told(request), system_clock())


def in_name_of(user: str, work: Callable[[str, Settings], ExitCode]) -> ExitCode:
    """Read in whose name something is asked, and the settings; do the work with both.

    Args:
        user: What was given behind --as.
        work: What is done with the user's id and the settings.
    """
    try:
        as_user = user_id(user)
        settings = load_settings()
    except ValueError as error:
        return refuse(f"--as {error}. Nothing was changed. Give one such as U0ALICE.")
    except SettingsError as error:
        return refuse(*error.lines)
    configure_logs("WARNING", settings.log_format)
    return work(as_user, settings)


def attend(
    settings: Settings, user: str, work: Callable[[Attended], Awaitable[ExitCode]]
) -> ExitCode:
    """Open a desk in somebody's name, do the work there, and give the exit code.

    Args:
        settings: What the environment says.
        user: The Slack user.
        work: What is done.
    """
    try:
        return interruptible(lambda: _attend(settings, user, work))
    except SettingsError as error:
        return refuse(*error.lines)
    except BadSlackTokenError as error:
        return refuse_slack_token("slack_bot_token", error)


async def ended(
    attended: Attended, user: str, work: Callable[[Attended], Awaitable[ExitCode]]
) -> ExitCode:
    """Do the work at an open desk; say why, if nothing or nothing certain comes of it."""
    try:
        return await work(attended)
    except UserError as error:
        say(f"As {user}: {error.problem.message} {error.problem.hint}".strip())
        return refused(error.problem)
    except StoreUnavailableError as error:
        stored = attended.interruption.stored
        # Where a change might have been stored, it is a UserError that says so.
        known = "Nothing was changed." if stored is None else _RECORDED.format(id=stored)
        say(f"The database does not answer: {error}. {known}")
        return ExitCode.FAILED if stored is None else ExitCode.UNKNOWN


def refused(problem: Problem) -> ExitCode:
    """Tell how a command ends of which nothing came."""
    if problem.code in {ErrorCode.USAGE, ErrorCode.LOOKS_LIKE_SECRET}:
        return ExitCode.USAGE
    lost = problem.code in {ErrorCode.NOT_CONFIRMED_STORED, ErrorCode.FAULT}
    return ExitCode.UNKNOWN if lost else ExitCode.FAILED


async def _attend(
    settings: Settings, user: str, work: Callable[[Attended], Awaitable[ExitCode]]
) -> ExitCode:
    working = asyncio.ensure_future(_at_desk(settings, user, work, lambda: interruption))
    interruption = Interruption(working)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, interruption)
    try:
        return await working
    except asyncio.CancelledError:
        return interruption.cut_short()


async def _at_desk(
    settings: Settings,
    user: str,
    work: Callable[[Attended], Awaitable[ExitCode]],
    interruption: Callable[[], Interruption],
) -> ExitCode:
    async def begin(attended: Attended) -> ExitCode:
        desk = attended.desk
        standing = await desk.standing()
        if said := what_counts(standing, system_clock(), slack_answers=desk.slack_answers):
            say(said)
        return await work(attended)

    try:
        async with own_desk(
            settings, system_clock, _TIMING, user_id=user, typed_by=operator()
        ) as desk:
            code = await ended(Attended(desk, interruption()), user, begin)
            interruption().ended = code
    except StoreUnavailableError as error:
        # Once the work has ended, a database that cannot be left in order changes nothing.
        over = interruption().ended
        if over is not None:
            return over
        return refuse_database(error, "Nothing was changed. token-bot check says what to do.")
    return code
