import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.changes.authorization import Authorization
from bot.changes.errors import Problem
from bot.changes.people import Person
from bot.changes.states import RequestState, TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind

# Crockford's base 32: no I, L, O or U, so that an id can be read out on the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHANGE_ID_LENGTH = 6


def new_change_id() -> str:
    """Draw the short id of a change, such as ``7F3K2Q``."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CHANGE_ID_LENGTH))


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
class ActiveAgain:
    """How a token that a request had disabled was found later, set active by others.

    Attributes:
        token: The authorization as it was read then.
        drift: The number of the drift at which it was found.
        again_by: The id of the change that disables, or disabled, it again.
    """

    token: Authorization
    drift: int
    again_by: str | None = None


@dataclass(frozen=True)
class Drift:
    """One look at which tokens of a request were found active again, and where that is told.

    Attributes:
        number: Its place among the drifts of the request, from 0.
        found_at: When it was found.
        message: The Slack message that tells of it, once it is posted.
        feed_message: Its copy in the feed.
        told: Whether it was told.
    """

    number: int
    found_at: datetime
    message: MessageRef | None = None
    feed_message: MessageRef | None = None
    told: bool = False


@dataclass(frozen=True)
class Target:
    """One authorization that a request changes, and what has become of it.

    Attributes:
        instance: The name of the InfluxDB instance that has it; empty until it is found.
        update: What is to be set on it.
        before: The authorization as it was shown, or read just before the change.
        after: The authorization as it was read last.
        intended_at: When the intent was recorded; None once it is known that nothing was sent.
        active_again: How it was found later, if somebody else has set it active again.
        gone_at: When it was found deleted, after it was disabled.
    """

    instance: str
    authorization_id: str
    update: AuthorizationUpdate
    state: TargetState = TargetState.PENDING
    before: Authorization | None = None
    after: Authorization | None = None
    problem: Problem | None = None
    intended_at: datetime | None = None
    finished_at: datetime | None = None
    active_again: ActiveAgain | None = None
    gone_at: datetime | None = None

    @property
    def seen(self) -> Authorization | None:
        """Give the authorization as it was read last, if it was read at all."""
        return self.after or self.before

    @property
    def perhaps_sent(self) -> bool:
        """Tell whether its PATCH may be on its way, without an outcome yet."""
        return self.state is TargetState.INTENDED and self.intended_at is not None

    @property
    def unsent(self) -> bool:
        """Tell whether it is known that its PATCH was not sent."""
        return self.state is TargetState.PENDING or (
            self.state is TargetState.INTENDED and self.intended_at is None
        )

    @property
    def effect(self) -> ChangeKind:
        """Name what the update does, by what was there before if that is known."""
        return self.update.kind if self.before is None else self.update.effect_on(self.before)


@dataclass(frozen=True)
class Selection:
    """All active tokens of one user, which are looked up before anything else is done.

    Attributes:
        user: The name of the user in InfluxDB.
        update: What is to be set on each.
    """

    instance: str
    user: str
    update: AuthorizationUpdate


@dataclass(frozen=True)
class Choice:
    """One instance on which the token of a request may be.

    Attributes:
        instance: Its name.
        token: The authorization as it was read there.
    """

    instance: str
    token: Authorization


@dataclass(frozen=True)
class Vote:
    """One approver's Approve."""

    voter: Person
    at: datetime


@dataclass(frozen=True)
class Approval:
    """The second person that a request needs.

    Attributes:
        rule: Why it needs one.
        approvers: The ids of the users and user groups that could agree when it was asked.
        quorum: How many of them it takes.
        votes: Who has agreed, the first one first.
        granted_at: When there were enough votes; None while there are not.
    """

    rule: str
    approvers: tuple[str, ...]
    quorum: int
    votes: tuple[Vote, ...] = ()
    granted_at: datetime | None = None


@dataclass(frozen=True)
class Timer:
    """A disable that ends by itself.

    Attributes:
        lasts: How long after its outcome the tokens are enabled again.
        ends_at: When that is; None until something was disabled, or once it is stopped.
        noted_at: When it was said that the end is near.
        stopped_by: The user id of whoever stopped the timer.
    """

    lasts: timedelta
    ends_at: datetime | None = None
    noted_at: datetime | None = None
    stopped_by: str = ""


