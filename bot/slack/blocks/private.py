"""What one person alone is told of a change."""

from bot.changes.errors import Problem
from bot.changes.moments import clock_time
from bot.changes.outcomes import UNTOUCHED
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.commands.answers import Moved, MoveName
from bot.slack.blocks.change import NOT_DONE, without_sending
from bot.slack.blocks.leaks.receipt import outcome_of_leak
from bot.slack.blocks.listing import Listing, reasons_text
from bot.slack.blocks.problems import problem_lines, problem_mentions, problem_text
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    joined,
    paragraph,
    plain,
    read_out,
    shown,
)
from bot.slack.blocks.several import tally
from bot.slack.blocks.timers import stopped_words
from bot.slack.blocks.wording import (
    OUTCOMES,
    STANDS,
    STOPPING,
    done,
    identified,
    name_of,
    subject,
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
    MoveName.REVIEW: "reviewed",
}
_NEEDLESS = (
    "It needs no --break-glass, since no approval is asked for here: this is an ordinary disable."
)


def private_outcome(change: ChangeRequest) -> Message:
    """Tell the requester alone that nothing was changed, and why."""
    if not change.targets:
        return _not_done(change, f"No token {done(change.kind)}", subject(change), change.closing)
    if len(change.targets) > 1:
        return _nothing_of_several(change)
    target = change.targets[0]
    if target.state is TargetState.UNCHANGED:
        return _nothing_to_change(change)
    title = "Not undone" if change.undo_of else NOT_DONE[change.kind]
    return _not_done(change, title, target.authorization_id, target.problem)


def accepted_message(
    change: ChangeRequest, *, needlessly: bool = False, directly: bool = False
) -> Message:
    """Tell the requester that their change is stored, and what comes next by itself.

    Args:
        change: The change.
        needlessly: Whether it was asked for by break-glass, and is an ordinary change.
        directly: Whether what comes next goes to the requester alone.
    """
    does, goes_on, named = f"{verb(change)} ", f"{under_way(change)} ", subject(change)
    if change.undo_of is not None:
        does, goes_on, named = "undo change ", "Undoing change ", change.undo_of
    elif change.retry_of is not None:
        does, goes_on, named = "retry change ", "Retrying change ", change.retry_of
    elif len(change.targets) == 1:
        named = change.targets[0].authorization_id
    outcome = "The outcome comes by direct message." if directly else "The outcome follows."
    first, follows = goes_on, outcome
    if change.break_glass is not None:
        follows = "By break-glass: every approver is told, and one has to review it. " + follows
    elif change.several:
        first = f"Asked to {does}"
        approved = "" if change.approval is None else " and it is approved"
        shown_at = ", by direct message" if directly else ""
        follows = (
            f"It is shown first{shown_at}; nothing is changed before you confirm it{approved}."
        )
    elif change.approval is not None:
        first = f"Asked to {does}"
        follows = "It needs an approval; nothing is changed before."
        follows += " You are told by direct message." if directly else ""
    if needlessly:
        follows = f"{_NEEDLESS} {follows}"
    is_id = len(change.targets) == 1 or change.undo_of or change.retry_of
    line: Line = [
        plain(first),
        code(named) if is_id else plain(named),
        plain(" as change "),
        code(change.id),
        plain(f". {follows}"),
    ]
    return Message(read_out(f"{first}{named} as change {change.id}. {follows}"), (paragraph(line),))


