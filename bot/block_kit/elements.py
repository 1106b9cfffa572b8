"""The rules of the elements that stand in sections, actions, contexts and inputs.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Mapping
from typing import Final

from bot.block_kit.rules import Rule, flag, list_of, one_of, shape, string, whole_number
from bot.block_kit.texts import CONFIRM, IDENTIFIER, URL, options, plain_text, text

_BUTTON: Final = shape(
    {"text": plain_text(75)},
    {
        "action_id": IDENTIFIER,
        "value": string(1, 2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(1, 75),
    },
)

_OVERFLOW: Final = shape(
    {"options": options(plain_text(75), 5)}, {"action_id": IDENTIFIER, "confirm": CONFIRM}
)

_OPTION: Final = shape(
    {"text": text(75), "value": string(1, 150)}, {"description": text(75), "url": URL}
)

_CHOICE_KEYS: Final[Mapping[str, Rule]] = {
    "action_id": IDENTIFIER,
    "confirm": CONFIRM,
    "focus_on_load": flag,
}

_CHECKBOXES: Final = shape(
    {"options": options(text(75), 10)},
    {**_CHOICE_KEYS, "initial_options": list_of(_OPTION, 1, 10)},
)

_RADIO_BUTTONS: Final = shape(
    {"options": options(text(75), 10)}, {**_CHOICE_KEYS, "initial_option": _OPTION}
)

_STATIC_SELECT: Final = shape(
    {"options": options(plain_text(75), 100)},
    {**_CHOICE_KEYS, "initial_option": _OPTION, "placeholder": plain_text(150)},
)

_MULTI_STATIC_SELECT: Final = shape(
    {"options": options(plain_text(75), 100)},
    {
        **_CHOICE_KEYS,
        "initial_options": list_of(_OPTION, 1, 100),
        "max_selected_items": whole_number(1, None),
        "placeholder": plain_text(150),
    },
)

_USERS_SELECT: Final = shape(
    {}, {**_CHOICE_KEYS, "initial_user": string(), "placeholder": plain_text(150)}
)

_PLAIN_TEXT_INPUT: Final = shape(
    {},
    {
        "action_id": IDENTIFIER,
        "initial_value": string(0, 3000),
        "multiline": flag,
        "min_length": whole_number(0, 3000),
        "max_length": whole_number(1, 3000),
        "placeholder": plain_text(150),
        "focus_on_load": flag,
    },
)

IMAGE: Final = shape({"image_url": URL, "alt_text": string(1, 2000)})

_CHOICES: Final[Mapping[str, Rule]] = {
    "checkboxes": _CHECKBOXES,
    "radio_buttons": _RADIO_BUTTONS,
    "static_select": _STATIC_SELECT,
    "users_select": _USERS_SELECT,
}

IN_ACTIONS: Final[Mapping[str, Rule]] = {
    "button": _BUTTON,
    "overflow": _OVERFLOW,
    **_CHOICES,
}
IN_SECTION: Final[Mapping[str, Rule]] = {**IN_ACTIONS, "image": IMAGE}
# Menus for several stand in sections and inputs alone:
# https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element
_MULTIPLE: Final[Mapping[str, Rule]] = {"multi_static_select": _MULTI_STATIC_SELECT}
IN_INPUT: Final[Mapping[str, Rule]] = {
    "plain_text_input": _PLAIN_TEXT_INPUT,
    **_CHOICES,
    **_MULTIPLE,
}
