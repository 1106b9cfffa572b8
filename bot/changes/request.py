import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr

from bot.changes.authorization import Authorization
from bot.changes.errors import Problem
from bot.changes.update import AuthorizationUpdate

# Crockford's base 32: no I, L, O or U, so that an id can be read out on the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHANGE_ID_LENGTH = 6


def new_change_id() -> str:
    """Draw the short id of a change, such as ``7F3K2Q``."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CHANGE_ID_LENGTH))


class RequestState(StrEnum):
    """How far a request has come.

    ACCEPTED: stored and allowed; nothing was sent to InfluxDB.
    EXECUTING: an executor has begun; each target's state says how far it is.
    UNRESOLVED: a target's outcome is unknown; the executor goes on reading.
    FINISHED: every target has its outcome.
    """

    ACCEPTED = "accepted"
    EXECUTING = "executing"
    UNRESOLVED = "unresolved"
    FINISHED = "finished"


_REQUEST_TRANSITIONS = {
    RequestState.ACCEPTED: {RequestState.EXECUTING},
    RequestState.EXECUTING: {RequestState.UNRESOLVED, RequestState.FINISHED},
    RequestState.UNRESOLVED: {RequestState.FINISHED},
    RequestState.FINISHED: set(),
}


class TargetState(StrEnum):
    """What has happened to one authorization of a request.

    PENDING: nothing was sent. INTENDED: the intent is recorded, the PATCH may have been sent.
    DONE: sent and read back. UNCHANGED: it was so already. APPLIED: sent, but it cannot be read
    back. REFUSED: judged and not sent. FAILED: not in effect. UNKNOWN: not known yet. LOST: nobody
    can tell any more, since the token or its owner is gone.
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

    @property
    def final(self) -> bool:
        """Tell whether this is an outcome, which does not change any more."""
        return not _TARGET_TRANSITIONS[self]


_SETTLED = {TargetState.DONE, TargetState.APPLIED, TargetState.FAILED, TargetState.LOST}
_TARGET_TRANSITIONS: dict[TargetState, set[TargetState]] = {
    TargetState.PENDING: {
        TargetState.INTENDED,
        TargetState.UNCHANGED,
        TargetState.REFUSED,
        TargetState.FAILED,
    },
    TargetState.INTENDED: {*_SETTLED, TargetState.REFUSED, TargetState.UNKNOWN},
    TargetState.UNKNOWN: _SETTLED,
    TargetState.DONE: set(),
    TargetState.UNCHANGED: set(),
    TargetState.APPLIED: set(),
    TargetState.REFUSED: set(),
    TargetState.FAILED: set(),
    TargetState.LOST: set(),
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


@dataclass(frozen=True)
class Person:
    """Somebody in Slack, by the ids that Slack vouches for, never by name."""

    user_id: str
    team_id: str
    enterprise_id: str | None = None


@dataclass(frozen=True)
class MessageRef:
    """Where a Slack message is: its channel and its timestamp."""

    channel_id: str
    ts: str


@dataclass(frozen=True)
class Origin:
    """Where a request was made, and how to answer there.

    Attributes:
        channel_id: The channel of the command, or of the message whose button was pressed.
        response_url: Slack's answering address, good for 5 uses in 30 minutes; it is a secret.
        pressed: The message whose button was pressed.
    """

    channel_id: str
    response_url: SecretStr | None = None
    pressed: MessageRef | None = None


@dataclass(frozen=True)
class Target:
    """One authorization that a request changes, and what has become of it."""

    instance: str
    authorization_id: str
    state: TargetState = TargetState.PENDING
    before: Authorization | None = None
    after: Authorization | None = None
    problem: Problem | None = None
    intended_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class ChangeRequest:
    """What one person asked for, and how far it is.

    Attributes:
        id: The change's short id, which people use to name it.
        update: What is to be set on every target.
        undo_of: The id of the change that this one takes back.
        undone_by: The id of the change that takes, or took, this one back.
        message: The Slack message that tells of it, once it is posted.
        interrupted: How often an executor had to take it up again.
        lease: The claim under which it is being carried out; what another claim has taken over
            cannot be saved any more.
    """

    id: str
    requester: Person
    origin: Origin
    update: AuthorizationUpdate
    reason: str
    created_at: datetime
    targets: tuple[Target, ...]
    state: RequestState = RequestState.ACCEPTED
    undo_of: str | None = None
    undone_by: str | None = None
    message: MessageRef | None = None
    interrupted: int = 0
    lease: str | None = None
    rule: str = field(default="")
    policy_digest: str = field(default="")

    @property
    def target(self) -> Target:
        """Give the one target of a request that has exactly one."""
        (only,) = self.targets
        return only
