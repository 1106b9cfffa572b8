"""What the record's events about refusals say, as sentences."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.changes.audit import AuditEvent
from bot.changes.errors import ErrorCode
from bot.slack.blocks.rich import quoted
from bot.slack.blocks.wishes import infinitive

_REFUSED: Mapping[str, str] = MappingProxyType(
    {
        ErrorCode.ALREADY_UNDONE: "that change was already undone",
        ErrorCode.BEING_UNDONE: "that change was already being undone",
        ErrorCode.NOT_FINISHED: "that change was not finished yet",
        ErrorCode.NOT_UNDOABLE: "that change cannot be undone",
        ErrorCode.UNDO_WINDOW_OVER: "its time for an undo was over",
        ErrorCode.UNKNOWN_CHANGE: "there is no such change",
        ErrorCode.ALREADY_DECIDED: "somebody was first, or it was over",
        ErrorCode.ALREADY_DISABLED_AGAIN: "somebody was first",
        ErrorCode.NOTHING_ACTIVE_AGAIN: "nothing of it was active again",
        ErrorCode.ALREADY_RETRIED: "it was already tried again",
        ErrorCode.NOTHING_TO_RETRY: "nothing of it had failed",
        ErrorCode.EXPIRED: "its time was over",
        ErrorCode.NOT_YOURS: "somebody else had asked for it",
        ErrorCode.NOT_CANCELLABLE: "there was nothing to cancel",
        ErrorCode.ALREADY_REVIEWED: "somebody was first",
        ErrorCode.NOTHING_TO_REVIEW: "there was nothing to review",
        ErrorCode.UNREVIEWED: "their earlier break-glass was not reviewed",
    }
)


def denied(event: AuditEvent) -> tuple[str, str]:
    """Say that the policy said no, and by which rule."""
    rule = str(event.detail.get("rule", ""))
    return f"was not allowed to {infinitive(event)}", f": {quoted(rule)}"


def refused(event: AuditEvent) -> tuple[str, str]:
    """Say that a try could not be taken, and why."""
    code = str(event.detail.get("code", ""))
    if code == ErrorCode.LOOKS_LIKE_SECRET:
        return "typed what looks like a secret, which was refused", ""
    why = _REFUSED.get(code) or code.replace("_", " ")
    return f"could not {infinitive(event)}", f": {why}"


def counted(event: AuditEvent) -> tuple[str, str]:
    """Say how often somebody was refused besides, once that was only counted."""
    count = event.detail.get("count")
    return f"was refused {count} more {'time' if count == 1 else 'times'} within ten minutes", ""
