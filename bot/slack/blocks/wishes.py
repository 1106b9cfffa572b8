"""What somebody asked for, written as an infinitive."""

from types import MappingProxyType

from bot.changes.audit import AuditEvent
from bot.commands.answers import BUTTONS
from bot.slack.blocks.rich import shown

_TO = MappingProxyType(
    {
        "disable": "disable",
        "disable again": "disable again",
        "enable": "enable",
        "describe": "change the description of",
    }
)


def infinitive(event: AuditEvent) -> str:
    """Write what was asked for as an infinitive; what only reads is a command's name."""
    asked, somewhere = str(event.detail.get("asked", "")), event.authorization_id is not None
    if asked == "undo":
        # The line ends with the change that it is about; an undo names the one that it takes back.
        which = f"change {event.detail['undo_of']}" if "undo_of" in event.detail else "a change"
        return f"undo {which}{' of' if somewhere else ''}"
    if asked in BUTTONS:
        return f"{asked} a change{' of' if somewhere else ''}"
    if asked == "leak":
        return f"disable {'the' if somewhere else 'a'} leaked token"
    if asked in _TO:
        return _TO[asked] if somewhere else f"{_TO[asked]} {_which(event)}"
    return f"use {asked}"


def _which(event: AuditEvent) -> str:
    """Say which tokens a request is about that names no single one."""
    count, selected = event.detail.get("tokens"), event.detail.get("selected")
    if isinstance(selected, str):
        return f"the active tokens of {shown(selected)}"
    if isinstance(count, int):
        return f"{count} tokens"
    # A request that is of no single token is of several.
    return "a token" if event.change_id is None else "tokens"
