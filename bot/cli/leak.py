from collections.abc import Sequence
from functools import partial

from bot.changes.errors import Problem
from bot.changes.leak_intake import Leak
from bot.changes.leak_report import Proof
from bot.changes.outcomes import UNTOUCHED
from bot.changes.pasted import clean
from bot.changes.request import ChangeRequest
from bot.cli.attending import UNRESOLVED, Attended, attend, in_name_of
from bot.cli.exit_codes import ExitCode
from bot.cli.ordering import Ordering
from bot.cli.refusals import refuse
from bot.cli.terminal import NoTextError, read_secret
from bot.settings import Settings
from bot.settings_fields import authorization_id

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
    return in_name_of(user, partial(_leak, found_in, reason, order, others=others))


def misused() -> ExitCode:
    """Say how it is used, without what was typed, which may be the secret."""
    return refuse(
        "token-bot leak lacks arguments, or has wrong ones, which are not repeated here. Nothing "
        "was changed.",
        'It takes --as and --found, such as token-bot leak --as U0ALICE --found "a gist", and '
        "--reason, --others and --order if wanted. The secret is read from standard input alone; "
        "among the arguments it would be in this shell's history.",
        "token-bot leak --help tells more.",
    )


def exit_code(request: ChangeRequest) -> ExitCode:
    """Tell whether the token is proven dead, is not, or nobody can say."""
    report = request.leak
    if report is not None and report.proof in {Proof.DEAD, Proof.ALREADY_DEAD}:
        return ExitCode.DONE if request.state.final else ExitCode.UNKNOWN
    if not request.state.final or request.in_state(*UNRESOLVED):
        return ExitCode.UNKNOWN
    return ExitCode.FAILED


def _leak(
    found_in: str, reason: str, order: Sequence[str], user: str, settings: Settings, *, others: bool
) -> ExitCode:
    try:
        wanted = [_token(each) for each in order]
    except ValueError:
        # What stands there may be the secret.
        return refuse(
            "--order takes authorizations' ids, 16 hexadecimal digits each, or INSTANCE:ID.",
            UNTOUCHED,
        )
    if not _told_in_words(found_in) or (reason and not _told_in_words(reason)):
        return refuse(
            f"--found and --reason take plain text of at most {_LONGEST_WORDS} characters, and "
            f"--found cannot be blank. {UNTOUCHED}"
        )
    try:
        pasted = read_secret()
    except NoTextError:
        return refuse(f"Standard input holds no text. {UNTOUCHED}")
    if not pasted.strip():
        return refuse(f"Standard input is empty. {UNTOUCHED} Give the leaked token there.")
    secret = clean(pasted)
    if isinstance(secret, Problem):
        return refuse(f"{secret.message} {secret.hint}")
    if not secret.get_secret_value().isprintable():
        # InfluxDB has no such token, so that looking for it would only seem to have been a search.
        return refuse(
            f"Standard input holds more than one line, or control characters. {UNTOUCHED} Give "
            "the leaked token alone."
        )
    leaked = Leak(secret, found_in.strip(), reason.strip(), others)

    async def report(attended: Attended) -> ExitCode:
        with attended.interruption.held():
            stored = await attended.desk.report(leaked)
            return await attended.followed(stored, Ordering(wanted), exit_code)

    return attend(settings, user, report)


def _token(word: str) -> str:
    """Read a token's id, with its instance before it or without."""
    instance, colon, named = word.rpartition(":")
    return f"{instance.lower()}{colon}{authorization_id(named)}"


def _told_in_words(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= _LONGEST_WORDS