def moved_message(moved: Moved) -> Message:
    """Tell whoever moved a request on what that did, and what comes next by itself."""
    change = moved.request
    did = _DID[moved.move]
    if moved.move is MoveName.REVIEW:
        next_up = "That is no approval: what was done stays as it is."
    elif moved.move is MoveName.CANCEL and change.state is RequestState.FINISHED:
        did, next_up = "stopped the timer of", stopped_words(change)
    elif moved.move is MoveName.CANCEL and not change.state.closed:
        next_up = STOPPING
    elif change.state.closed:
        next_up = UNTOUCHED
    elif change.state is RequestState.AWAITING_APPROVAL and change.approval is not None:
        missing = change.approval.quorum - len(change.approval.votes)
        next_up = f"It needs {missing} more {'vote' if missing == 1 else 'votes'}."
    elif change.approval is not None and change.approval.granted_at is None:
        next_up = "It needs an approval next; nothing is changed before."
    elif change.held_back:
        next_up = f"It waits: {shown(change.held_back, LONGEST_TOLD)}. The outcome follows."
    else:
        next_up = "It goes on now; the outcome follows."
    does = f": {verb(change)} {subject(change)}. {next_up}"
    line: Line = [plain(f"You have {did} change "), code(change.id), plain(does)]
    return Message(read_out(f"You have {did} change {change.id}{does}"), (paragraph(line),))


def decided_message(change: ChangeRequest) -> Message:
    """Tell the requester what has become of a request that needed others, or took long.

    It is told directly, since they may have left the channel where everybody sees it.
    """
    if change.state.closed:
        return _decided(change, f"was not carried out: {STANDS[change.state]}", change.closing)
    if change.leak is not None:
        title = outcome_of_leak(change, change.leak)
        return _decided(change, f"has come to its end: {title}", change.closing)
    if len(change.targets) != 1:
        return _decided(change, "was carried out", None, f"{tally(change)}.")
    target = change.targets[0]
    if target.state is TargetState.UNCHANGED:
        return _decided(change, "found nothing to change", None, without_sending(target))
    if target.state is not TargetState.DONE:
        outcome, _, _ = OUTCOMES[target.state].partition(",")
        title = f"did not go as asked: {outcome}"
        return _decided(change, title, target.problem, without_sending(target))
    at = target.finished_at
    return _decided(change, "is done", None, f"Read back at {clock_time(at)}." if at else "")


def _decided(
    change: ChangeRequest, outcome: str, problem: Problem | None, more: str = ""
) -> Message:
    title = f"Your change {change.id} {outcome}"
    does = f"{verb(change).capitalize()} {subject(change)}"
    if len(change.targets) == 1 and change.targets[0].seen is not None:
        does = f"{does} ({change.targets[0].authorization_id})"
    return Message(
        read_out(
            f"{title}.", f"{does}.", more, problem_text(problem), after=problem_mentions(problem)
        ),
        (paragraph([bold(title)], [plain(does)], [plain(more)], *problem_lines(problem)),),
    )


def _not_done(change: ChangeRequest, title: str, named: str, problem: Problem | None) -> Message:
    what: Line = [code(named) if change.targets else plain(named)]
    return Message(
        read_out(
            f"{title}: {named}.",
            problem_text(problem),
            f"Change {change.id}.",
            after=problem_mentions(problem),
        ),
        (
            paragraph(
                joined([bold(title)], what),
                *problem_lines(problem),
                [plain("change "), code(change.id)],
            ),
        ),
    )


def _nothing_of_several(change: ChangeRequest) -> Message:
    title = tally(change)
    return Message(
        read_out(f"{title}. {UNTOUCHED}", reasons_text(change.targets), f"Change {change.id}."),
        (
            paragraph(
                [bold(title)],
                [plain(UNTOUCHED)],
                *Listing.of(change).outcomes(change.targets),
                [plain("change "), code(change.id)],
            ),
        ),
    )


def _nothing_to_change(change: ChangeRequest) -> Message:
    target = change.targets[0]
    state = f"It is already {wanted(target.update)}. {UNTOUCHED}"
    return Message(
        read_out(
            f"Nothing to change: {identified(target)}. {state} {problem_text(target.problem)}",
            f"Change {change.id}.",
            after=problem_mentions(target.problem),
        ),
        (
            paragraph(
                joined([bold("Nothing to change")], [plain(name_of(target.seen))]),
                joined([code(target.authorization_id)], *whereabouts(target)),
                [plain(state)],
                *problem_lines(target.problem),
                [plain("change "), code(change.id)],
            ),
        ),
    )
