"""Sort a command's words into its options and the rest, as the subcommand's signature has them."""

import re
from dataclasses import dataclass

from bot.commands.grammar import Word, straight, verbatim, words
from bot.commands.signature import taken_by
from bot.commands.subcommand import Subcommand

# As typed; a phone may give its wide form.
_EQUALS = re.compile("[=\uff1d\ufe66]")
_OPTION = re.compile(r"--?[^\W\d_]")

GivenOption = tuple[str, str | None]
"""An option, such as ``--reason``, and its value; None if it stands alone."""


@dataclass(frozen=True)
class Tokens:
    """The words of a command behind its subcommand's name.

    Attributes:
        options: Those that are options, in order, each with its value.
        rest: Those that are not.
    """

    options: tuple[GivenOption, ...]
    rest: tuple[str, ...]


def tokens(subcommand: Subcommand, text: str) -> Tokens:
    """Sort the text after a subcommand's name.

    Raises:
        UserError: If a quote is not closed.
    """
    after = subcommand.verbatim_after
    if after is not None:
        leading, behind = _leading_options(subcommand, text)
        tail = _with_verbatim_tail(words(behind, after), behind, after)
        return Tokens(tuple(leading), tuple(tail))
    found = words(text)
    takes_value = _taking_values(subcommand)
    given: list[GivenOption] = []
    rest: list[str] = []
    position = 0
    while position < len(found):
        word = found[position]
        position += 1
        name, _, value = word.text.partition("=")
        if not _is_option(word):
            if word.quoted or word.text != "--":
                rest.append(word.text)
        elif name in subcommand.free_text:
            following = _free_text(found, position)
            position += len(following)
            given.append((name, _text(text, word, following)))
        elif name in takes_value and not value and _has_value(found, position):
            given.append((name, found[position].text))
            position += 1
        else:
            given.append((name, value or None))
    return Tokens(tuple(given), tuple(rest))


def _leading_options(subcommand: Subcommand, text: str) -> tuple[list[GivenOption], str]:
    """Take the options off that stand before a text which is taken as it was typed."""
    given: list[GivenOption] = []
    takes_value = _taking_values(subcommand)
    # No word is read before its turn: the text may begin with a quote that nobody closes.
    while (found := words(text, 1)) and _is_option(found[0]):
        first = found[0]
        name, _, value = first.text.partition("=")
        end = first.end
        if name in takes_value and not value and _has_value(found := words(text, 2), 1):
            value, end = found[1].text, found[1].end
        given.append((name, value or None))
        text = text[end:]
    return given, text


def _taking_values(subcommand: Subcommand) -> set[str]:
    return {each.name for each in taken_by(subcommand.run).options.values() if not each.flag}


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


def _text(text: str, option: Word, following: list[Word]) -> str | None:
    """Give an option's text as it was typed; None if there is none."""
    assigned = _EQUALS.search(text, option.start, option.end)
    if assigned is not None and assigned.end() < option.end:
        start = assigned.end()
    elif not following:
        return None
    elif following[0].quoted:
        return following[0].text
    else:
        start = following[0].start
    end = following[-1].end if following else option.end
    return verbatim(text[start:end])


def _has_value(found: list[Word], position: int) -> bool:
    return position < len(found) and not _is_option(found[position])


def _is_option(word: Word) -> bool:
    return not word.quoted and _OPTION.match(word.text) is not None
