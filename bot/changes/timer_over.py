"""What is said of a timer that does not run, and of what has come since."""

from collections.abc import Sequence

from bot.changes.disabled_since import last_read
from bot.changes.drift_watch import decided_since
from bot.changes.errors import ErrorCode, Problem
from bot.changes.moments import moment
from bot.changes.moving import can_be_taken_back
from bot.changes.ports import Transaction
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target


async def timer_is_over(
    transaction: Transaction, request: ChangeRequest, command: str
) -> Problem | None:
    """Say of a timer that it does not run, and what has come since; None if none ever ran."""
    disabled = request.in_state(TargetState.DONE)
    if request.timer is None or not disabled:
        return None
    undone_by = request.undone_by
    undo = None if undone_by is None else await transaction.request(undone_by)
    others: list[Target] = []
    for name in {target.instance for target in disabled}:
        ids = [target.authorization_id for target in disabled if target.instance == name]
        since = decided_since(disabled)
        others += await transaction.other_words(request.id, name, ids, since)
    return timer_over(request, undo, others, command)


def timer_over(
    request: ChangeRequest, undo: ChangeRequest | None, others: Sequence[Target], command: str
) -> Problem:
    """Say that a timer does not run any more, why, and whether its tokens are active.

    Args:
        request: The disable, whose timer ran.
        undo: The change that took it back, or is trying to.
        others: What other requests want, or did, about its tokens.
        command: The slash command's name, for hints.
    """
    disabled = request.in_state(TargetState.DONE)
    found = [last_read(target, others) for target in disabled]
    active = len([each for each in found if each is not None and each.active])
    back = can_be_taken_back(request, command)
    who = "" if request.timer is None else request.timer.stopped_by
    if who:
        over = f"The timer of change {request.id} was stopped already."
    elif undo is None:
        over = f"The timer of change {request.id} does not run any more."
    elif undo.automatic:
        over = f"The timer of change {request.id} ended at {moment(undo.created_at)}."
    else:
        how = "was undone" if undo.state.final else "is being undone"
        over = f"Change {request.id} {how} as change {undo.id}, so its timer is over."
        who = undo.requester.user_id
    return Problem(
        ErrorCode.NOT_CANCELLABLE,
        f"{over} {_status(len(disabled), active)} Nothing more was changed.",
        back if undo is None and active < len(disabled) else "",
        by=who,
    )


def _status(count: int, active: int) -> str:
    if count == 1:
        return f"The token was {'active' if active else 'inactive'} when it was read last."
    were = "was" if active == 1 else "were"
    return f"Of its {count} tokens {active or 'none'} {were} active when they were read last."
