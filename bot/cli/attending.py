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
from bot.cli.operator import operator
from bot.cli.plain_message import plain_message
from bot.cli.starting import Starting
from bot.cli.terminal import asked, put, say
from bot.cli.without_slack import what_counts
from bot.clock import system_clock
from bot.settings import Settings, SettingsError
from bot.slack.identity import BadSlackTokenError

UNRESOLVED = frozenset(
    {TargetState.INTENDED, TargetState.UNKNOWN, TargetState.LOST, TargetState.RETURNING}
)
"""Of a token in one of these nobody can say what it is now."""

# Somebody waits in front of it.
_TIMING = Timing(Tempo(pauses=Pauses(try_for=timedelta(minutes=1))))
_NOTHING_DONE = "Interrupted. Nothing was changed."
_MAYBE_STORED = (
    "Interrupted. It is not known whether this was stored, and will be carried out: look at "
    "/token history, or token-bot do history, before you ask again."
)


class Interruption:
    """Ctrl-C or SIGTERM: before anything is stored it ends the work, afterwards it is told of it.

    The second one ends the work in any case.

    Args:
        working: The work.
    """

    def __init__(self, working: "asyncio.Task[ExitCode]") -> None:
        self.happened = asyncio.Event()
        self.holding = False
        self._working = working

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let the work within end by itself, since something may be stored by now."""
        self.holding = True
        yield
        self.holding = False

    def __call__(self) -> None:
        """Interrupt."""
        if self.happened.is_set() or not self.holding:
            self._working.cancel()
        self.happened.set()


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
        """Follow a stored change to its end, say what came of it, and give the exit code."""
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
        except StoreUnavailableError as error:
            say(
                f"The database does not answer: {error}. What was changed is on its record, under "
                f"change {stored.id}."
            )
            return ExitCode.UNKNOWN
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
        return asyncio.run(_attend(settings, user, work))
    except SettingsError as error:
        return refuse(*error.lines)
    except BadSlackTokenError as error:
        remedy = Settings.model_fields["slack_bot_token"].description
        return refuse(f"SLACK_BOT_TOKEN is refused by Slack: {error}. {remedy}")


def refuse(*lines: str) -> ExitCode:
    """Say what is wrong with the arguments, the settings or the input."""
    for line in lines:
        say(line)
    return ExitCode.USAGE


def refused(problem: Problem) -> ExitCode:
    """Tell how a command ends of which nothing came."""
    if problem.code is ErrorCode.USAGE:
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
        say(_MAYBE_STORED if interruption.holding else _NOTHING_DONE)
        return ExitCode.UNKNOWN if interruption.holding else ExitCode.FAILED


async def _at_desk(
    settings: Settings,
    user: str,
    work: Callable[[Attended], Awaitable[ExitCode]],
    interruption: Callable[[], Interruption],
) -> ExitCode:
    try:
        async with own_desk(
            settings, system_clock, _TIMING, user_id=user, typed_by=operator()
        ) as desk:
            if not desk.slack_answers:
                say(what_counts(await desk.standing(), system_clock()))
            return await work(Attended(desk, interruption()))
    except UserError as error:
        say(f"As {user}: {error.problem.message} {error.problem.hint}".strip())
        return refused(error.problem)
    except StoreUnavailableError as error:
        return refuse(
            f"DATABASE_URL cannot be opened: {error}. Nothing was changed. token-bot check says "
            "what to do."
        )
