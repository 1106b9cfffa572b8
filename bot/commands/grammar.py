"""Tokenise what people type in a chat, where clients bend quotes, dashes and spaces."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot.changes.unseen import CONTROL, INVISIBLE, SURROGATES
from bot.commands.quotes import Quotes

LONGEST_TEXT = 2_000

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_GAP = re.compile(rf"[\s{INVISIBLE}]+")
_DASHES = re.compile(r"^[—–―]+(?=[^\W\d_])")
# A long option with its value beside it, which may stand in quotes.
_ASSIGNED = re.compile(r"(?:--|[—–―]+)[^\W\d_][\w-]*=")
# What Slack makes of mentions and addresses; https://docs.slack.dev/messaging/formatting-message-text
_MARKUP = re.compile(
    r"<(?:(?P<sign>[@#])(?P<id>[A-Z0-9]+)"
    r"|!(?:(?P<everybody>here|channel|everyone)|subteam\^(?P<group>[A-Z0-9]+))"
    r"|(?P<address>(?:https?://|ftp://|mailto:|tel:)[^<>|\s]+))"
    r"(?:\|(?P<label>[^<>]*))?>"
)
_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_CONTROL = re.compile(f"[{CONTROL}{SURROGATES}]")


@dataclass(frozen=True)
class Word:
    """One word of a command, and where it stands in the text.

    Attributes:
        text: The word as it is meant: quotes off, dashes straight, markup decoded.
        start: Where it begins in the text, quote included.
        end: Where it ends in the text, quote included.
        quoted: Whether it stood in quotes, so that it is no option.
    """

    text: str
    start: int
    end: int
    quoted: bool = False


def words(text: str, at_most: int | None = None) -> list[Word]:
    """Split a command's text into words, or only its beginning into so many.

    Quotes of any style keep a text together; an apostrophe within a word is just that. After an
    option's ``=`` a text in quotes is a word of its own. Raises UserError if a double quote is not
    closed.
    """
    return list(islice(_words(text), at_most))


def verbatim(text: str) -> str:
    """Give free text as it was typed: Slack's markup decoded, control characters dropped, trimmed.

    Quotes, dashes and everything else stay as they are.
    """
    return _CONTROL.sub("", _decoded(text, mention_by_name=True)).strip()


def as_written(text: str) -> str:
    """Give a text from a form, where Slack escapes nothing: control characters dropped, trimmed."""
    return _CONTROL.sub("", text).strip()


def shows(text: str) -> bool:
    """Tell whether a text holds anything that can be seen."""
    return bool(without_unseen(text).strip())


def without_unseen(text: str) -> str:
    """Drop what does not show: pages and chats put it into what is copied from them."""
    return _INVISIBLE.sub("", text)


def straight(word: str) -> str:
    """Give a word as it is meant: one form of every character, none that is not seen."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _decoded(word)))
    return _DASHES.sub("--", plain)


def _words(text: str) -> Iterator[Word]:
    position, quotes = 0, Quotes(text)
    while position < len(text):
        gap = _GAP.match(text, position)
        if gap is not None:
            position = gap.end()
            continue
        end = quotes.closing(position)
        if end is not None:
            yield Word(verbatim(text[position + 1 : end]), position, end + 1, quoted=True)
            position = end + 1
            continue
        end = _end_of_word(text, position, quotes)
        yield Word(straight(text[position:end]), position, end)
        position = end


def _end_of_word(text: str, start: int, quotes: Quotes) -> int:
    assigned = _ASSIGNED.match(text, start)
    if assigned is not None and quotes.closing(assigned.end()) is not None:
        return assigned.end()
    position = start
    while position < len(text) and not text[position].isspace():
        # Markup may hold spaces: <https://…|a label>.
        markup = _MARKUP.match(text, position) if text[position] == "<" else None
        position = position + 1 if markup is None else markup.end()
    return position


def _decoded(text: str, *, mention_by_name: bool = False) -> str:
    def decode(markup: re.Match[str]) -> str:
        label = markup["label"] or ""
        if markup["address"]:
            return label if _typed(markup["address"], label) else markup["address"]
        sign = markup["sign"] or "@"
        name = markup["id"] or markup["group"] or markup["everybody"]
        return sign + (label.removeprefix(sign) or name) if mention_by_name else name

    return _unescaped(_MARKUP.sub(decode, text))


def _typed(address: str, label: str) -> bool:
    """Tell whether Slack has completed an address that was typed without its scheme."""
    return bool(label) and address.removesuffix("/") in {
        scheme + label.removesuffix("/") for scheme in _SCHEMES
    }


def _unescaped(text: str) -> str:
    """Undo Slack's escaping of ``<``, ``>`` and ``&``, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
