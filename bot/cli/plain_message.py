"""A Slack message as lines of plain text, for a terminal or a file."""

from datetime import datetime

from bot.block_kit.mrkdwn import Reader
from bot.block_kit.reading import read_blocks
from bot.slack.blocks.rich import Message


def plain_message(message: Message, now: datetime) -> str:
    """Write what a message says, without its buttons; people are named by their ids."""
    told = [block for block in message.blocks if block["type"] == "rich_text"]
    text = "\n".join(piece.text for piece in read_blocks(told, Reader({}, now)))
    lines = ("".join(filter(str.isprintable, line)).rstrip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
