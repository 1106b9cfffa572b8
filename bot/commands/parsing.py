"""Fit words to a subcommand's signature, and say in our own words where they do not fit."""

import inspect
from collections.abc import Callable
from typing import Any

from cyclopts import App, CycloptsError
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from bot.changes.errors import ErrorCode, Problem, UserError
from bot.commands.grammar import Word, verbatim, words
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
    return bind(subcommand, _tokens(subcommand, text), usage)


def bind(subcommand: Subcommand, tokens: list[str], usage: str) -> inspect.BoundArguments:
    """Fit tokens to a subcommand's signature; raise UserError if they do not fit."""
    app = _app(subcommand.run)
    try:
        _, bound, _ = app.parse_args(tokens, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        problem = Problem(
            ErrorCode.USAGE, f"{_in_our_words(error)} Nothing was changed.", f"Usage: {usage}"
        )
        raise UserError(problem) from error
    return bound


def _app(run: Callable[..., Any]) -> App:
    app = App(help_flags=[], version_flags=[], result_action="return_value")
    app.default(run)
    return app


def _tokens(subcommand: Subcommand, text: str) -> list[str]:
    found = words(text)
    if subcommand.verbatim_after is not None:
        return _with_verbatim_tail(found, text, subcommand.verbatim_after)
    tokens: list[str] = []
    position = 0
    while position < len(found):
        word = found[position]
        name, sign, value = word.text.partition("=")
        if word.quoted or name not in subcommand.free_text:
            tokens.append(word.text)
            position += 1
            continue
        following = _free_text(found, position + 1)
        if not following and not sign:
            tokens.append(name)
        else:
            tokens.append(f"{name}={_joined(text, value if sign else None, word, following)}")
        position += 1 + len(following)
    return tokens


def _with_verbatim_tail(found: list[Word], text: str, after: int) -> list[str]:
    head = [word.text for word in found[:after]]
    if len(found) <= after:
        return ["--", *head]
    return ["--", *head, verbatim(text[found[after - 1].end :])]


def _free_text(found: list[Word], start: int) -> list[Word]:
    """Take the words up to the next option; a quoted text stands for itself."""
    if start < len(found) and found[start].quoted:
        return [found[start]]
    end = start
    while end < len(found) and not (found[end].text.startswith("--") and not found[end].quoted):
        end += 1
    return found[start:end]


def _joined(text: str, value: str | None, option: Word, following: list[Word]) -> str:
    if value is None and len(following) == 1:
        return following[0].text
    first = (
        option.start + text[option.start : option.end].index("=") + 1
        if value is not None
        else following[0].start
    )
    last = following[-1].end if following else option.end
    return verbatim(text[first:last])


def _in_our_words(error: CycloptsError) -> str:
    match error:
        case UnknownOptionError():
            return f"There is no option {error.token.keyword}."
        case MissingArgumentError():
            return f"{_name(error)} is missing."
        case UnusedCliTokensError():
            extra = " ".join(error.unused_tokens or ())
            return f"“{extra[:80]}” is too much."
        case RepeatArgumentError():
            return f"{_name(error)} is given twice."
        case CoercionError():
            return f"{_name(error)} does not take “{_value(error)}”."
        case _:
            return "That cannot be read."


def _name(error: CycloptsError) -> str:
    names = () if error.argument is None else error.argument.names
    return names[0] if names else "An argument"


def _value(error: CoercionError) -> str:
    return "" if error.token is None else error.token.value[:80]
