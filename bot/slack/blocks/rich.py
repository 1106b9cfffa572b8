"""Rich text: what Slack shows as it is, whatever stands in it.

Descriptions, names and reasons are other people's texts. In rich text nothing of them is parsed: no
mention, link, emoji or format can come out of them.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import RichTextBlock, RichTextElement, RichTextSectionElement
from slack_sdk.models.blocks.block_elements import RichTextElementParts

from bot.changes.policy import is_group
from bot.changes.secret import mask_secrets
from bot.changes.unseen import INVISIBLE, SURROGATES

_Style = RichTextElementParts.TextStyle
_UNSEEN = re.compile(f"[{INVISIBLE}{SURROGATES}]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# A text of 100 kB is not looked at to its end. Where the look ends, half a secret may stand.
_LOOKED_AT = 8
_CUT_WORD = re.compile(r"(?<![\w+=.-])[\w+=.-]{1,60}$")
LONGEST_SHOWN = 200
LONGEST_TOLD = 1_000
# Slack takes 4,000 characters in an edit; the rest is for the names of who did it.
LONGEST_TEXT = 3_800
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


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
    # Masked before and after: a sign that nobody sees may part a secret, or join it to a word.
    head = _visible(mask_secrets(text[: _LOOKED_AT * limit]))
    if len(text) > _LOOKED_AT * limit:
        head = f"{_CUT_WORD.sub('', head)}…"
    line = _SPACE.sub(" ", mask_secrets(head)).strip()
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def quoted(text: str, limit: int = LONGEST_SHOWN) -> str:
    """Quote other people's text, cut to a line."""
    return f"“{shown(text, limit)}”"


def escaped(text: str, limit: int = LONGEST_TEXT) -> str:
    """Make a top-level text of lines, which Slack reads as mrkdwn: escaped, and not too long.

    Source: https://docs.slack.dev/messaging/formatting-message-text
    """
    lines = [shown(line, limit) for line in text.split("\n")]
    written = "\n".join(line for line in lines if line)
    pieces = [_ENTITIES.get(character, character) for character in written]
    room = list(accumulate(map(len, pieces)))
    if not room or room[-1] <= limit:
        return "".join(pieces)
    return "".join(pieces[: bisect_left(room, limit)]) + "…"


def read_out(*sentences: str, after: str = "") -> str:
    """Make a top-level text of sentences; mentions come after them, so that none is cut off.

    Args:
        sentences: What is said; what is empty is left out.
        after: Sentences that mention people, which must not be escaped; may be empty.
    """
    said = escaped(" ".join(sentence for sentence in sentences if sentence))
    return f"{said} {after}".strip()


def _visible(text: str) -> str:
    """Take out what shows nothing or turns the direction of writing; control signs stay."""
    if text.isascii():
        return text
    return _UNSEEN.sub("", text)


def unseen(text: str) -> tuple[str, ...]:
    """Name the signs of a text that ``shown`` leaves out because nobody sees them, each once.

    What only chooses between two looks of the sign before it is none.
    """
    left_out = dict.fromkeys(c for c in text if not _visible(c) and not "\ufe00" <= c <= "\ufe0f")
    return tuple(f"U+{ord(each):04X}" for each in left_out)


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


def mention(group_id: str) -> RichTextElement:
    """Mention a Slack user group; the id comes from the policy, never from a text."""
    return RichTextElementParts.UserGroup(usergroup_id=group_id)


def mention_text(slack_id: str) -> str:
    """Mention a user or a user group in a top-level text, where it must not be escaped."""
    return f"<!subteam^{slack_id}>" if is_group(slack_id) else f"<@{slack_id}>"


Line = Sequence[RichTextElement]


def paragraph(*lines: Line) -> dict[str, Any]:
    """Put lines below one another in one rich-text block; a line that says nothing is left out."""
    elements: list[RichTextElement] = []
    for line in map(_telling, lines):
        if line and elements:
            elements.append(plain("\n"))
        elements.extend(line)
    return RichTextBlock(elements=[RichTextSectionElement(elements=elements)]).to_dict()


def joined(*parts: Line) -> Line:
    """Put parts side by side, with a middle dot between those that say something."""
    elements: list[RichTextElement] = []
    for part in map(_telling, parts):
        if part and elements:
            elements.append(plain(" · "))
        elements.extend(part)
    return elements


def _telling(line: Line) -> list[RichTextElement]:
    """Leave out empty texts, which Slack refuses."""
    return [e for e in line if not isinstance(e, RichTextElementParts.Text) or e.text]
