"""The rules of whole messages and views, and the two questions that callers ask."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from bot.block_kit.blocks import BLOCK, repeated
from bot.block_kit.rules import Rule, flag, list_of, one_of, shape, string
from bot.block_kit.texts import IDENTIFIER, plain_text


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


MOST_TEXT: Final = 11_000
"""Characters of text over all blocks of a message.

Slack refuses more with ``msg_blocks_too_long``. Its staff speak of 12,000 "with a buffer"
(github.com/slackapi/bolt-js/issues/2509); 11,341 were refused once (issue 2867).
"""

MOST_VIEW_BYTES: Final = 250_000
"""Bytes of a view as JSON; Slack refuses more with ``view_too_large``."""

_MOST_BLOCKS: Final[Mapping[Surface, int]] = {
    Surface.MESSAGE: 50,
    Surface.MODAL: 100,
    Surface.HOME: 100,
}
_MOST_TOP_LEVEL_TEXT: Final = 4000

_VIEW_KEYS: Final[Mapping[str, Rule]] = {
    "callback_id": IDENTIFIER,
    "external_id": IDENTIFIER,
    "private_metadata": string(0, 3000),
}


def problems(message: Mapping[str, Any], surface: Surface = Surface.MESSAGE) -> list[str]:
    """Say what Slack, or a person with a screen reader, would object to.

    Args:
        message: The arguments of a message (``text``, ``blocks`` and whatever goes with them), or
            a view for ``MODAL`` and ``HOME``.
        surface: Where it is shown.

    Returns:
        One plain sentence for each rule broken; empty if all is well.
    """
    if not isinstance(message, Mapping):
        return [f"The {surface} is not an object."]
    if surface is not Surface.MESSAGE:
        return list(_view(message, surface))
    return [
        *_top_level_text(message.get("text")),
        *block_problems(message.get("blocks"), surface),
    ]


def block_problems(blocks: object, surface: Surface = Surface.MESSAGE) -> list[str]:
    """Say what Slack would object to in these blocks; ``None`` stands for no blocks."""
    return list(_blocks(blocks, surface))


def total_text(blocks: object) -> int:
    """Count the characters of all texts in these blocks."""
    total = 0
    pending = [blocks]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            written = value.get("text")
            total += len(written) if isinstance(written, str) else 0
            pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value)
    return total


def _blocks(blocks: object, surface: Surface) -> Iterator[str]:
    if blocks is None:
        return
    yield from list_of(BLOCK, 0, _MOST_BLOCKS[surface])(blocks, "blocks")
    if isinstance(blocks, list | tuple):
        ids = [block.get("block_id") for block in blocks if isinstance(block, Mapping)]
        yield from repeated(ids, f"The {surface}", "block_id")
    if surface is Surface.MESSAGE and (total := total_text(blocks)) > MOST_TEXT:
        yield f"The blocks hold {total} characters of text; at most {MOST_TEXT} are safe."


def _top_level_text(text: object) -> Iterator[str]:
    """Require what screen readers and notifications read instead of the blocks."""
    if not isinstance(text, str) or not text.strip():
        yield "The message has no top-level text."
    elif len(text) > _MOST_TOP_LEVEL_TEXT:
        yield (
            f"The top-level text has {len(text)} characters; "
            f"at most {_MOST_TOP_LEVEL_TEXT} are allowed."
        )


def _view(view: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    def blocks(value: object, _at: str) -> Iterator[str]:
        yield from _blocks(value, surface)

    if surface is Surface.HOME:
        rule = shape({"type": one_of("home"), "blocks": blocks}, _VIEW_KEYS)
    else:
        rule = shape(
            {"type": one_of("modal"), "title": plain_text(24), "blocks": blocks},
            {
                "submit": plain_text(24),
                "close": plain_text(24),
                "notify_on_close": flag,
                "clear_on_close": flag,
                **_VIEW_KEYS,
            },
        )
    found = [*rule(view, "view"), *_lacks_submit(view, surface)]
    yield from found
    # Only a view of the right shape is sure to be shallow enough to be written out.
    if not found and (size := len(json.dumps(view).encode())) > MOST_VIEW_BYTES:
        yield f"The view has {size} bytes; at most {MOST_VIEW_BYTES} are allowed."


def _lacks_submit(view: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    blocks = view.get("blocks")
    if surface is Surface.MODAL and "submit" not in view and isinstance(blocks, list | tuple):
        for block in blocks:
            if isinstance(block, Mapping) and block.get("type") == "input":
                yield "The view has an input block but no submit."
                return
