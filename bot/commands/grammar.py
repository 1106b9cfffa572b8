"""Tokenise what people type in a chat, where clients bend quotes, dashes and spaces."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.changes.errors import ErrorCode, Problem, UserError

LONGEST_TEXT = 2_000

_OPENING = {'"': '"', "“": "”", "„": "“”", "«": "»", "'": "'", "‘": "’", "`": "`"}
# These stand in ordinary text too; alone, they are characters like any other.
_LENIENT = {"'", "‘", "`"}
_DASHES = re.compile(r"^[—–―]+(?=[^\W\d_])")
# Zero-width characters and the marks that turn the direction of writing.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# What Slack makes of mentions and addresses; https://docs.slack.dev/messaging/formatting-message-text
_MARKUP = re.compile(r"<([@#!]|(?:https?|mailto|tel|ftp)[:])([^<>|]*)(?:\|([^<>]*))?>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


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


def words(text: str) -> list[Word]:
    """Split a command's text into words.

    Quotes of any style keep a text together; an apostrophe within a word is just that. Raises
    UserError if a quote is not closed.
    """
    return list(_words(text))


def verbatim(text: str) -> str:
    """Give free text as it was typed: Slack's markup decoded, control characters dropped, trimmed.

    Quotes, dashes and everything else stay as they are.
    """
    return _CONTROL.sub("", _decoded(text, mention_by_name=True)).strip()


def _words(text: str) -> Iterator[Word]:
    position = 0
    while position < len(text):
        if text[position].isspace() or _INVISIBLE.match(text[position]):
            position += 1
            continue
        closing = _OPENING.get(text[position])
        end = None if closing is None else _closing_quote(text, position, closing)
        if end is not None:
            yield Word(verbatim(text[position + 1 : end]), position, end + 1, quoted=True)
            position = end + 1
            continue
        end = _end_of_word(text, position)
        yield Word(_straight(text[position:end]), position, end)
        position = end


def _closing_quote(text: str, start: int, closing: str) -> int | None:
    for end in range(start + 1, len(text)):
        if text[end] in closing and (end + 1 == len(text) or text[end + 1].isspace()):
            return end
    if text[start] in _LENIENT:
        return None
    raise UserError(
        Problem(
            ErrorCode.USAGE,
            f"The quote {text[start]} is not closed. Nothing was changed.",
            "Close it, or leave the quotes out: text after --reason needs none.",
        )
    )


def _end_of_word(text: str, start: int) -> int:
    # Markup may hold spaces: <https://…|a label>.
    markup = _MARKUP.match(text, start)
    position = start if markup is None else markup.end()
    while position < len(text) and not text[position].isspace():
        position += 1
    return position


def _straight(word: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _decoded(word)))
    return _DASHES.sub("--", plain)


def _decoded(text: str, *, mention_by_name: bool = False) -> str:
    def decode(markup: re.Match[str]) -> str:
        kind, target, label = markup.group(1), markup.group(2), markup.group(3)
        if kind in "@#!":
            if mention_by_name:
                sign = "@" if kind == "!" else kind
                return sign + (label or target)
            return target
        address = kind + target
        # An address that Slack completed by itself was typed without its scheme.
        typed = label and address in (f"http://{label}", f"https://{label}", f"mailto:{label}")
        return label if typed and label else address

    return _unescaped(_MARKUP.sub(decode, text))


def _unescaped(text: str) -> str:
    """Undo Slack's escaping of ``<``, ``>`` and ``&``, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
