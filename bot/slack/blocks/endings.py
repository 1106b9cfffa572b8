"""How a change ended after all: undone, tried again, or about to end by itself."""

from collections.abc import Sequence

from bot.changes.duration import in_words
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
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
)
from bot.slack.blocks.wording import moment, subject, timer_words


def undone_lines(undo: ChangeRequest, outcome: Sequence[Line]) -> list[Line]:
    """Say who took a change back, and what became of that.

    Args:
        undo: The change that took it back, or is trying to.
        outcome: What became of its tokens.
    """
    if undo.automatic and not _undone(undo):
        return [
            [plain("Not enabled again by itself, as change "), code(undo.id), plain(":")],
            *outcome,
        ]
    who: Line = [
        *(
            [plain("by itself")]
            if undo.automatic
            else [plain("by "), person(undo.requester.user_id)]
        ),
        plain(" as change "),
        code(undo.id),
    ]
    verb = "Undone " if _undone(undo) else "Undo asked for "
    return [[plain(verb), *who], *outcome]


def undone_text(undo: ChangeRequest) -> str:
    """Say in a top-level text who took a change back."""
    if undo.automatic and not _undone(undo):
        return " It was not enabled again by itself."
    verb = "Undone" if _undone(undo) else "Undo asked for"
    who = "by itself" if undo.automatic else f"by <@{undo.requester.user_id}>"
    return f" {verb} {who}."


def timer_line(change: ChangeRequest) -> Line:
    """Say when a disable ends by itself, or who has stopped that; nothing without a timer."""
    timer = change.timer
    if timer is not None and timer.stopped_by:
        return [plain("Stays disabled: "), person(timer.stopped_by), plain(" stopped the timer.")]
    return [plain(timer_words(change))]


def timer_text(change: ChangeRequest) -> str:
    """Say in a top-level text when a disable ends by itself."""
    timer = change.timer
    if timer is not None and timer.stopped_by:
        return "It stays disabled; the timer was stopped."
    return timer_words(change)


def retried_line(change: ChangeRequest) -> Line:
    """Say that what failed was tried again; nothing if it was not."""
    if change.retried_by is None:
        return []
    return [plain("What failed is tried again as change "), code(change.retried_by), plain(".")]


def end_message(change: ChangeRequest) -> Message:
    """Tell the requester that a disable is about to end by itself."""
    timer = change.timer
    at = "" if timer is None or timer.ends_at is None else f" at {moment(timer.ends_at)}"
    lasts = "" if timer is None else f", as asked with --for {in_words(timer.lasts)}"
    title = "About to be enabled again"
    told = f"It is enabled again{at}{lasts}, unless somebody keeps it disabled."
    return Message(
        escaped(f"{title}: {subject(change)}. {told} Change {change.id}."),
        (
            paragraph(
                joined([bold(title)], [plain(subject(change))]),
                [plain(told)],
                [plain("change "), code(change.id)],
            ),
            buttons.row(buttons.cancel(change, "Keep disabled")),
        ),
    )


def _undone(undo: ChangeRequest) -> bool:
    return bool(undo.targets) and all(target.state is TargetState.DONE for target in undo.targets)
