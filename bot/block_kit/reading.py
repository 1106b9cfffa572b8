"""What a person reads in a message: its blocks as pieces of plain text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from bot.block_kit.dates import show_date
from bot.block_kit.mrkdwn import Reader, read_mrkdwn

Json: TypeAlias = Mapping[str, Any]


class Look(StrEnum):
    """How a piece of a message looks."""

    HEADING = "heading"
    TEXT = "text"
    FIELD = "field"
    QUOTE = "quote"
    CODE = "code"
    ITEM = "item"
    CONTEXT = "context"
    DIVIDER = "divider"
    CONTROLS = "controls"
    LABEL = "label"
    ENTRY = "entry"
    ERROR = "error"


@dataclass(frozen=True)
class Piece:
    """A piece of a message; ``aside`` is the accessory to the right of a section."""

    look: Look
    text: str = ""
    aside: str = ""
    indent: int = 0


class CannotDrawError(ValueError):
    """A block or element that has no drawing here, so that it would be missing unseen."""


def read_blocks(blocks: Sequence[Json], reader: Reader) -> Iterator[Piece]:
    """Give the pieces of these blocks in order.

    Raises:
        CannotDrawError: At a block or element of a type without a drawing.
    """
    for block in blocks:
        match block["type"]:
            case "header":
                yield Piece(Look.HEADING, _text(block["text"], reader))
            case "section":
                yield from _section(block, reader)
            case "context":
                shown = (_context_element(element, reader) for element in block["elements"])
                yield Piece(Look.CONTEXT, "  ".join(shown))
            case "divider":
                yield Piece(Look.DIVIDER)
            case "actions" | "input":
                yield from _controls(block)
            case "image":
                yield Piece(Look.TEXT, _image(block))
            case "rich_text":
                for element in block["elements"]:
                    yield from _rich_text(element, reader)
            case other:
                raise CannotDrawError(f"a block of type {other!r} cannot be drawn")


def _text(text: Json, reader: Reader) -> str:
    written: str = text["text"]
    return read_mrkdwn(written, reader) if text["type"] == "mrkdwn" else written


def _section(block: Json, reader: Reader) -> Iterator[Piece]:
    accessory = block.get("accessory")
    aside = _accessory(accessory) if accessory else ""
    if "text" in block:
        yield Piece(Look.TEXT, _text(block["text"], reader), aside=aside)
    for field in block.get("fields", ()):
        yield Piece(Look.FIELD, _text(field, reader))
    if aside and "text" not in block:
        yield Piece(Look.CONTROLS, aside)


def _controls(block: Json) -> Iterator[Piece]:
    if block["type"] == "input":
        yield Piece(Look.LABEL, block["label"]["text"])
        yield Piece(Look.CONTROLS, _control(block["element"]))
        return
    shown = (_control(element) for element in block["elements"])
    yield Piece(Look.CONTROLS, " ".join(shown))


def _accessory(element: Json) -> str:
    return _image(element) if element["type"] == "image" else _control(element)


def _context_element(element: Json, reader: Reader) -> str:
    return _image(element) if element["type"] == "image" else _text(element, reader)


def _image(image: Json) -> str:
    return f"(image: {image['alt_text']})"


def _control(element: Json) -> str:
    match element["type"]:
        case "button":
            return f"[ {element['text']['text']} ]"
        case "overflow":
            return f"[ {' | '.join(option['text']['text'] for option in element['options'])} ]"
        case "static_select" | "multi_static_select" | "users_select":
            chosen = element.get("initial_option", {}).get("text") or element.get("placeholder")
            return f"[ {chosen['text'] if chosen else 'Choose'} ▾ ]"
        case other:
            raise CannotDrawError(f"an element of type {other!r} cannot be drawn")


def _rich_text(element: Json, reader: Reader) -> Iterator[Piece]:
    match element["type"]:
        case "rich_text_section":
            yield Piece(Look.TEXT, _inline(element["elements"], reader))
        case "rich_text_preformatted":
            yield Piece(Look.CODE, _inline(element["elements"], reader))
        case "rich_text_quote":
            yield Piece(Look.QUOTE, _inline(element["elements"], reader))
        case "rich_text_list":
            first = 1 + element.get("offset", 0)
            for number, item in enumerate(element["elements"], start=first):
                bullet = f"{number}." if element["style"] == "ordered" else "•"
                shown = f"{bullet} {_inline(item['elements'], reader)}"
                yield Piece(Look.ITEM, shown, indent=element.get("indent", 0))
        case other:
            raise CannotDrawError(f"a rich text element of type {other!r} cannot be drawn")


def _inline(elements: Sequence[Json], reader: Reader) -> str:
    return "".join(_inline_element(element, reader) for element in elements)


def _inline_element(element: Json, reader: Reader) -> str:
    draw = _INLINE.get(element["type"])
    if draw is None:
        raise CannotDrawError(f"a rich text element of type {element['type']!r} cannot be drawn")
    return draw(element, reader)


def _date(element: Json, reader: Reader) -> str:
    try:
        return show_date(element["timestamp"], element["format"], reader.now)
    except ValueError:
        return str(element.get("fallback", ""))


def _name(identifier: str, sign: str, reader: Reader) -> str:
    return reader.names.get(identifier) or f"{sign}{identifier}"


_INLINE: Final[Mapping[str, Callable[[Json, Reader], str]]] = {
    "text": lambda element, _: str(element["text"]),
    "link": lambda element, _: str(element.get("text") or element["url"]),
    "emoji": lambda element, _: f":{element['name']}:",
    "user": lambda element, reader: _name(element["user_id"], "@", reader),
    "usergroup": lambda element, reader: _name(element["usergroup_id"], "@", reader),
    "channel": lambda element, reader: _name(element["channel_id"], "#", reader),
    "broadcast": lambda element, _: f"@{element['range']}",
    "color": lambda element, _: str(element["value"]),
    "date": _date,
}
