"""The rules of the blocks themselves.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.block_kit.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from bot.block_kit.rich_text import RICH_TEXT
from bot.block_kit.rules import Rule, both, by_type, flag, list_of, shape, string
from bot.block_kit.texts import IDENTIFIER, URL, plain_text, text

_ID: Final[Mapping[str, Rule]] = {"block_id": IDENTIFIER}


def _says_something(value: object, at: str) -> Iterator[str]:
    if isinstance(value, Mapping) and "text" not in value and "fields" not in value:
        yield f"{at} has neither text nor fields."


def _distinct_action_ids(value: object, at: str) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        return
    ids = [element.get("action_id") for element in value if isinstance(element, Mapping)]
    yield from repeated(ids, at, "action_id")


def repeated(ids: list[object], at: str, what: str) -> Iterator[str]:
    """Yield a sentence for each string that occurs more than once."""
    seen: set[str] = set()
    told: set[str] = set()
    for identifier in ids:
        if not isinstance(identifier, str):
            continue
        if identifier in seen and identifier not in told:
            told.add(identifier)
            yield f"{at} uses the {what} {identifier[:60]!r} more than once."
        seen.add(identifier)


BLOCKS: Final[Mapping[str, Rule]] = {
    "header": shape({"text": plain_text(150)}, _ID),
    "section": both(
        shape(
            {},
            {
                "text": text(3000),
                "fields": list_of(text(2000), 1, 10),
                "accessory": by_type(IN_SECTION),
                "expand": flag,
                **_ID,
            },
        ),
        _says_something,
    ),
    "divider": shape({}, _ID),
    "context": shape(
        {
            "elements": list_of(
                by_type({"plain_text": text(3000), "mrkdwn": text(3000), "image": IMAGE}),
                1,
                10,
            )
        },
        _ID,
    ),
    "actions": shape(
        {"elements": both(list_of(by_type(IN_ACTIONS), 1, 25), _distinct_action_ids)}, _ID
    ),
    "image": shape(
        {"image_url": URL, "alt_text": string(1, 2000)}, {"title": plain_text(2000), **_ID}
    ),
    "input": shape(
        {"label": plain_text(2000), "element": by_type(IN_INPUT)},
        {"hint": plain_text(2000), "optional": flag, "dispatch_action": flag, **_ID},
    ),
    "rich_text": RICH_TEXT,
}
"""The rules of blocks, by their types."""

BLOCK: Final = by_type(BLOCKS)
