"""What one person alone is told of a change."""

from bot.changes.errors import Problem
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.commands.answers import Moved, MoveName
from bot.slack.blocks.change import NOT_DONE
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    paragraph,
    plain,
    shown,
)
from bot.slack.blocks.several import results, tally
from bot.slack.blocks.wording import (
    clock_time,
    name_of,
    problem_lines,
    subject,
    tokens,
    under_way,
    verb,
    wanted,
    whereabouts,
)

_DID = {
    MoveName.CONFIRM: "confirmed",
    MoveName.APPROVE: "approved",
    MoveName.DENY: "denied",
    MoveName.CANCEL: "cancelled",
}


def private_outcome(change: ChangeRequest) -> Message:
    """Tell the requester alone that nothing was changed, and why."""
    if len(change.targets) != 1:
        return _nothing_of_several(change)
    target = change.targets[0]
    if target.state is TargetState.UNCHANGED:
        return _nothing_to_change(change)
    title = "Not undone" if change.undo_of else NOT_DONE[change.kind]
    return _not_done(change, title, target.authorization_id, target.problem)


def accepted_message(change: ChangeRequest) -> Message:
    """Tell the requester that their change is stored, and what comes next by itself."""
    if change.undo_of:
        what, named = "Undoing change", change.undo_of
    elif len(change.targets) == 1:
        what, named = under_way(change), change.targets[0].authorization_id
    else:
        what, named = under_way(change), subject(change)
    follows = "The outcome follows."
    if change.several:
        follows = "What would be changed is shown first; nothing happens before you confirm it."
    elif change.approval is not None:
        what = f"Asking for approval: {what[:1].lower()}{what[1:]}"
        follows = "Nothing is changed before it is approved."
    line: Line = [
        plain(f"{what} "),
        code(named) if len(change.targets) == 1 or change.undo_of else plain(named),
        plain(" as change "),
        code(change.id),
        plain(f". {follows}"),
    ]
    return Message(escaped(f"{what} {named} as change {change.id}. {follows}"), (paragraph(line),))


def moved_message(moved: Moved) -> Message:
    """Tell whoever moved a request on what that did, and what comes next by itself."""
    change = moved.request
    what = _DID[moved.move]
    if moved.move is MoveName.CANCEL and change.state is RequestState.EXECUTING:
        next_up = "What was not sent yet is not sent. The outcome follows."
    elif moved.move is MoveName.CANCEL and change.state.final and not change.state.closed:
        what, next_up = "stopped the timer of", "What is disabled stays disabled."
    elif change.state.closed:
        next_up = "Nothing was changed."
    elif change.state is RequestState.AWAITING_APPROVAL and change.approval is not None:
        missing = change.approval.quorum - len(change.approval.votes)
        next_up = f"It needs {missing} more {'vote' if missing == 1 else 'votes'}."
    else:
        next_up = "It is carried out now; the outcome follows."
    line: Line = [
        plain(f"You have {what} change "),
        code(change.id),
        plain(f": {verb(change)} {subject(change)}. {next_up}"),
    ]
    text = f"You have {what} change {change.id}: {verb(change)} {subject(change)}. {next_up}"
    return Message(escaped(text), (paragraph(line),))


def decided_message(change: ChangeRequest) -> Message:
    """Tell the requester what has become of a request that needed others.

    It is told directly, since they may have left the channel where everybody sees it.
    """
    if change.state.closed:
        problem = change.closing
        title = f"Your change {change.id} was not carried out"
        return _told(title, change, problem, "")
    if len(change.targets) == 1:
        target = change.targets[0]
        outcome = "is done" if target.state is TargetState.DONE else "did not go as asked"
        at = target.finished_at
        when = f"Read back at {clock_time(at)}." if at and target.state is TargetState.DONE else ""
        return _told(f"Your change {change.id} {outcome}", change, target.problem, when)
    return _told(f"Your change {change.id} was carried out", change, None, f"{tally(change)}.")


def _told(title: str, change: ChangeRequest, problem: Problem | None, more: str) -> Message:
    what = f"{verb(change)} {subject(change)}"
    words = "" if problem is None else shown(problem.message)
    by = "" if problem is None or not problem.by else f" By <@{problem.by}>."
    return Message(
        escaped(f"{title}: {what}. {words} {more}") + by,
        (
            paragraph(
                [bold(title)],
                [plain(what)],
                *problem_lines(problem),
                [plain(more)],
            ),
        ),
    )


def _not_done(change: ChangeRequest, title: str, named: str, problem: Problem | None) -> Message:
    words = by = ""
    if problem is not None:
        words = f"{shown(problem.message, 1_000)} {shown(problem.hint)}"
        by = f" By <@{problem.by}>." if problem.by else ""
    return Message(
        f"{escaped(f'{title}: {named}. {words}')}{by} Change {change.id}.",
        (
            paragraph(
                joined([bold(title)], [code(named)]),
                *problem_lines(problem),
                [plain("change "), code(change.id)],
            ),
        ),
    )


def _nothing_of_several(change: ChangeRequest) -> Message:
    title = f"Nothing to {verb(change)}"
    if not change.targets:
        return _not_done(change, title, subject(change), change.closing)
    told = f"{tokens(len(change.targets))} looked at. Nothing was changed."
    return Message(
        escaped(f"{title}: {tally(change)}. {told} Change {change.id}."),
        (
            paragraph(
                [bold(title)],
                [plain(told)],
                *results(change.targets),
                [plain("change "), code(change.id)],
            ),
        ),
    )


def _nothing_to_change(change: ChangeRequest) -> Message:
    target = change.targets[0]
    state = f"It is already {wanted(target.update)}. Nothing was changed."
    return Message(
        escaped(f"Nothing to change: {target.authorization_id}. {state} Change {change.id}."),
        (
            paragraph(
                joined([bold("Nothing to change")], [plain(name_of(target.seen))]),
                joined([code(target.authorization_id)], *whereabouts(target)),
                [plain(state)],
                [plain("change "), code(change.id)],
            ),
        ),
    )
