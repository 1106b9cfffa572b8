from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.changes.approval import Approval
from bot.changes.break_glass import BreakGlass
from bot.changes.errors import Problem
from bot.changes.leak_report import LeakReport, LeakTold
from bot.changes.people import Person
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Choice, Selection, Target
from bot.changes.update import DISABLED, AuthorizationUpdate, ChangeKind


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
        typed_by: Who has typed it in the requester's name on the bot's own machine, such as
            ``cli:root``; empty if the requester asked in Slack.
        keeper: The process that alone carries it out while it lives, since it holds what belongs to
            it: a leaked secret, or somebody who waits at its terminal. Empty if any process may.
        leak: The leaked secret whose token is to be found and disabled, if it is about one.
        leak_of: The id of the report whose owner's other tokens this change disables.
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
        break_glass: That it ran at once although it needed an approval, and who has reviewed it.
        never_alone: Whether another person has to agree, whatever the policy says, since it takes
            back what was done by break-glass.
        watched_at: When what it disabled was looked at last; None until the first look.
        drifts: The looks at which tokens were found active again, the first one first.
        automatic: Whether the bot asked for it in the requester's name, when a timer ended.
        message: The Slack message that tells of it, once it is posted.
        feed_message: Its copy in the feed.
        announced: Whether its outcome was told.
        leak_told: Who else was told of a leaked secret, and how much.
        posted_by_url: Whether a response URL has posted its message, which leaves no place to edit,
            while the rest of it is still to be told.
        interrupted: How often an executor had to take it up again.
        lease: The claim under which it is being carried out; what another claim has taken over
            cannot be saved any more.
        taken_from: The claim that had let its lease run out when this one took it over; None where
            nobody had it. It is not stored.
        version: Grows whenever a person moves the request on.
        asked_with: The id, in the log, of what Slack sent when it was asked for.
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
    typed_by: str = ""
    keeper: str = ""
    leak: LeakReport | None = None
    leak_of: str | None = None
    break_glass: BreakGlass | None = None
    never_alone: bool = False
    watched_at: datetime | None = None
    drifts: tuple[Drift, ...] = ()
    automatic: bool = False
    message: MessageRef | None = None
    feed_message: MessageRef | None = None
    announced: bool = False
    leak_told: LeakTold = field(default_factory=LeakTold)
    posted_by_url: bool = False
    interrupted: int = 0
    lease: str | None = None
    taken_from: str | None = None
    version: int = 0
    rule: str = ""
    policy_digest: str = ""
    asked_with: str = ""

    @property
    def several(self) -> bool:
        """Tell whether it is about more than one named token: shown first, and confirmed.

        Those that may be the leaked one are disabled one at a time, and put back.
        """
        if self.leak is not None:
            return False
        return self.selection is not None or len(self.targets) > 1

    @property
    def to_be_ordered(self) -> bool:
        """Tell whether its requester has to say which tokens are tried as the leaked one first."""
        if self.leak is None or self.confirmed_at is not None:
            return False
        open_on = [t.instance for t in self.in_state(TargetState.PENDING)]
        return any(open_on.count(name) > 1 for name in open_on if not self.leak.named(name))

    def holds_as_shown(self, target: Target) -> bool:
        """Tell whether somebody has agreed to a change of a token as it was shown, and not else.

        The leaked token is another matter: what an instance has named is to be disabled whatever
        has become of it since.
        """
        if self.leak is not None and self.leak.named(target.instance):
            return False
        return self.confirmed_at is not None or self.approval is not None

    @property
    def updates(self) -> tuple[AuthorizationUpdate, ...]:
        """List what is to be set, on each target or on whatever is selected."""
        if self.leak is not None and not self.targets:
            return (DISABLED,)
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

    @property
    def taken(self) -> bool:
        """Tell whether InfluxDB has taken the change of any target."""
        return any(target.state.taken for target in self.targets)

    @property
    def unreviewed(self) -> bool:
        """Tell whether it is a break-glass that somebody has to review, now or once it is over.

        What changed nothing needs no review.
        """
        if self.break_glass is None or self.break_glass.reviewed_at is not None:
            return False
        return not self.state.final or bool(self.effective)

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
        """Put targets in the place of those with the same authorization.

        One whose instance was not known is found by its id alone.
        """
        known = {target.key: target for target in changed}
        found = {target.authorization_id: target for target in changed}

        def now(target: Target) -> Target:
            unknown = not target.instance and target.authorization_id in found
            return found[target.authorization_id] if unknown else known.get(target.key, target)

        return replace(self, targets=tuple(now(target) for target in self.targets))


_BY_WEIGHT = (ChangeKind.ENABLE, ChangeKind.DISABLE)
