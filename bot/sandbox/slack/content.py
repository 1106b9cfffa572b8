"""What an app says in a message or view, checked as Slack checks it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.block_kit import (
    MOST_TEXT,
    MOST_VIEW_BYTES,
    Surface,
    block_problems,
    problems,
    total_text,
)
from bot.sandbox.slack.messages import Blocks
from bot.sandbox.slack.replies import RefusedError

MOST_TEXT_POSTED: Final = 40_000
MOST_TEXT_UPDATED: Final = 4_000


@dataclass(frozen=True)
class Content:
    """The top-level text and the blocks of a message."""

    text: str
    blocks: Blocks


def check_content(arguments: Mapping[str, Any], most_text: int = MOST_TEXT_POSTED) -> Content:
    """Take text and blocks from arguments.

    Raises:
        RefusedError: ``no_text``, ``msg_too_long``, ``invalid_blocks_format``,
            ``msg_blocks_too_long`` or ``invalid_blocks``.
    """
    text = arguments.get("text") or ""
    blocks = _parsed(arguments.get("blocks") or [])
    if not isinstance(text, str) or not (text or blocks):
        raise RefusedError("no_text")
    if len(text) > most_text:
        raise RefusedError("msg_too_long")
    if total_text(blocks) > MOST_TEXT:
        raise RefusedError("msg_blocks_too_long")
    if found := block_problems(blocks):
        raise RefusedError("invalid_blocks", errors=found, response_metadata=_told(found))
    return Content(text, blocks)


def check_view(view: object, surface: Surface = Surface.MODAL) -> dict[str, Any]:
    """Take a view, which in a form is JSON in a string.

    Raises:
        RefusedError: ``view_too_large`` or ``invalid_arguments``.
    """
    try:
        parsed = json.loads(view) if isinstance(view, str) else view
        size = len(json.dumps(parsed).encode())
    except (ValueError, RecursionError):
        raise RefusedError("invalid_arguments") from None
    if size > MOST_VIEW_BYTES:
        raise RefusedError("view_too_large")
    if not isinstance(parsed, dict):
        missing = ["missing required field: view"]
        raise RefusedError("invalid_arguments", response_metadata=_told(missing))
    if found := problems(parsed, surface):
        raise RefusedError("invalid_arguments", response_metadata=_told(found))
    return parsed


def _told(found: list[str]) -> dict[str, list[str]]:
    return {"messages": [f"[ERROR] {problem}" for problem in found]}


def _parsed(blocks: object) -> Blocks:
    """Parse blocks that came in a form, where they are JSON in a string."""
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except (ValueError, RecursionError):
            raise RefusedError("invalid_blocks_format") from None
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    return blocks