@dataclass(frozen=True)
class ChangeRequest:
    """What one person asked for, and how far it is.

    Attributes:
        id: The change's short id, which people use to name it.
        targets: The authorizations; empty until a selection is looked up.
        selection: Whose tokens are to be looked up, if they are not named themselves.
        prepared: Whether the targets were looked up and read, to be shown.
        choices: Where the token was found, if that is not clear; the requester chooses.
        confirmed_at: When the requester confirmed what was shown.
        expires_at: Until when a preview can be confirmed, or an approval carries.
        approval: The second person that it needs, or needed.
        closing: Why it was closed before anything was sent, or who did that.
        held_back: Why it waits although it is its turn; empty if it does not.
        cancelled_by: The user id of whoever cancelled it while it was carried out.
        undo_of: The id of the change that this one takes back.
        undone_by: The id of the change that takes, or took, this one back.
        retry_of: The id of the change whose failed targets this one tries again.
        retried_by: The id of the change that tries this one's failed targets again.
        again_of: The id of the change whose tokens, active again since, this one disables again.
        watched_at: When what it disabled was looked at last; None until the first look.
        drifts: The looks at which tokens were found active again, the first one first.
        automatic: Whether the bot asked for it in the requester's name, when a timer ended.
        message: The Slack message that tells of it, once it is posted.
        feed_message: Its copy in the feed.
        announced: Whether its outcome was told.
        posted_by_url: Whether a response URL has posted its message, which leaves no place to edit,
            while the rest of it is still to be told.
        interrupted: How often an executor had to take it up again.
        lease: The claim under which it is being carried out; what another claim has taken over
            cannot be saved any more.
        version: Grows whenever a person moves the request on.
    """

    id: str
    requester: Person
    origin: Origin
    targets: tuple[Target, ...]
    reason: str
    created_at: datetime
    state: RequestState = RequestState.ACCEPTED
    selection: Selection | None = None
    prepared: bool = False
    choices: tuple[Choice, ...] = ()
    confirmed_at: datetime | None = None
    expires_at: datetime | None = None
    approval: Approval | None = None
    closing: Problem | None = None
    held_back: str = ""
    cancelled_by: str = ""
    timer: Timer | None = None
    undo_of: str | None = None
    undone_by: str | None = None
    retry_of: str | None = None
    retried_by: str | None = None
    again_of: str | None = None
    watched_at: datetime | None = None
    drifts: tuple[Drift, ...] = ()
    automatic: bool = False
    message: MessageRef | None = None
    feed_message: MessageRef | None = None
    announced: bool = False
    posted_by_url: bool = False
    interrupted: int = 0
    lease: str | None = None
    version: int = 0
    rule: str = ""
    policy_digest: str = ""

    @property
    def several(self) -> bool:
        """Tell whether it is about more than one named token: shown first, and confirmed."""
        return self.selection is not None or len(self.targets) > 1

    @property
    def updates(self) -> tuple[AuthorizationUpdate, ...]:
        """List what is to be set, on each target or on whatever is selected."""
        if self.targets or self.selection is None:
            return tuple(target.update for target in self.targets)
        return (self.selection.update,)

    @property
    def kinds(self) -> frozenset[ChangeKind]:
        """Name everything that the request causes."""
        return frozenset(kind for update in self.updates for kind in update.kinds)

    @property
    def kind(self) -> ChangeKind:
        """Name the request by what weighs most in it."""
        kinds = {update.kind for update in self.updates}
        return next(kind for kind in (*_BY_WEIGHT, ChangeKind.DESCRIBE) if kind in kinds)

    def in_state(self, *states: TargetState) -> tuple[Target, ...]:
        """List the targets that have come to one of these states."""
        return tuple(target for target in self.targets if target.state in states)

    @property
    def effective(self) -> tuple[Target, ...]:
        """List the targets on which the change took effect, or may have."""
        return tuple(target for target in self.targets if target.state.effective)

    def drifted(self, number: int) -> tuple[Target, ...]:
        """List the targets that were found active again at one of the drifts."""
        return tuple(
            target
            for target in self.targets
            if target.active_again is not None and target.active_again.drift == number
        )

    def again_by(self, number: int) -> str | None:
        """Name the change that disables again what was found at a drift, if there is one."""
        named = (target.active_again for target in self.drifted(number))
        return next((each.again_by for each in named if each and each.again_by), None)

    def with_drift(self, drift: Drift) -> "ChangeRequest":
        """Put a drift in the place of the one with its number, or behind the others."""
        others = (each for each in self.drifts if each.number != drift.number)
        return replace(self, drifts=tuple(sorted((*others, drift), key=lambda each: each.number)))

    def with_targets(self, *changed: Target) -> "ChangeRequest":
        """Put targets in the place of those with the same authorization."""
        by_id = {target.authorization_id: target for target in changed}
        return replace(self, targets=tuple(by_id.get(t.authorization_id, t) for t in self.targets))


_BY_WEIGHT = (ChangeKind.ENABLE, ChangeKind.DISABLE)
