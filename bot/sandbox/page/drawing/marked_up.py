"""Slack's mrkdwn as pieces of text.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.block_kit.mrkdwn import BOLD, ITALIC, STRIKE, TOKEN, Reader, unescaped
from bot.sandbox.page.drawing.dates import dated
from bot.sandbox.page.drawing.spans import (
    Look,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Text,
    linked,
)

_FENCED: Final = re.compile(r"```(.*?)```", re.DOTALL)
_CODE: Final = re.compile(r"`([^`\n]+)`")
_EMPHASIS: Final = ((Look.BOLD, BOLD), (Look.ITALIC, ITALIC), (Look.STRIKE, STRIKE))
_QUOTED: Final = "&gt;"


def draw_mrkdwn(text: str, reader: Reader) -> Text:
    """Give the paragraphs, quotes and code of a mrkdwn text."""
    return tuple(_parts(text, reader))


def _parts(text: str, reader: Reader) -> Iterator[Paragraph | Preformatted | Quote]:
    for index, part in enumerate(_FENCED.split(text)):
        if index % 2:
            yield Preformatted((Span(unescaped(part.strip("\n"))),))
            continue
        lines: list[str] = []
        quoted = False
        for line in part.strip("\n").split("\n"):
            if line.startswith(_QUOTED) != quoted:
                yield from _block(lines, reader, quoted=quoted)
                lines, quoted = [], not quoted
            lines.append(line.removeprefix(_QUOTED).removeprefix(" ") if quoted else line)
        yield from _block(lines, reader, quoted=quoted)


def _block(lines: list[str], reader: Reader, *, quoted: bool) -> Iterator[Paragraph | Quote]:
    spans = tuple(_inline("\n".join(lines), reader))
    if spans:
        yield Quote(spans) if quoted else Paragraph(spans)


def _inline(text: str, reader: Reader) -> Iterator[Span]:
    for index, part in enumerate(_CODE.split(text)):
        if index % 2:
            yield Span(unescaped(part), frozenset({Look.CODE}))
        elif part:
            yield from _emphasised(part, reader, _EMPHASIS)


def _emphasised(
    text: str, reader: Reader, marks: tuple[tuple[Look, re.Pattern[str]], ...]
) -> Iterator[Span]:
    if not marks:
        yield from _tokens(text, reader)
        return
    (look, mark), *others = marks
    for index, part in enumerate(mark.split(text)):
        for span in _emphasised(part, reader, tuple(others)) if part else ():
            yield span.also(look) if index % 2 else span


def _tokens(text: str, reader: Reader) -> Iterator[Span]:
    for index, part in enumerate(TOKEN.split(text)):
        if index % 2:
            yield _token(part, reader)
        elif part:
            yield Span(unescaped(part))


def _token(token: str, reader: Reader) -> Span:
    target, _, label = token.partition("|")
    sign, identifier = target[:1], target[1:]
    if sign in {"@", "#"}:
        name = reader.names.get(identifier) or f"{sign}{unescaped(label or identifier)}"
        return Span(name, frozenset({Look.MENTION}))
    if sign != "!":
        return linked(unescaped(target), unescaped(label or target.removeprefix("mailto:")))
    name, *arguments = identifier.split("^")
    if name == "date" and len(arguments) >= 2:
        url = arguments[2] if len(arguments) > 2 else ""
        return dated(arguments[0], arguments[1], unescaped(label), reader, url=url)
    if name == "subteam" and arguments:
        shown = reader.names.get(arguments[0]) or unescaped(label) or f"@{arguments[0]}"
        return Span(shown, frozenset({Look.MENTION}))
    return Span(f"@{unescaped(name)}", frozenset({Look.MENTION}))
