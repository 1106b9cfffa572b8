"""The message of a change of one token: posted when it ends, edited when it is undone."""

from collections import defaultdict
from datetime import datetime

from slack_sdk.models.blocks import RichTextElement

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind, summary
from bot.slack.blocks import buttons
from bot.slack.blocks.endings import (
    retried_line,
    timer_line,
    timer_text,
    undone_lines,
    undone_text,
)
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    paragraph,
    plain,
    quoted,
    shown,
)
from bot.slack.blocks.wording import (
    INTERRUPTED,
    clock_time,
    name_of,
    problem_lines,
    problem_text,
    provenance,
    told,
    whereabouts,
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


def change_message(
    change: ChangeRequest,
    *,
    undo: ChangeRequest | None = None,
    undoable: bool = False,
    retryable: bool = False,
    note: str = "",
) -> Message:
    """Tell what became of a change of one token, and of its undo if there was one.

    Args:
        change: The change as it is recorded.
        undo: The change that took it back, or is trying to.
        undoable: Whether to offer Undo.
        retryable: Whether to offer Retry.
        note: A last line, such as why it was sent to one person alone.
    """
    target = change.targets[0]
    lines = [
        joined([bold(_title(change, undo))], [plain(name_of(target.seen))]),
        joined([code(target.authorization_id)], *whereabouts(target)),
        *outcome_lines(change),
        provenance(change),
        *([] if undo is None else undone_lines(undo, outcome_lines(undo))),
        retried_line(change),
        *([] if undo is not None else [timer_line(change)]),
        *([[plain(note)]] if note else []),
    ]
    blocks = [paragraph(*lines)]
    if undo is None:
        offered = [buttons.undo(change)] if undoable else []
        offered += [buttons.retry(change)] if retryable else []
        if change.timer is not None and change.timer.ends_at is not None:
            offered.append(buttons.cancel(change, "Keep disabled"))
        if target.instance:
            offered.append(buttons.details(target.instance, target.authorization_id))
        blocks += [buttons.row(*offered)] if offered else []
    return Message(_text(change, undo), tuple(blocks))


def _title(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    target = change.targets[0]
    kind = target.effect
    match target.state:
        case TargetState.DONE:
            return f"{_DONE[kind]}{'' if undo is None else _UNDONE[undo.targets[0].state]}"
        case TargetState.APPLIED:
            return f"{_DONE[kind]}, but not read back"
        case TargetState.UNKNOWN:
            return f"{_UNDER_WAY[kind]}, outcome unknown"
        case TargetState.LOST:
            return f"{_UNDER_WAY[kind]}, outcome lost"
        case _:
            return NOT_DONE[kind]


def outcome_lines(change: ChangeRequest) -> list[Line]:
    """Tell what became of the one token of a change."""
    target = change.targets[0]
    lines: list[Line] = []
    if target.state is TargetState.DONE and target.before is not None:
        lines += _differences(target.update, target.before, target.finished_at)
    lines += problem_lines(target.problem)
    if change.interrupted:
        lines.append([plain(INTERRUPTED)])
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


def _text(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    parts = [f"{_title(change, undo)}: {_subject(change)}."]
    for each in (change, *(() if undo is None else (undo,))):
        parts += [*_changed(each), problem_text(each.targets[0].problem)]
        if each.interrupted:
            parts.append(INTERRUPTED)
    if change.reason:
        parts.append(f"Reason: {quoted(change.reason)}.")
    if undo is None:
        parts.append(timer_text(change))
    parts.append(f"Change {change.id}.")
    who = f" By <@{change.requester.user_id}>."
    said = " ".join(part for part in parts if part)
    return escaped(said) + who + ("" if undo is None else undone_text(undo))


def _subject(change: ChangeRequest) -> str:
    target = change.targets[0]
    seen = target.seen
    where = f"on {target.instance}" if target.instance else ""
    if seen is None:
        return f"{target.authorization_id} {where}".strip()
    whose = f"owner {shown(seen.user)}, organisation {shown(seen.org)}"
    return f"{name_of(seen)} ({target.authorization_id}), {whose}, {where}"


def _changed(change: ChangeRequest) -> list[str]:
    target = change.targets[0]
    if target.state is not TargetState.DONE or target.before is None:
        return []
    fields = [
        f"{field.capitalize()}: {told(field, old)} → {told(field, new)}"
        for field, old, new in summary(target.update, target.before)
    ]
    at = "" if target.finished_at is None else f", read back at {clock_time(target.finished_at)}"
    return [f"{'; '.join(fields)}{at}."] if fields else []
