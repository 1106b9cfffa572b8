from datetime import datetime, timedelta

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import ChangeRequest, RequestState, TargetState


def state_to_restore(
    original: ChangeRequest, now: datetime, window: timedelta, command: str
) -> Authorization | Problem:
    """Give what an undo restores, or say why the change cannot be undone, by its record alone.

    Args:
        original: The change that is to be undone.
        now: The moment of asking.
        window: How long after its end a change can be undone.
        command: The slash command's name, for hints.
    """
    target = original.target
    instead = f"Say what you want instead: {command} disable, enable or describe it."
    if original.undo_of is not None:
        return Problem(
            ErrorCode.NOT_UNDOABLE,
            f"{original.id} is itself an undo, and an undo is not undone. Nothing was changed.",
            instead,
        )
    if original.state is not RequestState.FINISHED:
        return Problem(
            ErrorCode.NOT_UNDOABLE,
            f"Change {original.id} is not finished yet. Nothing was changed.",
            "Wait for its outcome, then undo it.",
        )
    before, finished_at = target.before, target.finished_at
    if target.state is not TargetState.DONE or before is None or finished_at is None:
        return Problem(
            ErrorCode.NOT_UNDOABLE,
            f"Change {original.id} ended as {target.state.value}, so there is nothing to undo. "
            "Nothing was changed.",
            f"See {command} history {target.authorization_id}.",
        )
    if now - finished_at > window:
        return Problem(
            ErrorCode.UNDO_WINDOW_OVER,
            f"Change {original.id} can no longer be undone: its "
            f"{window.total_seconds() / 3600:g} hours are over. Nothing was changed.",
            instead,
        )
    return before


def already_undone(original: ChangeRequest, undo: ChangeRequest | None) -> Problem:
    """Say who undid a change, or is undoing it, before somebody else could.

    Args:
        original: The change.
        undo: The request that has it reserved.
    """
    finished = undo is not None and undo.state is RequestState.FINISHED
    state = "is already undone" if finished else "is already being undone"
    return Problem(
        ErrorCode.ALREADY_UNDONE,
        f"Change {original.id} {state}, as change {original.undone_by}. Nothing more was changed.",
        by="" if undo is None else undo.requester.user_id,
    )


def no_such_change(change_id: str, command: str) -> Problem:
    """Say that no change has this id."""
    return Problem(
        ErrorCode.UNKNOWN_CHANGE,
        f"There is no change {change_id}. Nothing was changed.",
        f"{command} history lists the changes.",
    )


def nothing_to_undo(command: str) -> Problem:
    """Say that a person has asked for no change in this channel."""
    return Problem(
        ErrorCode.UNKNOWN_CHANGE,
        "You have asked for no change in this channel. Nothing was changed.",
        f"Name the change: {command} undo CHANGE.",
    )


def undoable(change: ChangeRequest, now: datetime, window: timedelta) -> bool:
    """Tell whether a change's message shows an Undo button now."""
    free = change.undone_by is None
    return free and not isinstance(state_to_restore(change, now, window, ""), Problem)
