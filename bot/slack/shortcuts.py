"""The app's shortcuts; its manifests name these and no others."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ShortcutId(StrEnum):
    """What a shortcut stands for: the callback id under which Slack says that it was used."""

    CHECK_MESSAGE = "check_message"
    REPORT_LEAK = "report_leak"


@dataclass(frozen=True)
class Shortcut:
    """A shortcut, as the manifest has it.

    Attributes:
        callback_id: What Slack sends.
        type: ``global`` for one beside the message field, ``message`` for one of each message.
        name: What people see; 24 characters at most.
        description: What it does; 150 characters at most.
    """

    callback_id: ShortcutId
    type: Literal["global", "message"]
    name: str
    description: str


SHORTCUTS = (
    Shortcut(
        ShortcutId.CHECK_MESSAGE,
        "message",
        "Check InfluxDB tokens",
        "Look whether a message holds a live API token, or ids of tokens, and disable them",
    ),
    Shortcut(
        ShortcutId.REPORT_LEAK,
        "global",
        "Report a leaked token",
        "Find an API token by its secret, which is shown to nobody, disable it, and prove it dead",
    ),
)
