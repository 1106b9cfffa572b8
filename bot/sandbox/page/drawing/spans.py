"""Pieces of a line of text, each with the way it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias
from urllib.parse import urlsplit

_SAFE: Final = frozenset({"http", "https", "mailto"})


class Look(StrEnum):
    """How a piece of text can look; these are names of classes in the style sheet."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strike"
    UNDERLINE = "underline"
    HIGHLIGHT = "highlight"
    CODE = "code"
    MENTION = "mention"
    DATE = "date"


@dataclass(frozen=True)
class Span:
    """A piece of text.

    Attributes:
        text: What stands there.
        looks: How it looks.
        url: Where it leads; empty if nowhere.
        title: What is told of it when somebody points at it.
    """

    text: str
    looks: frozenset[Look] = frozenset()
    url: str = ""
    title: str = ""

    def also(self, look: Look) -> "Span":
        """Give it one more look."""
        return replace(self, looks=self.looks | {look})


def linked(url: str, text: str, looks: frozenset[Look] = frozenset()) -> Span:
    """Give a link, or its words alone where a browser should not follow it."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        scheme = ""
    return Span(text, looks, url if scheme in _SAFE else "")


@dataclass(frozen=True)
class Paragraph:
    """Lines of text."""

    kind: ClassVar = "paragraph"
    spans: Sequence[Span]


@dataclass(frozen=True)
class Preformatted:
    """Text in which every blank counts."""

    kind: ClassVar = "preformatted"
    spans: Sequence[Span]


@dataclass(frozen=True)
class Quote:
    """What somebody else said."""

    kind: ClassVar = "quote"
    spans: Sequence[Span]


@dataclass(frozen=True)
class Listing:
    """A list; ``first`` is the number of its first item."""

    kind: ClassVar = "list"
    entries: Sequence[Sequence[Span]]
    ordered: bool
    first: int
    indent: int


Text: TypeAlias = Sequence[Paragraph | Preformatted | Quote | Listing]

STYLES: Final[Mapping[str, Look]] = {
    "bold": Look.BOLD,
    "italic": Look.ITALIC,
    "strike": Look.STRIKE,
    "underline": Look.UNDERLINE,
    "code": Look.CODE,
    "highlight": Look.HIGHLIGHT,
    "client_highlight": Look.HIGHLIGHT,
}
"""The looks by the names of rich text's styles."""
