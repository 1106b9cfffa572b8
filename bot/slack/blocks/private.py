"""What the requester alone is told of their change."""

from bot.changes.request import ChangeRequest, TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind
from bot.slack.blocks.change import NOT_DONE, description, problem, whereabouts
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
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

_UNDER_WAY = {
    ChangeKind.DISABLE: "Disabling",
    ChangeKind.ENABLE: "Enabling",
    ChangeKind.DESCRIBE: "Changing the description of",
}


def private_outcome(change: ChangeRequest) -> Message:
    """Tell the requester alone that nothing was changed, and why."""
    target = change.target
    if target.state is TargetState.UNCHANGED:
        return _nothing_to_change(change)
    title = "Not undone" if change.undo_of else NOT_DONE[change.update.kind]
    told = target.problem
    words = by = ""
    if told is not None:
        words = f"{shown(told.message, LONGEST_TOLD)} {shown(told.hint)}"
        by = f" By <@{told.by}>." if told.by else ""
    return Message(
        f"{escaped(f'{title}: {target.authorization_id}. {words}')}{by} Change {change.id}.",
        (
            paragraph(
                joined([bold(title)], [code(target.authorization_id)]),
                *problem(target),
                [plain("change "), code(change.id)],
            ),
        ),
    )


def accepted_message(change: ChangeRequest) -> Message:
    """Tell the requester that their change is stored; its outcome follows by itself."""
    verb = "Undoing change" if change.undo_of else _UNDER_WAY[change.update.kind]
    subject = change.undo_of or change.target.authorization_id
    line: Line = [
        plain(f"{verb} "),
        code(subject),
        plain(" as change "),
        code(change.id),
        plain(". The outcome follows."),
    ]
    return Message(
        f"{verb} {subject} as change {change.id}. The outcome follows.", (paragraph(line),)
    )


def _nothing_to_change(change: ChangeRequest) -> Message:
    target = change.target
    state = f"It is already {_asked_for(change.update)}. Nothing was changed."
    return Message(
        escaped(f"Nothing to change: {target.authorization_id}. {state} Change {change.id}."),
        (
            paragraph(
                joined([bold("Nothing to change")], [plain(description(change))]),
                joined([code(target.authorization_id)], *whereabouts(target)),
                [plain(state)],
                [plain("change "), code(change.id)],
            ),
        ),
    )


def _asked_for(update: AuthorizationUpdate) -> str:
    parts = [] if update.status is None else [update.status.value]
    if update.description is not None:
        parts.append(f"described as {quoted(update.description)}")
    return " and ".join(parts)
