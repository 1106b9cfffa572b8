import asyncio
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta

from bot.bootstrap import Desk, Tempo, Timing, reporting_desk
from bot.changes.errors import ErrorCode, Problem, StoreUnavailableError, UserError
from bot.changes.pasted import clean
from bot.changes.pauses import Pauses
from bot.changes.report import Proof
from bot.changes.reporting import Leak
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.cli.exit_codes import ExitCode
from bot.cli.following import Following
from bot.cli.operator import operator
from bot.cli.plain_message import plain_message
from bot.cli.terminal import NoTextError, asked, read_secret
from bot.clock import system_clock
from bot.settings import Settings, SettingsError, load_settings
from bot.settings_fields import user_id
from bot.slack.identity import BadSlackTokenError
from bot.telemetry.logs import configure_logs

# Somebody waits in front of it.
_TIMING = Timing(Tempo(pauses=Pauses(try_for=timedelta(minutes=1))))
_UNKNOWN = {
    TargetState.INTENDED,
    TargetState.UNKNOWN,
    TargetState.LOST,
    TargetState.RETURNING,
}
_LONGEST_WORDS = 500


def leak(user: str, found_in: str, reason: str, *, others: bool, order: Sequence[str]) -> ExitCode:
    """Find, disable and prove dead the token whose secret stands on standard input.

    Args:
        user: The Slack user in whose name it is done.
        found_in: Where the secret was found.
        reason: Why.
        others: Whether to ask for the owner's other tokens to be disabled as well.
        order: Which tokens to try first, by id.
    """
    try:
        as_user = user_id(user)
        settings = load_settings()
    except ValueError as error:
        return _refuse(f"--as {error}. Give the id of a Slack user, such as U0ALICE.")
    except SettingsError as error:
        return _refuse(*error.lines)
    if not _told_in_words(found_in) or (reason and not _told_in_words(reason)):
        return _refuse(
            f"--found and --reason take plain text of at most {_LONGEST_WORDS} characters, and "
            "--found cannot be blank. Nothing was changed."
        )
    configure_logs("WARNING", settings.log_format)
    try:
        secret = clean(read_secret())
    except NoTextError:
        return _refuse("Standard input holds no text. Nothing was changed.")
    if isinstance(secret, Problem):
        return _refuse(f"{secret.message} Nothing was changed. {secret.hint}")
    leaked = Leak(secret, found_in.strip(), reason.strip(), others)
    try:
        return asyncio.run(_report(settings, as_user, leaked, order))
    except SettingsError as error:
        return _refuse(*error.lines)
    except BadSlackTokenError as error:
        remedy = Settings.model_fields["slack_bot_token"].description
        return _refuse(f"SLACK_BOT_TOKEN is refused by Slack: {error}. {remedy}")


def misused() -> ExitCode:
    """Say how it is used, without what was typed, which may be the secret."""
    return _refuse(
        "The arguments of token-bot leak are wrong, and are not repeated here. It takes --as, "
        "--found, --reason, --others and --order, and the secret on standard input alone. A secret "
        "among the arguments is in this shell's history by now. Nothing was changed.",
        "token-bot leak --help tells more.",
    )


def exit_code(request: ChangeRequest) -> ExitCode:
    """Tell whether the token is proven dead, is not, or nobody can say."""
    report = request.leak
    if report is not None and report.proof in {Proof.DEAD, Proof.ALREADY_DEAD}:
        return ExitCode.DONE if request.state.final else ExitCode.UNKNOWN
    if not request.state.final or request.in_state(*_UNKNOWN):
        return ExitCode.UNKNOWN
    return ExitCode.FAILED


async def _report(settings: Settings, as_user: str, leaked: Leak, order: Sequence[str]) -> ExitCode:
    """Report, follow, and print the receipt."""
    stored: ChangeRequest | None = None
    try:
        async with reporting_desk(
            settings, system_clock, _TIMING, user_id=as_user, typed_by=operator()
        ) as desk:
            if not desk.slack_answers:
                _say(
                    "Slack does not answer: only people who are listed by their own ids are known, "
                    "and nobody is told before it does."
                )
            stored = await desk.report(leaked)
            return await _followed(desk, stored, order)
    except UserError as error:
        _say(f"As {as_user}: {error.problem.message} {error.problem.hint}".strip())
        lost = error.problem.code is ErrorCode.NOT_CONFIRMED_STORED
        return ExitCode.UNKNOWN if lost else ExitCode.FAILED
    except StoreUnavailableError as error:
        if stored is None:
            return _refuse(
                f"DATABASE_URL cannot be opened: {error}. Nothing was changed. token-bot check "
                "says what to do."
            )
        _say(
            f"The database does not answer: {error}. What was changed is on its record, under "
            f"change {stored.id}."
        )
        return ExitCode.UNKNOWN


async def _followed(desk: Desk, stored: ChangeRequest, order: Sequence[str]) -> ExitCode:
    interrupted = asyncio.Event()
    following = Following(
        desk, stored.id, say=_say, ask=asked, order=order, interrupted=interrupted
    )
    loop, waiting = asyncio.get_running_loop(), asyncio.ensure_future(following.to_the_end())

    def interrupt() -> None:
        """Stop it; whoever asks a second time does not wait for that."""
        if interrupted.is_set():
            waiting.cancel()
        interrupted.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, interrupt)
    try:
        request = await waiting
    except asyncio.CancelledError:
        request = await desk.request(stored.id)
    sys.stdout.write(f"{plain_message(desk.messenger.drawn(request), system_clock())}\n")
    if not request.state.final:
        _say(f"It is not over. A running bot goes on with change {request.id}, without the secret.")
    elif not request.announced:
        _say("Slack was not told yet. A running bot does that.")
    return exit_code(request)


def _told_in_words(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= _LONGEST_WORDS


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _refuse(*lines: str) -> ExitCode:
    for line in lines:
        _say(line)
    return ExitCode.USAGE
