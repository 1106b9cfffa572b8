"""The message of a change of several tokens: how far it is, and a result for each token."""

from collections.abc import Sequence

from bot.changes.request import ChangeRequest, Target
from bot.changes.states import TargetState
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
    person,
    plain,
    quoted,
    shown,
)
from bot.slack.blocks.wording import (
    INTERRUPTED,
    clock_time,
    done,
    name_of,
    provenance,
    tokens,
    under_way,
)

# What did not go as asked comes first, so that it is never what is cut off.
_ORDER = (
    TargetState.FAILED,
    TargetState.UNKNOWN,
    TargetState.LOST,
    TargetState.APPLIED,
    TargetState.REFUSED,
    TargetState.CANCELLED,
    TargetState.UNCHANGED,
    TargetState.DONE,
)
_LISTED = 15
_LONGEST_WHY = 160
_HEADINGS = {
    TargetState.FAILED: "Failed",
    TargetState.UNKNOWN: "Outcome unknown",
    TargetState.LOST: "Outcome lost",
    TargetState.APPLIED: "Applied, not read back",
    TargetState.REFUSED: "Refused",
    TargetState.CANCELLED: "Cancelled before its turn",
    TargetState.UNCHANGED: "Nothing to change",
    TargetState.DONE: "Done",
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
    title = tally(change)
    undone = [] if undo is None else undone_lines(undo, _outcome_of(undo))
    cancelled = _cancelled_by(change)
    lines: list[Line] = [
        joined([bold(title)], [plain(_whose(change))]),
        *results(change.targets),
        cancelled,
        provenance(change),
        *([[plain(INTERRUPTED)]] if change.interrupted else []),
        *undone,
        retried_line(change),
        *([] if undo is not None else [timer_line(change)]),
        *([[plain(note)]] if note else []),
    ]
    blocks = [paragraph(*lines)]
    offered = []
    if undo is None and undoable:
        count = len(change.in_state(TargetState.DONE))
        offered.append(buttons.undo(change, f"Undo {count}"))
    if retryable:
        offered.append(buttons.retry(change, f"Retry {len(change.in_state(TargetState.FAILED))}"))
    if undo is None and change.timer is not None and change.timer.ends_at is not None:
        offered.append(buttons.cancel(change, "Keep disabled"))
    blocks += [buttons.row(*offered)] if offered else []
    parts = [
        f"{title}.",
        *_failures(change.targets),
        f"Reason: {quoted(change.reason)}." if change.reason else "",
        "" if undo is not None else timer_text(change),
        f"Change {change.id}.",
    ]
    who = f" By <@{change.requester.user_id}>."
    said = escaped(" ".join(part for part in parts if part)) + who
    return Message(said + ("" if undo is None else undone_text(undo)), tuple(blocks))


def progress_message(change: ChangeRequest, sent: int) -> Message:
    """Tell how many of a change's PATCHes were sent so far."""
    total = len([t for t in change.targets if t.state is not TargetState.REFUSED])
    title = f"{under_way(change)} {tokens(total)}"
    told = f"{sent} of {total} sent."
    return Message(
        f"{title}: {told} Change {change.id}.",
        (
            paragraph([bold(title)], [plain(told)], provenance(change)),
            buttons.row(buttons.cancel(change, "Cancel the rest")),
        ),
    )


def tally(change: ChangeRequest) -> str:
    """Count the outcomes of a change: ``12 tokens disabled, 1 failed``."""
    counts = {state: len(change.in_state(state)) for state in _ORDER}
    did = counts[TargetState.DONE]
    parts = [f"{tokens(did)} {done(change.kind)}" if did else f"No token {done(change.kind)}"]
    words = {
        TargetState.FAILED: "failed",
        TargetState.UNKNOWN: "with an unknown outcome",
        TargetState.LOST: "with a lost outcome",
        TargetState.APPLIED: "applied but not read back",
        TargetState.REFUSED: "refused",
        TargetState.CANCELLED: "cancelled",
        TargetState.UNCHANGED: "already so",
    }
    parts += [f"{counts[state]} {word}" for state, word in words.items() if counts[state]]
    waiting = len(change.in_state(TargetState.PENDING, TargetState.INTENDED))
    parts += [f"{waiting} to come"] if waiting else []
    return ", ".join(parts)


def results(targets: Sequence[Target]) -> list[Line]:
    """List the outcomes, grouped, and say how many are not listed."""
    lines: list[Line] = []
    room = _LISTED
    for state in _ORDER:
        theirs = [target for target in targets if target.state is state]
        if not theirs:
            continue
        at = _read_back_at(theirs) if state is TargetState.DONE else ""
        lines.append([bold(f"{_HEADINGS[state]}: {len(theirs)}"), plain(at)])
        lines += [target_line(target) for target in theirs[:room]]
        if len(theirs) > room:
            lines.append([plain(f"and {len(theirs) - room} more")])
        room = max(0, room - len(theirs))
    return lines


def _outcome_of(undo: ChangeRequest) -> list[Line]:
    return [[plain(f"{tally(undo)}.")]] if undo.state.final else []


def _read_back_at(targets: Sequence[Target]) -> str:
    moments = [target.finished_at for target in targets if target.finished_at is not None]
    return f", read back at {clock_time(max(moments))}" if moments else ""


def target_line(target: Target) -> Line:
    """Show one token of several, and what is to be said of it."""
    why = "" if target.problem is None else _why(target.problem.message)
    return joined(
        [code(target.authorization_id)],
        [plain(name_of(target.seen))],
        [plain(target.instance)],
        [plain(why)],
    )


def _why(message: str) -> str:
    # The title says that nothing was changed on those.
    return shown(message.removesuffix("Nothing was changed.").strip(), _LONGEST_WHY)


def _failures(targets: Sequence[Target]) -> list[str]:
    told = [t for t in targets if t.problem is not None and t.state is not TargetState.DONE]
    return [
        f"{target.authorization_id}: {_why(target.problem.message)}"
        for target in told[:_LISTED]
        if target.problem is not None
    ]


def _whose(change: ChangeRequest) -> str:
    if change.selection is not None:
        return f"of {shown(change.selection.user)} on {change.selection.instance}"
    return ""


def _cancelled_by(change: ChangeRequest) -> Line:
    if not change.cancelled_by:
        return []
    return [plain("Cancelled by "), person(change.cancelled_by), plain(" while it was under way.")]
