"""What an undo, a retry or a Disable again may do, by the record of the change alone."""

from datetime import datetime, timedelta

from bot.changes.duration import in_words
from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.update import DISABLED

_OUTCOMES = {
    RequestState.DENIED: "was denied",
    RequestState.EXPIRED: "expired",
    RequestState.CANCELLED: "was cancelled",
    RequestState.VOIDED: "became void",
}
_WAITS = {
    RequestState.PREVIEWED: ", which waits for its requester to confirm it",
    RequestState.AWAITING_APPROVAL: ", which waits for approval",
}


def restoring(original: ChangeRequest) -> tuple[Target, ...]:
    """Give the targets of the change that restores what was before another."""
    return tuple(
        Target(target.instance, target.authorization_id, target.update.inverse(target.before))
        for target in original.in_state(TargetState.DONE)
        if target.before is not None
    )


def targets_to_restore(
    original: ChangeRequest, now: datetime, window: timedelta, command: str
) -> tuple[Target, ...] | Problem:
    """Give what an undo restores, or say why the change cannot be undone.

    What was disabled again after others had set it active is the later change's to restore.

    Args:
        original: The change that is to be undone.
        now: The moment of asking.
        window: How long after its end a change can be undone.
        command: The slash command's name, for hints.
    """
    instead = f"Say what you want instead: {command} disable, enable or describe it."
    if original.undo_of is not None:
        return Problem(
            ErrorCode.NOT_UNDOABLE,
            f"{original.id} is itself an undo, and an undo is not undone. Nothing was changed.",
            instead,
        )
    if not original.state.final:
        return Problem(
            ErrorCode.NOT_FINISHED,
            f"Change {original.id} is not finished yet. Nothing was changed.",
            "Wait for its outcome, then undo it."
            if original.state is RequestState.UNRESOLVED
            else f"Cancel it, in its message or in {command} pending, or undo it once it is over.",
        )
    found = restoring(original)
    ended = [t.finished_at for t in original.targets if t.finished_at is not None]
    if not found or not ended:
        return Problem(
            ErrorCode.NOT_UNDOABLE,
            f"Change {original.id} {_outcome(original)}, so there is nothing to undo. "
            "Nothing was changed.",
            f"See {command} history {original.id}.",
        )
    if now - max(ended) > window:
        return Problem(
            ErrorCode.UNDO_WINDOW_OVER,
            f"Change {original.id} can no longer be undone: its {in_words(window)} are over. "
            "Nothing was changed.",
            instead,
        )
    again = disabled_again(original)
    left = tuple(target for target in found if target.key not in again)
    if not left:
        later = next(iter(again.values()))
        return Problem(
            ErrorCode.NOT_UNDOABLE,
            f"What change {original.id} had disabled was set active by others, and change {later} "
            "disables it again. Nothing was changed.",
            f"Undo that one: {command} undo {later}.",
        )
    return left


def already_undone(original: ChangeRequest, undo: ChangeRequest | None) -> Problem:
    """Say who undid a change, or is undoing it, before somebody else could.

    Args:
        original: The change.
        undo: The request that has it reserved.
    """
    finished = undo is not None and undo.state.final
    state = "is already undone" if finished else "is already being undone"
    waits = "" if undo is None else _WAITS.get(undo.state, "")
    return Problem(
        ErrorCode.ALREADY_UNDONE if finished else ErrorCode.BEING_UNDONE,
        f"Change {original.id} {state}, as change {original.undone_by}{waits}. Nothing more was "
        "changed.",
        by="" if undo is None else undo.requester.user_id,
    )


def targets_to_retry(original: ChangeRequest, command: str) -> tuple[Target, ...] | Problem:
    """Give the failed targets of a change, to be tried once more, or say why there are none."""
    failed = original.in_state(TargetState.FAILED)
    if original.state.final and failed:
        return tuple(
            Target(t.instance, t.authorization_id, t.update, replaces=t.replaces) for t in failed
        )
    return Problem(
        ErrorCode.NOTHING_TO_RETRY,
        f"Change {original.id} has no failed token to try again. Nothing was changed.",
        f"See {command} history {original.id}.",
    )


