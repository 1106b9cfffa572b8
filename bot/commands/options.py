"""Sort a command's words into its options and the rest, as the subcommand's signature has them."""

import inspect
import re
from collections.abc import Callable
from enum import Enum
from types import MappingProxyType
from typing import Any, get_args

from bot.commands.grammar import Word, straight, verbatim, words
from bot.commands.subcommand import Subcommand

# As typed; a phone may give its wide form.
_EQUALS = re.compile("[=\uff1d\ufe66]")
_OPTION = re.compile(r"--?[^\W\d_]")


def options(subcommand: Subcommand) -> tuple[str, ...]:
    """Name the options of a subcommand, such as ``--reason``, in the order of its signature."""
    return tuple(_option(parameter) for parameter in _keywords(subcommand.run))


def positions(subcommand: Subcommand) -> tuple[str, ...]:
    """Name what a subcommand takes besides options, such as ``id``, where it is not any number."""
    parameters = inspect.signature(subcommand.run).parameters.values()
    return tuple(p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY)


def choices(subcommand: Subcommand, option: str) -> tuple[str, ...]:
    """List the values that an option takes, or nothing if it takes any."""
    for parameter in _keywords(subcommand.run):
        if _option(parameter) == option:
            kinds = (parameter.annotation, *get_args(parameter.annotation))
            enums = (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum))
            return tuple(str(member.value) for enum in enums for member in enum)
    return ()


def tokens(subcommand: Subcommand, text: str) -> list[str]:
    """Give the text after a subcommand's name as ``--option=value``, then ``--``, then the rest.

    Raises:
        UserError: If a quote is not closed.
    """
    after = subcommand.verbatim_after
    if after is not None:
        leading, behind = _leading_options(subcommand, text)
        return [*leading, "--", *_with_verbatim_tail(words(behind, after), behind, after)]
    found = words(text)
    takes_value = _taking_values(subcommand)
    given: list[str] = []
    rest: list[str] = []
    position = 0
    while position < len(found):
        word = found[position]
        position += 1
        name, sign, value = word.text.partition("=")
        if not _is_option(word):
            if word.quoted or word.text != "--":
                rest.append(word.text)
        elif name in subcommand.free_text:
            following = _free_text(found, position)
            position += len(following)
            given.append(_with_free_text(text, word, name, following))
        elif name in takes_value and not value and _has_value(found, position):
            given.append(f"{name}={found[position].text}")
            position += 1
        else:
            given.append(name if sign and not value else word.text)
    return [*given, "--", *rest]


def _leading_options(subcommand: Subcommand, text: str) -> tuple[list[str], str]:
    """Take the options off that stand before a text which is taken as it was typed."""
    given: list[str] = []
    takes_value = _taking_values(subcommand)
    # No word is read before its turn: the text may begin with a quote that nobody closes.
    while (found := words(text, 1)) and _is_option(found[0]):
        first = found[0]
        name, sign, value = first.text.partition("=")
        end = first.end
        if name in takes_value and not value and _has_value(found := words(text, 2), 1):
            sign, value, end = "=", found[1].text, found[1].end
        given.append(f"{name}={value}" if sign and value else name)
        text = text[end:]
    return given, text


def _taking_values(subcommand: Subcommand) -> set[str]:
    return {_option(p) for p in _keywords(subcommand.run) if p.annotation is not bool}


def _with_verbatim_tail(found: list[Word], text: str, after: int) -> list[str]:
    head = [word.text for word in found]
    tail = text[found[-1].end :] if found else ""
    if len(found) < after or not straight(tail).strip():
        return head
    return [*head, verbatim(tail)]


def _free_text(found: list[Word], start: int) -> list[Word]:
    """Take the words up to the next option; a quoted text stands for itself."""
    if start < len(found) and found[start].quoted:
        return [found[start]]
    end = start
    while end < len(found) and not _is_option(found[end]):
        end += 1
    return found[start:end]


def _with_free_text(text: str, option: Word, name: str, following: list[Word]) -> str:
    """Give an option with its text as it was typed, or alone if there is none."""
    assigned = _EQUALS.search(text, option.start, option.end)
    if assigned is not None and assigned.end() < option.end:
        start = assigned.end()
    elif not following:
        return name
    elif following[0].quoted:
        return f"{name}={following[0].text}"
    else:
        start = following[0].start
    end = following[-1].end if following else option.end
    return f"{name}={verbatim(text[start:end])}"


def _has_value(found: list[Word], position: int) -> bool:
    return position < len(found) and not _is_option(found[position])


def _is_option(word: Word) -> bool:
    return not word.quoted and _OPTION.match(word.text) is not None


def _keywords(run: Callable[..., Any]) -> list[inspect.Parameter]:
    parameters: MappingProxyType[str, inspect.Parameter] = inspect.signature(run).parameters
    return [
        parameter
        for parameter in parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.name != "call"
    ]


def _option(parameter: inspect.Parameter) -> str:
    # A name that is Python's own word ends in an underscore.
    return f"--{parameter.name.rstrip('_').replace('_', '-')}"
