"""What is said where somebody cannot move a request on."""

from datetime import datetime

from bot.changes.errors import ErrorCode, Problem
from bot.changes.moments import clock_time
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState

ASK_AGAIN = "Ask again if it is still wanted."
ANOTHER_APPROVER = "Another approver has to agree."
_IS = {
    RequestState.ACCEPTED: "is under way",
    RequestState.PREVIEWED: "waits for its requester to confirm it",
    RequestState.AWAITING_APPROVAL: "waits for approval",
    RequestState.EXECUTING: "is being carried out",
    RequestState.UNRESOLVED: "was carried out, and its outcome is not known yet",
    RequestState.FINISHED: "is finished",
    RequestState.DENIED: "was denied",
    RequestState.EXPIRED: "has expired",
    RequestState.CANCELLED: "was cancelled",
    RequestState.VOIDED: "is void, since a token is not as it was shown any more",
}


def already_decided(request: ChangeRequest) -> Problem:
    """Say what has become of a request before somebody could move it on, and by whom."""
    by = "" if request.closing is None else request.closing.by
    is_now = _IS[request.state]
    approval = request.approval
    if approval is not None and approval.granted_at is not None and not request.state.closed:
        is_now = f"is already approved{'' if request.state.final else ' and under way'}"
        by = approval.votes[-1].voter.user_id if approval.votes else ""
    elif request.state is RequestState.ACCEPTED and request.confirmed_at is not None:
        is_now = "is already confirmed and under way"
    return Problem(
        ErrorCode.ALREADY_DECIDED,
        f"Change {request.id} {is_now}. Nothing more was changed.",
        by=by,
    )


def too_late(request: ChangeRequest, now: datetime) -> Problem | None:
    """Say that a request's time is over, or give None if it is not."""
    if request.expires_at is None or now < request.expires_at:
        return None
    return Problem(
        ErrorCode.EXPIRED,
        f"Change {request.id} has expired at {clock_time(request.expires_at)}. Nothing was "
        "changed.",
        ASK_AGAIN,
    )


def voted_before(request: ChangeRequest) -> Problem:
    """Say that somebody has agreed already."""
    approval = request.approval
    votes, quorum = (0, 1) if approval is None else (len(approval.votes), approval.quorum)
    return Problem(
        ErrorCode.ALREADY_DECIDED,
        f"You have agreed to change {request.id} already; it has {votes} of {quorum} votes. "
        "Nothing more was changed.",
        ANOTHER_APPROVER,
    )


def not_the_requester(request: ChangeRequest) -> Problem:
    """Say that only the requester can confirm a change."""
    return Problem(
        ErrorCode.NOT_YOURS,
        f"Only who asked for change {request.id} can confirm it. Nothing was changed.",
        "To ask for the same yourself, type the command.",
        by=request.requester.user_id,
    )


def can_be_taken_back(request: ChangeRequest, command: str) -> str:
    """Say how to undo what a change has done."""
    return f"What it changed can be taken back: {command} undo {request.id}."


def not_cancellable(request: ChangeRequest, command: str) -> Problem:
    """Say that there is nothing left to cancel."""
    more = "" if request.state.closed else "more "
    return Problem(
        ErrorCode.NOT_CANCELLABLE,
        f"Change {request.id} {_IS[request.state]}, so there is nothing to cancel. "
        f"Nothing {more}was changed.",
        can_be_taken_back(request, command) if request.effective else "",
        by="" if request.closing is None else request.closing.by,
    )


def not_chosen(request: ChangeRequest) -> Problem:
    """Say that a confirmation does not name one of the instances that were offered."""
    offered = " or ".join(choice.instance for choice in request.choices)
    return Problem(
        ErrorCode.AMBIGUOUS,
        f"Change {request.id} needs one of the instances {offered}. Nothing was changed.",
        "Press the button of the one that is meant.",
    )


def closed_by(state: RequestState, user_id: str, reason: str) -> Problem:
    """Say who closed a request, and why, for its message."""
    if state is RequestState.DENIED:
        why = f" The reason: “{reason}”" if reason else ""
        return Problem(ErrorCode.DENIED, f"Nothing was changed.{why}", by=user_id)
    return Problem(ErrorCode.CANCELLED, "Nothing was changed.", by=user_id)
