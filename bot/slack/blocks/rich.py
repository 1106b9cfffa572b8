"""Rich text: what Slack shows as it is, whatever stands in it.

Descriptions, names and reasons are other people's texts. In rich text nothing of them is parsed: no
mention, link, emoji or format can come out of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import RichTextBlock, RichTextElement, RichTextSectionElement
from slack_sdk.models.blocks.block_elements import RichTextElementParts

from bot.changes.secret import mask_secrets

_Style = RichTextElementParts.TextStyle
# Zero-width characters, and the marks that turn the direction of writing.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Message:
    """One Slack message.

    Attributes:
        text: What screen readers and notifications tell; complete without the blocks.
        blocks: What people see.
    """

    text: str
    blocks: tuple[dict[str, Any], ...]


def shown(text: str, limit: int = LONGEST_SHOWN) -> str:
    """Make other people's text fit to be shown: one line, no invisible signs, no secret."""
    plain = _SPACE.sub(" ", _INVISIBLE.sub("", mask_secrets(text))).strip()
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def quoted(text: str) -> str:
    """Quote other people's text, cut to a line."""
    return f"“{shown(text)}”"


def escaped(text: str) -> str:
    """Escape a top-level text, which Slack reads as mrkdwn, where it may hold other people's.

    Source: https://docs.slack.dev/messaging/formatting-message-text
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> RichTextElement:
    """Give a piece of plain text."""
    return RichTextElementParts.Text(text=text)


def bold(text: str) -> RichTextElement:
    """Give a piece of bold text."""
    return RichTextElementParts.Text(text=text, style=_Style(bold=True))


def code(text: str) -> RichTextElement:
    """Give a piece of code, such as an id: never parsed, easy to copy."""
    return RichTextElementParts.Text(text=text, style=_Style(code=True))


def person(user_id: str) -> RichTextElement:
    """Mention a Slack user; the id comes from Slack, never from a text."""
    return RichTextElementParts.User(user_id=user_id)


Line = Sequence[RichTextElement]


def paragraph(*lines: Line) -> dict[str, Any]:
    """Put lines below one another in one rich-text block."""
    elements: list[RichTextElement] = []
    for line in lines:
        if elements:
            elements.append(plain("\n"))
        elements.extend(line)
    return RichTextBlock(elements=[RichTextSectionElement(elements=elements)]).to_dict()


def joined(*parts: Line) -> Line:
    """Put parts side by side, with a middle dot between those that are not empty."""
    elements: list[RichTextElement] = []
    for part in parts:
        if part and elements:
            elements.append(plain(" · "))
        elements.extend(part)
    return elements
