"""How a change ended after all: taken back, in part or as a whole, or tried again."""

from collections.abc import Sequence

from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.slack.blocks.people import named_text
from bot.slack.blocks.rich import Line, code, person, plain

_NOT_ENDED = "Not enabled again by itself"
_WHY = ", since its time was over"
_RESTORED = {TargetState.DONE, TargetState.UNCHANGED, TargetState.APPLIED}


def undone_title(undo: ChangeRequest) -> str:
    """Say in a change's title what became of its undo; one under way is told further down."""
    states = {target.state for target in undo.targets}
    if TargetState.UNKNOWN in states:
        return "; outcome of the undo unknown"
    if TargetState.LOST in states:
        return "; outcome of the undo lost"
    if _undone(undo):
        return f", then undone{', but not read back' if TargetState.APPLIED in states else ''}"
    return ", then undone in part" if undo.taken else ""


def undone_lines(undo: ChangeRequest, outcome: Sequence[Line]) -> list[Line]:
    """Say who took a change back, and what became of that.

    Args:
        undo: The change that took it back, or is trying to.
        outcome: What became of its tokens.
    """
    if _not_ended(undo):
        return [[plain(f"{_NOT_ENDED}, as change "), code(undo.id), plain(":")], *outcome]
    who: Line = [plain(" by itself")]
    if not undo.automatic:
        who = [plain(" by "), person(undo.requester.user_id)]
    why = plain(_WHY if undo.automatic else "")
    return [[plain(_how(undo)), *who, plain(" as change "), code(undo.id), why], *outcome]


def undone_text(undo: ChangeRequest) -> str:
    """Say in a top-level text who took a change back; this must not be escaped."""
    if _not_ended(undo):
        return f"{_NOT_ENDED}."
    if undo.automatic:
        return f"{_how(undo)} by itself{_WHY}."
    return named_text(f"{_how(undo)} by ", [undo.requester.user_id])


def retried(change: ChangeRequest) -> str:
    """Say that somebody tries again what failed; nothing if nobody does.

    What comes of it stands in that change's own message, so that it stands in one place.
    """
    if change.retried_by is None:
        return ""
    return f"What failed was asked for again: change {change.retried_by} tells the outcome."


def _how(undo: ChangeRequest) -> str:
    if _undone(undo):
        return "Undone"
    if undo.state.final and undo.taken:
        return "Undone in part"
    return "Being undone" if undo.automatic else "Undo asked for"


def _not_ended(undo: ChangeRequest) -> bool:
    """Tell whether a change that was to end by itself did not, which somebody may rely on."""
    return undo.automatic and undo.state.final and not undo.effective and not _undone(undo)


def _undone(undo: ChangeRequest) -> bool:
    states = {target.state for target in undo.targets}
    return bool(states) and states <= _RESTORED and states != {TargetState.UNCHANGED}
