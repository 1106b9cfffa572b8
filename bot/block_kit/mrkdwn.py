"""Slack's mrkdwn as a person reads it.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.block_kit.dates import show_date

_CODE: Final = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
BOLD, ITALIC, STRIKE = (
    re.compile(rf"(?<![\w{mark}]){mark}(?=\S)([^\n]*?)(?<=\S){mark}(?![\w{mark}])")
    for mark in (r"\*", "_", "~")
)
TOKEN: Final = re.compile(r"<([^<>\s][^<>\n]*)>")
"""A mention, a link, a date: whatever stands in angle brackets."""


@dataclass(frozen=True)
class Reader:
    """What a person's client knows when it shows a message."""

    names: Mapping[str, str]
    """Names with their sign by id: ``{"U0ALICE": "@alice", "C0INCIDENTS": "#incidents"}``."""
    now: datetime


def read_mrkdwn(text: str, reader: Reader) -> str:
    """Give the text that a person sees: no markup, names for ids, dates in UTC."""
    parts = _CODE.split(text)
    return "".join(
        _read_part(part.strip("`") if index % 2 else _without_emphasis(part), reader)
        for index, part in enumerate(parts)
    )


def unescaped(text: str) -> str:
    """Give the three signs that Slack escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _without_emphasis(text: str) -> str:
    for emphasis in (BOLD, ITALIC, STRIKE):
        text = emphasis.sub(r"\1", text)
    return text


def _read_part(text: str, reader: Reader) -> str:
    return unescaped(TOKEN.sub(lambda match: _read_token(match.group(1), reader), text))


def _read_token(token: str, reader: Reader) -> str:
    target, _, label = token.partition("|")
    match target[:1], target[1:]:
        case ("@", identifier):
            return reader.names.get(identifier) or f"@{label or identifier}"
        case ("#", identifier):
            return reader.names.get(identifier) or f"#{label or identifier}"
        case ("!", command):
            return _read_command(command, label, reader)
        case _:
            return label or target.removeprefix("mailto:")


def _read_command(command: str, label: str, reader: Reader) -> str:
    name, *arguments = command.split("^")
    if name == "subteam" and arguments:
        return reader.names.get(arguments[0]) or label or f"@{arguments[0]}"
    if name == "date" and len(arguments) >= 2:
        try:
            return show_date(int(arguments[0]), arguments[1], reader.now)
        except ValueError:
            return label
    return f"@{name}"
