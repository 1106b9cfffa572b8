"""The message of a change of several tokens: a result for each of them."""

from bot.changes.moments import clock_time
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.slack.blocks import buttons
from bot.slack.blocks.drift import drift_lines, drift_text
from bot.slack.blocks.endings import retried, undone_lines, undone_text, undone_title
from bot.slack.blocks.glass import glass_buttons, glass_lines, glass_mentions, glass_text
from bot.slack.blocks.listing import ORDER, Listing, place, reasons_text
from bot.slack.blocks.people import change_text, named_text, provenance, stopped_by
from bot.slack.blocks.problems import problem_lines, problem_mentions, problem_text
from bot.slack.blocks.rich import Line, Message, bold, joined, paragraph, person, plain
from bot.slack.blocks.timers import runs, timer_line, timer_mentions, timer_text
from bot.slack.blocks.wording import INTERRUPTED, done, tokens

_COUNTED = {
    TargetState.FAILED: "failed",
    TargetState.UNKNOWN: "with an unknown outcome",
    TargetState.LOST: "with a lost outcome",
    TargetState.APPLIED: "applied but not read back",
    TargetState.REFUSED: "refused",
    TargetState.CANCELLED: "cancelled",
    TargetState.UNCHANGED: "already so",
    TargetState.RETURNED: "put back",
}


def several_message(
    change: ChangeRequest,
    *,
    undo: ChangeRequest | None = None,
    undoable: bool = False,
    retryable: bool = False,
    note: str = "",
) -> Message:
    """Tell what became of each token of a change, what did not go as asked first.

    Args:
        change: The change as it is recorded.
        undo: The change that took it back, or is trying to.
        undoable: Whether to offer Undo.
        retryable: Whether to offer Retry.
        note: A last line, such as why it was sent to one person alone.
    """
    title = f"{tally(change)}{'' if undo is None else undone_title(undo)}"
    outcome = "" if undo is None else _outcome_of(undo)
    cancelled = stopped_by(change)
    lines: list[Line] = [
        joined([bold(title)], [plain(place(change))]),
        *problem_lines(change.closing),
        *Listing.of(change).outcomes(change.targets),
        [plain("Cancelled by "), person(cancelled), plain(" while it was under way.")]
        if cancelled
        else [],
        [plain(INTERRUPTED if change.interrupted else "")],
        *drift_lines(change),
        *glass_lines(change),
        provenance(change),
        *([] if undo is None else undone_lines(undo, [[plain(outcome)], *drift_lines(undo)])),
        [plain(retried(change))],
        *([timer_line(change)] if undo is None else []),
        [plain(note)],
    ]
    mentions = (
        named_text("Cancelled by ", [cancelled] if cancelled else []),
        problem_mentions(change.closing),
        glass_mentions(change),
        timer_mentions(change) if undo is None else undone_text(undo),
    )
    text = change_text(
        change,
        f"{title}{f' ({place(change)})' if place(change) else ''}.",
        problem_text(change.closing),
        _read_back(change),
        reasons_text(change.targets),
        INTERRUPTED if change.interrupted else "",
        drift_text(change),
        glass_text(change),
        f"Undo: {outcome}" if outcome else "",
        "" if undo is None else drift_text(undo),
        retried(change),
        timer_text(change) if undo is None else "",
        after=" ".join(each for each in mentions if each),
    )
    offered = glass_buttons(change)
    if undo is None and undoable:
        offered.append(buttons.undo(change))
    if retryable:
        offered.append(buttons.retry(change))
    if undo is None and runs(change):
        offered.append(buttons.keep(change))
    return Message(text, (paragraph(*lines), *([buttons.row(*offered)] if offered else [])))


def _outcome_of(undo: ChangeRequest) -> str:
    """Count what became of an undo; what did not go as asked stands in its own message."""
    if not undo.state.final and not undo.effective:
        return ""
    in_part = any(target.problem is not None for target in undo.targets)
    more = f" Which and why: history {undo.id}." if undo.state.final and in_part else ""
    return f"{tally(undo)}.{more}"


def tally(change: ChangeRequest) -> str:
    """Count the outcomes of a change: ``12 tokens disabled, 1 failed``."""
    counts = {state: len(change.in_state(state)) for state in ORDER}
    did = counts[TargetState.DONE]
    parts = [f"{tokens(did) if did else 'No token'} {done(change.kind)}"]
    parts += [f"{counts[state]} {word}" for state, word in _COUNTED.items() if counts[state]]
    waiting = len(change.in_state(TargetState.PENDING, TargetState.INTENDED, TargetState.RETURNING))
    parts += [f"{waiting} to come"] if waiting else []
    return ", ".join(parts)


def _read_back(change: ChangeRequest) -> str:
    moments = [t.finished_at for t in change.in_state(TargetState.DONE) if t.finished_at]
    return f"Read back at {clock_time(max(moments))}." if moments else ""
