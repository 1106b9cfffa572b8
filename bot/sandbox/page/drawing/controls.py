"""What can be pressed, chosen and filled in.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

from bot.block_kit.reading import CannotDrawError
from bot.sandbox.page.drawing.canvas import Canvas

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where an element stands: its page's only id, and the ids by which the app knows it."""

    id: str
    block_id: str
    action_id: str


@dataclass(frozen=True)
class Confirm:
    """The dialog that asks before something is done."""

    title: str
    text: str
    confirm: str
    deny: str
    style: str


@dataclass(frozen=True)
class Button:
    """A button; ``style`` is ``primary``, ``danger`` or empty."""

    kind: ClassVar = "button"
    place: Place
    text: str
    style: str
    label: str
    confirm: Confirm | None


@dataclass(frozen=True)
class Option:
    """One of the things that can be chosen."""

    text: str
    value: str
    description: str
    is_chosen: bool


@dataclass(frozen=True)
class Menu:
    """A list of options that opens, for one or, with ``multiple``, for several."""

    kind: ClassVar = "menu"
    place: Place
    options: Sequence[Option]
    placeholder: str
    multiple: bool
    focus: bool


@dataclass(frozen=True)
class Choices:
    """Checkboxes, or with ``multiple`` false radio buttons."""

    kind: ClassVar = "choices"
    place: Place
    options: Sequence[Option]
    multiple: bool
    focus: bool


@dataclass(frozen=True)
class TextField:
    """A field for text."""

    kind: ClassVar = "text"
    place: Place
    value: str
    placeholder: str
    multiline: bool
    least: int
    most: int
    focus: bool


Control: TypeAlias = Button | Menu | Choices | TextField


def draw_control(element: Json, block_id: str, canvas: Canvas) -> Control:
    """Give what an element is to its person.

    Raises:
        CannotDrawError: If it is of a kind without a drawing.
    """
    draw = CONTROLS.get(element["type"])
    if draw is None:
        raise CannotDrawError(f"an element of type {element['type']!r} cannot be drawn")
    action_id = element["action_id"]
    place = Place(f"{canvas.scope}-{block_id}-{action_id}".replace(" ", "_"), block_id, action_id)
    return draw(element, place, canvas)


def _button(element: Json, place: Place, _: Canvas) -> Control:
    if "url" in element:
        raise CannotDrawError("a button that opens an address cannot be drawn")
    return Button(
        place,
        element["text"]["text"],
        element.get("style", ""),
        element.get("accessibility_label", ""),
        _confirm(element["confirm"]) if "confirm" in element else None,
    )


def _confirm(dialog: Json) -> Confirm:
    title, text, confirm, deny = (
        dialog[part]["text"] for part in ("title", "text", "confirm", "deny")
    )
    return Confirm(title, text, confirm, deny, dialog.get("style", "primary"))


def _menu(element: Json, place: Place, canvas: Canvas) -> Control:
    return Menu(
        place,
        _options(element, _chosen(place, canvas)),
        _text_of(element, "placeholder"),
        multiple=element["type"] == "multi_static_select",
        focus=element.get("focus_on_load", False),
    )


def _people(element: Json, place: Place, canvas: Canvas) -> Control:
    chosen = _content(place, canvas).get("selected_user")
    options = [Option(name, id_, "", id_ == chosen) for id_, name in canvas.people.items()]
    focus = element.get("focus_on_load", False)
    return Menu(place, options, _text_of(element, "placeholder"), multiple=False, focus=focus)


def _choices(element: Json, place: Place, canvas: Canvas) -> Control:
    return Choices(
        place,
        _options(element, _chosen(place, canvas)),
        multiple=element["type"] == "checkboxes",
        focus=element.get("focus_on_load", False),
    )


def _text(element: Json, place: Place, canvas: Canvas) -> Control:
    return TextField(
        place,
        _content(place, canvas).get("value") or "",
        _text_of(element, "placeholder"),
        multiline=element.get("multiline", False),
        least=element.get("min_length", 0),
        most=element.get("max_length", 3000),
        focus=element.get("focus_on_load", False),
    )


def _options(element: Json, chosen: frozenset[str]) -> Sequence[Option]:
    return [
        Option(
            option["text"]["text"],
            option["value"],
            _text_of(option, "description"),
            option["value"] in chosen,
        )
        for option in element["options"]
    ]


def _chosen(place: Place, canvas: Canvas) -> frozenset[str]:
    content = _content(place, canvas)
    one, several = content.get("selected_option"), content.get("selected_options") or []
    return frozenset(option["value"] for option in ([one] if one else several))


def _content(place: Place, canvas: Canvas) -> Json:
    return canvas.state[place.block_id][place.action_id]


def _text_of(holder: Json, key: str) -> str:
    return str(holder[key]["text"]) if key in holder else ""


CONTROLS: Final[Mapping[str, Callable[[Json, Place, Canvas], Control]]] = {
    "button": _button,
    "static_select": _menu,
    "multi_static_select": _menu,
    "users_select": _people,
    "checkboxes": _choices,
    "radio_buttons": _choices,
    "plain_text_input": _text,
}
"""How each kind of element is drawn."""
