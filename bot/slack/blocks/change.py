"""The one message of a change: posted when it ends, edited when it is undone."""

from datetime import datetime

from slack_sdk.models.blocks import RichTextElement

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest, Target, TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind, summary
from bot.slack.blocks import buttons
from bot.slack.blocks.rich import (
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
    ChangeKind.DESCRIBE: "Token described",
}
_NOT_DONE = {
    ChangeKind.DISABLE: "Token not disabled",
    ChangeKind.ENABLE: "Token not enabled",
    ChangeKind.DESCRIBE: "Token not described",
}
_UNDER_WAY = {
    ChangeKind.DISABLE: "Disabling",
    ChangeKind.ENABLE: "Enabling",
    ChangeKind.DESCRIBE: "Describing",
}


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
        joined([bold(_title(change, undo))], [plain(_description(change))]),
        joined([code(target.authorization_id)], *_whereabouts(target)),
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


def private_outcome(change: ChangeRequest) -> Message:
    """Tell the requester alone that nothing was changed, and why."""
    target = change.target
    if target.state is TargetState.UNCHANGED and target.after is not None:
        state = f"It is already so: {_asked_for(change.update)}. Nothing was changed."
        lines: list[Line] = [
            joined([bold("Nothing to change")], [plain(_description(change))]),
            joined([code(target.authorization_id)], *_whereabouts(target)),
            [plain(state)],
            [plain("change "), code(change.id)],
        ]
        text = f"Nothing to change: {target.authorization_id}. {state}"
    else:
        title = "Not undone" if change.undo_of else _NOT_DONE[change.update.kind]
        lines = [
            joined([bold(title)], [code(target.authorization_id)]),
            *_problem(target),
            [plain("change "), code(change.id)],
        ]
        problem = target.problem
        told = "" if problem is None else f"{problem.message} {problem.hint}".strip()
        text = f"{title}: {target.authorization_id}. {told}"
    return Message(escaped(text), (paragraph(*lines),))


def accepted_message(change: ChangeRequest) -> Message:
    """Tell the requester that their change is stored; its outcome follows by itself."""
    target = change.target
    verb = "Undoing" if change.undo_of else _UNDER_WAY[change.update.kind]
    subject = change.undo_of or target.authorization_id
    line = [
        plain(f"{verb} "),
        code(subject),
        plain(" as change "),
        code(change.id),
        plain(". The outcome follows."),
    ]
    return Message(
        f"{verb} {subject} as change {change.id}. The outcome follows.", (paragraph(line),)
    )


def _title(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    kind, state = change.update.kind, change.target.state
    if undo is not None and undo.target.state is TargetState.DONE:
        return f"{_DONE[kind]}, then undone"
    match state:
        case TargetState.DONE:
            return _DONE[kind]
        case TargetState.APPLIED:
            return f"{_DONE[kind]}, but not read back"
        case TargetState.UNKNOWN:
            return f"{_UNDER_WAY[kind]}: outcome unknown"
        case _:
            return _NOT_DONE[kind]


def _description(change: ChangeRequest) -> str:
    seen = change.target.after or change.target.before
    if seen is None:
        return ""
    return shown(seen.description) or "no description"


def _whereabouts(target: Target) -> list[Line]:
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
    lines += _problem(target)
    if change.interrupted:
        lines.append([plain("The bot was interrupted meanwhile, and took this up again.")])
    return lines


def _differences(
    update: AuthorizationUpdate, before: Authorization, at: datetime | None
) -> list[Line]:
    lines: list[list[RichTextElement]] = []
    for field, old, new in summary(update, before):
        if field == "status":
            lines.append([plain(f"Status: {old} → "), bold(new)])
        else:
            lines.append([plain(f"Description: {quoted(old)} → "), bold(quoted(new))])
    if lines and at is not None:
        lines[-1].append(plain(f", read back at {clock_time(at)}"))
    return list(lines)


def _problem(target: Target) -> list[Line]:
    problem = target.problem
    if problem is None:
        return []
    by: Line = [plain(" By "), person(problem.by), plain(".")] if problem.by else []
    lines: list[Line] = [[plain(problem.message), *by]]
    if problem.hint:
        lines.append([plain(problem.hint)])
    return lines


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


def _asked_for(update: AuthorizationUpdate) -> str:
    parts = [] if update.status is None else [update.status.value]
    if update.description is not None:
        parts.append(f"described as {quoted(update.description)}")
    return " and ".join(parts)


def _text(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    target = change.target
    parts = [f"{_title(change, undo)}: {_description(change)} ({target.authorization_id})."]
    for told in (change, *(() if undo is None else (undo,))):
        parts += [
            f"{field.capitalize()}: {shown(old)} → {shown(new)}."
            for field, old, new in _changed(told)
        ]
        if told.target.problem is not None:
            parts.append(told.target.problem.message)
    if change.reason:
        parts.append(f"Reason: {quoted(change.reason)}.")
    parts.append(f"Change {change.id}.")
    who = f" By <@{change.requester.user_id}>."
    undone = "" if undo is None else f" Undone by <@{undo.requester.user_id}>."
    return escaped(" ".join(parts)) + who + (undone if undo and _is_done(undo) else "")


def _changed(change: ChangeRequest) -> tuple[tuple[str, str, str], ...]:
    if change.target.state is not TargetState.DONE or change.target.before is None:
        return ()
    return summary(change.update, change.target.before)


def _is_done(change: ChangeRequest) -> bool:
    return change.target.state is TargetState.DONE
