"""Fit words to a subcommand's signature.

What people type in a chat is taken apart in `options` already, so that little is left to do: a
library for command lines would take it apart once more, and take longer for that than all else
between a command and its ack.
"""

import inspect
from collections.abc import Sequence

from bot.changes.errors import ErrorCode, Problem, UserError
from bot.commands import complaints
from bot.commands.options import Tokens, tokens
from bot.commands.signature import Taken, taken_by
from bot.commands.subcommand import Subcommand


def arguments(subcommand: Subcommand, text: str, usage: str) -> inspect.BoundArguments:
    """Fit the text after a subcommand's name to its signature.

    Args:
        subcommand: Whose signature it is.
        text: The text after its name, as it was typed.
        usage: How the whole command is written, for the hint.

    Raises:
        UserError: If it does not fit; its message names what is wrong.
    """
    return _bound(subcommand, tokens(subcommand, text), usage)


def bind(subcommand: Subcommand, given: Sequence[str], usage: str) -> inspect.BoundArguments:
    """Fit words of which none is an option to a subcommand's signature.

    Args:
        subcommand: Whose signature it is.
        given: The words.
        usage: How the whole command is written, for the hint.

    Raises:
        UserError: If they do not fit.
    """
    return _bound(subcommand, Tokens((), tuple(given)), usage)


def _bound(subcommand: Subcommand, given: Tokens, usage: str) -> inspect.BoundArguments:
    taken = taken_by(subcommand.run)
    options: dict[str, object] = {}
    wrong = _fill(options, taken, given, subcommand.usage) or _misfit(subcommand, taken, given)
    if wrong:
        raise UserError(Problem(ErrorCode.USAGE, wrong, f"Usage: {usage}"))
    return taken.signature.bind(*given.rest, **options)


def _fill(options: dict[str, object], taken: Taken, given: Tokens, usage: str) -> str:
    """Read the options that were given, up to the first that does not fit; say what is wrong."""
    for name, text in given.options:
        option = taken.options.get(name)
        if option is None:
            return complaints.unknown(name, taken)
        if option.parameter in options:
            return complaints.twice(option)
        if text is None and not option.flag:
            return complaints.empty(option, usage)
        if text is not None and option.values and text.lower() not in option.values:
            return complaints.wrong(option, text)
        value = True if text is None else text
        options[option.parameter] = option.values.get(str(text).lower(), value)
    return ""


def _misfit(subcommand: Subcommand, taken: Taken, given: Tokens) -> str:
    """Say what is too much or missing besides options."""
    if len(given.rest) < len(taken.needed):
        return complaints.missing(taken.needed[len(given.rest)])
    extra = () if taken.any_number else given.rest[len(taken.positions) :]
    return complaints.too_much(subcommand, taken, extra) if extra else ""
