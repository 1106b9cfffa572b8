"""Say in our own words where a command does not fit its subcommand's signature."""

import re
from difflib import get_close_matches

from cyclopts import CycloptsError
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from bot.changes.errors import ErrorCode, Problem
from bot.commands.identifiers import as_authorization_id
from bot.commands.options import choices, options, positions
from bot.commands.subcommand import Subcommand


def complaint(
    error: CycloptsError, subcommand: Subcommand, given: list[str], usage: str
) -> Problem:
    """Say what does not fit, and how it is written.

    Args:
        error: What the parser found.
        subcommand: Whose signature it is.
        given: The tokens that it was given.
        usage: How the whole command is written, for the hint.
    """
    hint = f"Usage: {usage}"
    match error:
        case UnknownOptionError() if not _is_option(_keyword(error), given):
            # It stood in quotes, so it is a word and no option.
            message = _too_much((_keyword(error),), subcommand)
        case UnknownOptionError():
            message = _unknown(_keyword(error), subcommand)
        case MissingArgumentError():
            message = _missing(_name(error), subcommand)
        case UnusedCliTokensError():
            extra = tuple(error.unused_tokens or ())
            message = _too_much(extra, subcommand)
        case RepeatArgumentError():
            message = f"{_keyword(error)} is given twice."
        case CoercionError():
            value = "" if error.token is None else error.token.value
            message = _wrong(_name(error), value, ("yes", "no"))
        case _:
            message = "That cannot be read."
    return Problem(ErrorCode.USAGE, message, hint)


def bad_choice(subcommand: Subcommand, given: list[str], usage: str) -> Problem | None:
    """Say which option was given a value that it does not take; None if there is none."""
    for token in _options(given):
        name, _, value = token.partition("=")
        taken = choices(subcommand, name)
        if value and taken and value.lower() not in taken:
            return Problem(ErrorCode.USAGE, _wrong(name, value, taken), f"Usage: {usage}")
    return None


def _options(given: list[str]) -> list[str]:
    return given[: given.index("--")] if "--" in given else given


def _is_option(keyword: str, given: list[str]) -> bool:
    return any(token.startswith(keyword) for token in _options(given))


def _unknown(option: str, subcommand: Subcommand) -> str:
    message = f"There is no option {_shortened(option)}."
    # The hyphens, which all have, would make them all alike.
    bare = {known.strip("-"): known for known in options(subcommand)}
    likely = get_close_matches(option.strip("-").lower(), bare, n=1, cutoff=0.6)
    return f"{message} Did you mean {bare[likely[0]]}?" if likely else message


def _missing(name: str, subcommand: Subcommand) -> str:
    if not name.startswith("-"):
        return f"{name} is missing."
    taken = choices(subcommand, name)
    if taken:
        return f"{name} needs {' or '.join(taken)}."
    # The usage says what it takes: --reason TEXT.
    called = re.search(rf"{re.escape(name)} ([A-Z]+)", subcommand.usage)
    value = "value" if called is None else called[1].lower()
    return f"{name} needs {'an' if value[0] in 'aeiou' else 'a'} {value}."


def _too_much(extra: tuple[str, ...], subcommand: Subcommand) -> str:
    taken = positions(subcommand)
    takes = f"one {taken[-1]}" if taken else "nothing"
    more = "is one more" if taken and _is_id(extra) else "is too much"
    return f"{subcommand.name} takes {takes}, and “{_shortened(' '.join(extra))}” {more}."


def _wrong(name: str, value: str, taken: tuple[str, ...]) -> str:
    return f"{name} takes {' or '.join(taken)}, not “{_shortened(value)}”."


def _is_id(extra: tuple[str, ...]) -> bool:
    return len(extra) == 1 and as_authorization_id(extra[0]) is not None


def _keyword(error: UnknownOptionError | RepeatArgumentError) -> str:
    token = error.token
    return (token.keyword or token.value).partition("=")[0]


def _name(error: MissingArgumentError | CoercionError) -> str:
    names = () if error.argument is None else error.argument.names
    return names[0] if names else "Something"


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
