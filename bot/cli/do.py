import html
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.changes.errors import BotError
from bot.changes.lists import TokenPage
from bot.changes.request import ChangeRequest
from bot.changes.secret import holds_secret
from bot.changes.states import RequestState, TargetState
from bot.cli.attending import UNRESOLVED, Attended, attend, in_name_of, refused
from bot.cli.exit_codes import ExitCode
from bot.cli.plain_message import plain_message
from bot.cli.refusals import refuse
from bot.cli.starting import Confirming
from bot.cli.terminal import printed, say
from bot.clock import system_clock
from bot.commands.answers import BUTTONS, Accepted, FormWanted, Later, Moved, Reading
from bot.commands.registry import Registry, discover
from bot.commands.subcommand import Subcommand
from bot.settings import Settings
from bot.slack.blocks.answer import answer_message
from bot.slack.blocks.problems import problem_lines
from bot.slack.blocks.rich import Message, paragraph

_AS_WISHED = frozenset({TargetState.DONE, TargetState.UNCHANGED})
_LEAK = (
    "A leaked secret is never a command's text. token-bot leak --as {user} --found TEXT reads it "
    "from standard input, disables its token and proves it dead. Nothing was changed."
)
_PRESSED = (
    "{word} is a button in Slack, for whoever Slack knows it is; the command line has none. "
    "Nothing was changed."
)


def do(command: str, user: str, *, yes: bool) -> ExitCode:
    """Carry out a command of Slack's in somebody's name, and print its answer.

    Args:
        command: What would be typed in Slack, with the slash command's name or without.
        user: The Slack user in whose name it is done.
        yes: Whether to carry out at once what is shown first.
    """
    return in_name_of(user, partial(_do, command, yes=yes))


def misused(arguments: Sequence[str]) -> ExitCode:
    """Say how it is used; what was typed is not repeated, since nobody knows what it is."""
    named = any(each == "--as" or each.startswith("--as=") for each in arguments)
    wrong = (
        "The arguments of token-bot do are wrong. The command is one of them, in quotes:"
        if named
        else "--as is missing, the Slack user in whose name it is done:"
    )
    return refuse(
        f'{wrong} token-bot do "/token disable ID" --as U0ALICE. Nothing was changed.',
        "token-bot do --help tells more.",
    )


def without_name(command: str, slash_command: str) -> str:
    """Leave the slash command's name out, which may be typed before it."""
    text = command.strip()
    first, _, rest = text.partition(" ")
    return rest.strip() if first == slash_command else text


def escaped(text: str) -> str:
    """Write a text as Slack sends one, where a shell sends it as it is."""
    return html.escape(text, quote=False)


def exit_code(request: ChangeRequest) -> ExitCode:
    """Tell whether every token is as it was wanted, some are not, or nobody can say."""
    if not request.state.final or request.in_state(*UNRESOLVED, TargetState.APPLIED):
        return ExitCode.UNKNOWN
    if request.state is not RequestState.FINISHED or not request.targets:
        return ExitCode.FAILED
    wished = all(target.state in _AS_WISHED for target in request.targets)
    return ExitCode.DONE if wished else ExitCode.FAILED


def _do(command: str, user: str, settings: Settings, *, yes: bool) -> ExitCode:
    registry = Registry(discover(), settings.slash_command)
    text = without_name(command, settings.slash_command)
    word = text.split(maxsplit=1)[0].lower() if text.split() else ""
    if word in BUTTONS:
        return refuse(_PRESSED.format(word=word))
    if _takes_secret(registry.known(word)) and not holds_secret(text):
        return refuse(_LEAK.format(user=user))

    async def carry_out(attended: Attended) -> ExitCode:
        return await _carried_out(attended, text, yes=yes)

    return attend(settings, user, carry_out)


def _takes_secret(subcommand: Subcommand | None) -> bool:
    form = None if subcommand is None else subcommand.form
    return form is not None and form.takes_secret


async def _carried_out(attended: Attended, text: str, *, yes: bool) -> ExitCode:
    try:
        with attended.interruption.held():
            answer = await attended.desk.typed(escaped(text))
            if isinstance(answer, Accepted):
                # Whoever ends this knows by what to find it.
                say(_told(answer_message(answer)))
                starting = Confirming(attended.written, yes=yes)
                return await attended.followed(answer.request, starting, exit_code)
        if isinstance(answer, FormWanted | Moved):
            raise TypeError(f"no command of the command line gives {type(answer).__name__}")
        return await _read_out(attended, answer)
    except BotError as error:
        say(_told(Message("", (paragraph(*problem_lines(error.problem)),))))
        return refused(error.problem)


async def _read_out(attended: Attended, answer: Reading | Later) -> ExitCode:
    """Print a reading; of a list every page, since there is no button to turn it."""
    reading = await answer.read() if isinstance(answer, Later) else answer
    code = printed(_told(answer_message(reading)))
    while (
        code is ExitCode.DONE
        and isinstance(reading, TokenPage)
        and reading.page + 1 < reading.pages
    ):
        query = replace(reading.query, page=reading.page + 1)
        reading = await attended.desk.heart.queries.tokens(query)
        code = printed(_told(answer_message(reading)))
    return code


def _told(message: Message) -> str:
    return plain_message(message, system_clock())
