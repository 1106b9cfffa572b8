"""One token's side of a request: which one it is, how it is found, what has become of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.changes.authorization import Authorization
from bot.changes.errors import Problem
from bot.changes.states import TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind


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
        replaces: The digest of the description in whose place the new one comes, where its
            requester had that before them; None where they had not.
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
    replaces: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Tell it from all others: an InfluxDB that was copied has the same ids."""
        return self.instance, self.authorization_id

    @property
    def seen(self) -> Authorization | None:
        """Give the authorization as it was read last, if it was read at all."""
        return self.after or self.before

    @property
    def perhaps_sent(self) -> bool:
        """Tell whether its PATCH may be on its way, without an outcome yet."""
        if self.state is TargetState.RETURNING:
            return True
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
