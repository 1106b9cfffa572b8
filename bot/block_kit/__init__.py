"""What Slack accepts as a Block Kit message or view, as a pure check, and how one reads.

The limits are those of https://docs.slack.dev/reference/block-kit. Block and element types that
this app has no use for count as unknown, so that nothing is sent that nobody has checked.
"""

from bot.block_kit.messages import (
    MOST_TEXT,
    MOST_VIEW_BYTES,
    Surface,
    block_problems,
    problems,
    total_text,
)

__all__ = [
    "MOST_TEXT",
    "MOST_VIEW_BYTES",
    "Surface",
    "block_problems",
    "problems",
    "total_text",
]
