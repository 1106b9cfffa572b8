"""The blocks.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

from bot.block_kit import Surface
from bot.block_kit.mrkdwn import Reader
from bot.block_kit.reading import CannotDrawError
from bot.sandbox.page.drawing.canvas import Canvas
from bot.sandbox.page.drawing.controls import Button, Control, draw_control
from bot.sandbox.page.drawing.marked_up import draw_mrkdwn
from bot.sandbox.page.drawing.rich_text import draw_rich_text
from bot.sandbox.page.drawing.spans import Paragraph, Span, Text

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Header:
    """A heading."""

    kind: ClassVar = "header"
    text: str


@dataclass(frozen=True)
class Section:
    """Text, fields in two columns, and what stands beside them."""

    kind: ClassVar = "section"
    text: Text
    fields: Sequence[Text]
    accessory: Control | None


@dataclass(frozen=True)
class Context:
    """Small print."""

    kind: ClassVar = "context"
    elements: Sequence[Text]


@dataclass(frozen=True)
class Divider:
    """A line."""

    kind: ClassVar = "divider"


@dataclass(frozen=True)
class Actions:
    """Buttons and menus in a row."""

    kind: ClassVar = "actions"
    controls: Sequence[Control]


@dataclass(frozen=True)
class Field:
    """An input with its label; ``tells`` says whether the app is told when it is filled in."""

    kind: ClassVar = "field"
    id: str
    label: str
    hint: str
    error: str
    is_optional: bool
    tells: bool
    control: Control


@dataclass(frozen=True)
class RichText:
    """Rich text."""

    kind: ClassVar = "rich_text"
    text: Text


Drawn: TypeAlias = Header | Section | Context | Divider | Actions | Field | RichText


def draw_blocks(blocks: Sequence[Json], canvas: Canvas) -> Sequence[Drawn]:
    """Give what these blocks are to their person, in order.

    Raises:
        CannotDrawError: At a block or element of a kind without a drawing.
    """
    return [_draw(block, canvas) for block in blocks]


def draw_text(text: str, reader: Reader) -> Sequence[Drawn]:
    """Give a message that has no blocks."""
    return [RichText(draw_mrkdwn(text, reader))]


def _draw(block: Json, canvas: Canvas) -> Drawn:
    draw = BLOCKS.get(block["type"])
    if draw is None:
        raise CannotDrawError(f"a block of type {block['type']!r} cannot be drawn")
    return draw(block, canvas)


def _text(text: Json, reader: Reader) -> Text:
    if text["type"] not in {"mrkdwn", "plain_text"}:
        raise CannotDrawError(f"a text of type {text['type']!r} cannot be drawn")
    if text["type"] == "mrkdwn":
        return draw_mrkdwn(text["text"], reader)
    return (Paragraph((Span(text["text"]),)),)


def _section(block: Json, canvas: Canvas) -> Drawn:
    accessory = block.get("accessory")
    return Section(
        _text(block["text"], canvas.reader) if "text" in block else (),
        [_text(field, canvas.reader) for field in block.get("fields", ())],
        None if accessory is None else _acting(accessory, block, canvas),
    )


def _acting(element: Json, block: Json, canvas: Canvas) -> Control:
    """Draw what does something by itself; besides buttons that works in Home alone."""
    control = draw_control(element, block["block_id"], canvas)
    if not isinstance(control, Button) and canvas.surface is not Surface.HOME:
        raise CannotDrawError(
            f"an element of type {element['type']!r} in a block of type {block['type']!r} of a "
            f"{canvas.surface} cannot be drawn"
        )
    return control


def _field(block: Json, canvas: Canvas) -> Drawn:
    control = draw_control(block["element"], block["block_id"], canvas)
    return Field(
        id=control.place.id,
        label=block["label"]["text"],
        hint=block["hint"]["text"] if "hint" in block else "",
        error=canvas.errors.get(block["block_id"], ""),
        is_optional=block.get("optional", False),
        tells=block.get("dispatch_action", False),
        control=control,
    )


BLOCKS: Final[Mapping[str, Callable[[Json, Canvas], Drawn]]] = {
    "header": lambda block, _: Header(block["text"]["text"]),
    "section": _section,
    "context": lambda block, canvas: Context(
        [_text(element, canvas.reader) for element in block["elements"]]
    ),
    "divider": lambda _, __: Divider(),
    "actions": lambda block, canvas: Actions(
        [_acting(element, block, canvas) for element in block["elements"]]
    ),
    "input": _field,
    "rich_text": lambda block, canvas: RichText(draw_rich_text(block["elements"], canvas.reader)),
}
"""How each kind of block is drawn."""
