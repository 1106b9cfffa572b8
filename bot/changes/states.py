"""The two state machines: of a request, and of each authorization that it changes."""

from enum import StrEnum


class RequestState(StrEnum):
    """How far a request has come.

    ACCEPTED: stored, and the executor's turn; nothing was sent to InfluxDB.
    PREVIEWED: shown to the requester, whose Confirm it awaits.
    AWAITING_APPROVAL: shown to everybody; it awaits the approvers' votes.
    EXECUTING: an executor has begun; each target's state says how far it is.
    UNRESOLVED: a target's outcome is unknown; the executor goes on reading.
    FINISHED: every target has its outcome.
    DENIED, EXPIRED, CANCELLED, VOIDED: closed before anything was sent: by an approver, by time,
    by its requester, or because a token is not what was shown any more.
    """

    ACCEPTED = "accepted"
    PREVIEWED = "previewed"
    AWAITING_APPROVAL = "awaiting_approval"
    EXECUTING = "executing"
    UNRESOLVED = "unresolved"
    FINISHED = "finished"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    VOIDED = "voided"

    @property
    def waiting(self) -> bool:
        """Tell whether it waits for a person."""
        return self in {RequestState.PREVIEWED, RequestState.AWAITING_APPROVAL}

    @property
    def closed(self) -> bool:
        """Tell whether it ended before anything was sent."""
        return self in _CLOSED

    @property
    def final(self) -> bool:
        """Tell whether it does not change any more."""
        return not _REQUEST_TRANSITIONS[self]


_CLOSED = {
    RequestState.DENIED,
    RequestState.EXPIRED,
    RequestState.CANCELLED,
    RequestState.VOIDED,
}
_REQUEST_TRANSITIONS: dict[RequestState, set[RequestState]] = {
    RequestState.ACCEPTED: {
        RequestState.PREVIEWED,
        RequestState.AWAITING_APPROVAL,
        RequestState.EXECUTING,
        RequestState.EXPIRED,
        RequestState.CANCELLED,
        RequestState.VOIDED,
    },
    RequestState.PREVIEWED: {
        RequestState.ACCEPTED,
        RequestState.EXPIRED,
        RequestState.CANCELLED,
    },
    RequestState.AWAITING_APPROVAL: {
        RequestState.ACCEPTED,
        RequestState.DENIED,
        RequestState.EXPIRED,
        RequestState.CANCELLED,
    },
    RequestState.EXECUTING: {RequestState.UNRESOLVED, RequestState.FINISHED},
    RequestState.UNRESOLVED: {RequestState.FINISHED},
    RequestState.FINISHED: set(),
    **{closed: set() for closed in _CLOSED},
}


class TargetState(StrEnum):
    """What has happened to one authorization of a request.

    PENDING: nothing was sent. INTENDED: the intent is recorded, the PATCH may have been sent.
    DONE: sent and read back. UNCHANGED: it was so already. APPLIED: sent, but it cannot be read
    back. REFUSED: judged and not sent. FAILED: not in effect. UNKNOWN: not known yet. LOST: nobody
    can tell any more, since the token or its owner is gone. CANCELLED: not sent, since somebody
    cancelled before its turn, or since it was not needed any more. RETURNING: done, found not to be
    the leaked token, and on its way back to what it was. RETURNED: as it was before, read back.
    """

    PENDING = "pending"
    INTENDED = "intended"
    DONE = "done"
    UNCHANGED = "unchanged"
    APPLIED = "applied"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    LOST = "lost"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    RETURNED = "returned"

    @property
    def final(self) -> bool:
        """Tell whether this is an outcome.

        It does not change any more, but for what was disabled as the leaked token and is not it.
        """
        return self not in _UNDER_WAY

    @property
    def taken(self) -> bool:
        """Tell whether InfluxDB has taken the change, be it read back or not."""
        return self in {TargetState.DONE, TargetState.APPLIED}

    @property
    def effective(self) -> bool:
        """Tell whether a change in this state took effect, or may have."""
        return self in {
            TargetState.DONE,
            TargetState.APPLIED,
            TargetState.UNKNOWN,
            TargetState.LOST,
            TargetState.RETURNING,
        }


_UNDER_WAY = {
    TargetState.PENDING,
    TargetState.INTENDED,
    TargetState.UNKNOWN,
    TargetState.RETURNING,
}
_SETTLED = {TargetState.DONE, TargetState.APPLIED, TargetState.FAILED, TargetState.LOST}
_TARGET_TRANSITIONS: dict[TargetState, set[TargetState]] = {
    TargetState.PENDING: {
        TargetState.INTENDED,
        TargetState.UNCHANGED,
        TargetState.REFUSED,
        TargetState.FAILED,
        TargetState.CANCELLED,
    },
    TargetState.INTENDED: {
        *_SETTLED,
        TargetState.UNCHANGED,
        TargetState.REFUSED,
        TargetState.UNKNOWN,
        TargetState.CANCELLED,
    },
    TargetState.UNKNOWN: _SETTLED,
    TargetState.DONE: {TargetState.RETURNING},
    TargetState.RETURNING: {TargetState.RETURNED, TargetState.DONE},
    TargetState.RETURNED: set(),
    TargetState.UNCHANGED: set(),
    TargetState.APPLIED: set(),
    TargetState.REFUSED: set(),
    TargetState.FAILED: set(),
    TargetState.LOST: set(),
    TargetState.CANCELLED: set(),
}


class IllegalTransitionError(RuntimeError):
    """The code tried to move a request or a target where it may not go."""


def move_request(current: RequestState, to: RequestState) -> RequestState:
    """Move a request on; raise IllegalTransitionError where the machine has no such arrow."""
    if to not in _REQUEST_TRANSITIONS[current]:
        raise IllegalTransitionError(f"a request does not go from {current} to {to}")
    return to


def move_target(current: TargetState, to: TargetState) -> TargetState:
    """Move a target on; raise IllegalTransitionError where the machine has no such arrow."""
    if to not in _TARGET_TRANSITIONS[current]:
        raise IllegalTransitionError(f"a target does not go from {current} to {to}")
    return to
