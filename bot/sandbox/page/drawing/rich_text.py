"""Rich text as pieces of text.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from bot.block_kit.mrkdwn import Reader
from bot.block_kit.reading import CannotDrawError
from bot.sandbox.page.drawing.dates import dated
from bot.sandbox.page.drawing.spans import (
    STYLES,
    Listing,
    Look,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Text,
    linked,
)

Json: TypeAlias = Mapping[str, Any]


def draw_rich_text(elements: Sequence[Json], reader: Reader) -> Text:
    """Give the parts of a rich_text block.

    Raises:
        CannotDrawError: At an element or a style of a kind without a drawing.
    """
    return tuple(_part(element, reader) for element in elements)


def _part(element: Json, reader: Reader) -> Paragraph | Preformatted | Quote | Listing:
    match element["type"]:
        case "rich_text_section":
            return Paragraph(_inline(element["elements"], reader))
        case "rich_text_preformatted":
            return Preformatted(_inline(element["elements"], reader))
        case "rich_text_quote":
            return Quote(_inline(element["elements"], reader))
        case "rich_text_list":
            return Listing(
                entries=[_inline(item["elements"], reader) for item in element["elements"]],
                ordered=element["style"] == "ordered",
                first=1 + element.get("offset", 0),
                indent=element.get("indent", 0),
            )
        case other:
            raise CannotDrawError(f"a rich text element of type {other!r} cannot be drawn")


def _inline(elements: Sequence[Json], reader: Reader) -> Sequence[Span]:
    return tuple(_span(element, reader) for element in elements)


def _span(element: Json, reader: Reader) -> Span:
    draw = _INLINE.get(element["type"])
    if draw is None:
        raise CannotDrawError(f"a rich text element of type {element['type']!r} cannot be drawn")
    span = draw(element, reader)
    for style, is_set in element.get("style", {}).items():
        if style not in STYLES:
            raise CannotDrawError(f"the style {style!r} cannot be drawn")
        if is_set:
            span = span.also(STYLES[style])
    return span


def _named(identifier: str, sign: str, reader: Reader) -> Span:
    return Span(reader.names.get(identifier) or f"{sign}{identifier}", frozenset({Look.MENTION}))


_INLINE: Final[Mapping[str, Callable[[Json, Reader], Span]]] = {
    "text": lambda element, _: Span(element["text"]),
    "link": lambda element, _: linked(element["url"], element.get("text") or element["url"]),
    "user": lambda element, reader: _named(element["user_id"], "@", reader),
    "usergroup": lambda element, reader: _named(element["usergroup_id"], "@", reader),
    "channel": lambda element, reader: _named(element["channel_id"], "#", reader),
    "broadcast": lambda element, _: Span(f"@{element['range']}", frozenset({Look.MENTION})),
    "date": lambda element, reader: dated(
        element["timestamp"],
        element["format"],
        element.get("fallback", ""),
        reader,
        url=element.get("url", ""),
    ),
}
