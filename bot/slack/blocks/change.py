"""The one message of a change: posted when it ends, edited when it is undone."""

from collections import defaultdict
from datetime import datetime

from slack_sdk.models.blocks import RichTextElement

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest, Target, TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind, summary
from bot.slack.blocks import buttons
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    paragraph,
    person,
    plain,
    quoted,
    shown,
)

_DONE = {
    ChangeKind.DISABLE: "Token disabled",
    ChangeKind.ENABLE: "Token enabled",
    ChangeKind.DESCRIBE: "Description changed",
}
NOT_DONE = {
    ChangeKind.DISABLE: "Token not disabled",
    ChangeKind.ENABLE: "Token not enabled",
    ChangeKind.DESCRIBE: "Description not changed",
}
_UNDER_WAY = {
    ChangeKind.DISABLE: "Disabling",
    ChangeKind.ENABLE: "Enabling",
    ChangeKind.DESCRIBE: "Changing the description",
}
# What a change's title says of its undo; one under way, or of no effect, is told further down.
_UNDONE = defaultdict(
    str,
    {
        TargetState.DONE: ", then undone",
        TargetState.APPLIED: ", then undone, but not read back",
        TargetState.UNKNOWN: "; outcome of the undo unknown",
        TargetState.LOST: "; outcome of the undo lost",
    },
)
_INTERRUPTED = "The bot was interrupted meanwhile and took this up again."


def change_message(
    change: ChangeRequest,
    *,
    undo: ChangeRequest | None = None,
    undoable: bool = False,
    note: str = "",
) -> Message:
    """Tell what became of a change, and of its undo if there was one.

    Args:
        change: The change as it is recorded.
        undo: The change that took it back, or is trying to.
        undoable: Whether to offer Undo.
        note: A last line, such as why it was sent to one person alone.
    """
    target = change.target
    lines = [
        joined([bold(_title(change, undo))], [plain(description(change))]),
        joined([code(target.authorization_id)], *whereabouts(target)),
        *_outcome(change),
        _provenance(change),
        *([] if undo is None else _undone(undo)),
        *([[plain(note)]] if note else []),
    ]
    blocks = [paragraph(*lines)]
    if undo is None:
        offered = [buttons.undo(change)] if undoable else []
        offered.append(buttons.details(target.instance, target.authorization_id))
        blocks.append(buttons.row(*offered))
    return Message(_text(change, undo), tuple(blocks))


def _title(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    before = change.target.before
    kind = change.update.kind if before is None else change.update.effect_on(before)
    match change.target.state:
        case TargetState.DONE:
            return f"{_DONE[kind]}{'' if undo is None else _UNDONE[undo.target.state]}"
        case TargetState.APPLIED:
            return f"{_DONE[kind]}, but not read back"
        case TargetState.UNKNOWN:
            return f"{_UNDER_WAY[kind]}, outcome unknown"
        case TargetState.LOST:
            return f"{_UNDER_WAY[kind]}, outcome lost"
        case _:
            return NOT_DONE[kind]


def description(change: ChangeRequest) -> str:
    """Give the token's description as it was seen last; empty if nothing was read."""
    seen = change.target.after or change.target.before
    if seen is None:
        return ""
    return shown(seen.description) or "no description"


def whereabouts(target: Target) -> list[Line]:
    """Say whose token it is and where, as far as it was read."""
    seen = target.after or target.before
    owner: list[Line] = (
        []
        if seen is None
        else [[plain(f"owner {shown(seen.user)}")], [plain(f"organisation {shown(seen.org)}")]]
    )
    return [*owner, [plain(target.instance)]]


def _outcome(change: ChangeRequest) -> list[Line]:
    target = change.target
    lines: list[Line] = []
    if target.state is TargetState.DONE and target.before is not None:
        lines += _differences(change.update, target.before, target.finished_at)
    lines += problem(target)
    if change.interrupted:
        lines.append([plain(_INTERRUPTED)])
    return lines


def _differences(
    update: AuthorizationUpdate, before: Authorization, at: datetime | None
) -> list[Line]:
    lines: list[list[RichTextElement]] = []
    for field, old, new in summary(update, before):
        lines.append(
            [plain(f"{field.capitalize()}: {told(field, old)} → "), bold(told(field, new))]
        )
    if lines and at is not None:
        lines[-1].append(plain(f", read back at {clock_time(at)}"))
    return list(lines)


def told(field: str, value: str) -> str:
    """Write a field's value: a status as it is, a description quoted, or ``none``."""
    if field == "status":
        return value
    return quoted(value) if shown(value) else "none"


def problem(target: Target) -> list[Line]:
    """Tell what went wrong, who was first, and what to do next; nothing if all went well."""
    wrong = target.problem
    if wrong is None:
        return []
    by: Line = [plain(" By "), person(wrong.by), plain(".")] if wrong.by else []
    return [
        [plain(shown(wrong.message, LONGEST_TOLD)), *by],
        [plain(shown(wrong.hint, LONGEST_TOLD))],
    ]


def _provenance(change: ChangeRequest) -> Line:
    reason = [plain(quoted(change.reason))] if change.reason else []
    return joined(
        [plain("by "), person(change.requester.user_id)],
        reason,
        [plain("change "), code(change.id)],
    )


def _undone(undo: ChangeRequest) -> list[Line]:
    who: Line = [plain("by "), person(undo.requester.user_id), plain(" as change "), code(undo.id)]
    if undo.target.state is TargetState.DONE:
        return [[plain("Undone "), *who], *_outcome(undo)]
    return [[plain("Undo asked for "), *who], *_outcome(undo)]


def clock_time(at: datetime) -> str:
    """Give a time of day, to the second, in UTC."""
    return f"{at:%H:%M:%S} UTC"


def _text(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    parts = [f"{_title(change, undo)}: {_subject(change)}."]
    for each in (change, *(() if undo is None else (undo,))):
        parts += _changed(each)
        if each.target.problem is not None:
            parts.append(shown(each.target.problem.message, LONGEST_TOLD))
        if each.interrupted:
            parts.append(_INTERRUPTED)
    if change.reason:
        parts.append(f"Reason: {quoted(change.reason)}.")
    parts.append(f"Change {change.id}.")
    who = f" By <@{change.requester.user_id}>."
    return escaped(" ".join(parts)) + who + ("" if undo is None else _undone_by(undo))


def _subject(change: ChangeRequest) -> str:
    target = change.target
    seen = target.after or target.before
    if seen is None:
        return f"{target.authorization_id} on {target.instance}"
    whose = f"owner {shown(seen.user)}, organisation {shown(seen.org)}"
    return f"{description(change)} ({target.authorization_id}), {whose}, on {target.instance}"


def _undone_by(undo: ChangeRequest) -> str:
    done = undo.target.state is TargetState.DONE
    return f" {'Undone' if done else 'Undo asked for'} by <@{undo.requester.user_id}>."


def _changed(change: ChangeRequest) -> list[str]:
    target = change.target
    if target.state is not TargetState.DONE or target.before is None:
        return []
    fields = [
        f"{field.capitalize()}: {told(field, old)} → {told(field, new)}"
        for field, old, new in summary(change.update, target.before)
    ]
    at = "" if target.finished_at is None else f", read back at {clock_time(target.finished_at)}"
    return [f"{'; '.join(fields)}{at}."] if fields else []