def already_retried(original: ChangeRequest, retry: ChangeRequest | None) -> Problem:
    """Say who tried a change again before somebody else could."""
    return Problem(
        ErrorCode.ALREADY_RETRIED,
        f"Change {original.id} is already tried again, as change {original.retried_by}. Nothing "
        "more was changed.",
        by="" if retry is None else retry.requester.user_id,
    )


def targets_to_disable_again(original: ChangeRequest, number: int) -> tuple[Target, ...]:
    """Give what was found active again at a drift and is disabled again by nobody yet.

    Its status alone is set: the description may be what somebody meant to write.
    """
    return tuple(
        Target(target.instance, target.authorization_id, DISABLED)
        for target in original.drifted(number)
        if target.active_again is not None and target.active_again.again_by is None
    )


def nothing_active_again(original: ChangeRequest, command: str) -> Problem:
    """Say that nothing of a change was found active again."""
    return Problem(
        ErrorCode.NOTHING_ACTIVE_AGAIN,
        f"No token of change {original.id} was found active again. Nothing was changed.",
        f"See {command} history {original.id}.",
    )


def already_disabled_again(original: ChangeRequest, again: ChangeRequest | None) -> Problem:
    """Say who disabled again what a change had disabled, before somebody else could.

    Args:
        original: The change.
        again: The request that has it reserved.
    """
    finished = again is not None and again.state.final
    state = "is already disabled again" if finished else "is already being disabled again"
    return Problem(
        ErrorCode.ALREADY_DISABLED_AGAIN,
        f"What change {original.id} had disabled {state}"
        f"{'' if again is None else f', as change {again.id}'}. Nothing more was changed.",
        by="" if again is None else again.requester.user_id,
    )


def no_such_change(change_id: str, command: str) -> Problem:
    """Say that no change has this id."""
    return Problem(
        ErrorCode.UNKNOWN_CHANGE,
        f"There is no change {change_id}. Nothing was changed.",
        f"{command} history lists the changes.",
    )


def nothing_to_undo(command: str) -> Problem:
    """Say that no change had an effect which a person has asked for in this channel."""
    return Problem(
        ErrorCode.UNKNOWN_CHANGE,
        "You have asked for no change in this channel that had an effect. Nothing was changed.",
        f"Name the change: {command} undo CHANGE.",
    )


def undoable(change: ChangeRequest, now: datetime, window: timedelta) -> bool:
    """Tell whether a change's message shows an Undo button now."""
    if change.undone_by is not None or _all_active_again(change):
        return False
    return not isinstance(targets_to_restore(change, now, window, ""), Problem)


def retryable(change: ChangeRequest) -> bool:
    """Tell whether a change's message shows a Retry button."""
    if change.retried_by is not None:
        return False
    return not isinstance(targets_to_retry(change, ""), Problem)


def disabled_again(change: ChangeRequest) -> dict[tuple[str, str], str]:
    """Give what was disabled again since, by instance and id, and the change that did so."""
    return {
        target.key: target.active_again.again_by
        for target in change.targets
        if target.active_again is not None and target.active_again.again_by is not None
    }


def _all_active_again(change: ChangeRequest) -> bool:
    """Tell whether others have taken back all that a change did, so that an undo cannot."""
    done = change.in_state(TargetState.DONE)
    return bool(done) and all(target.active_again is not None for target in done)


def _outcome(change: ChangeRequest) -> str:
    if change.state in _OUTCOMES:
        return _OUTCOMES[change.state]
    states = dict.fromkeys(target.state.value for target in change.targets)
    return f"ended as {' and '.join(states)}" if states else "came to nothing"
