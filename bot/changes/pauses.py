"""How long a request waits before it is looked at again, and when that has an end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState


def soonest(*moments: datetime | None) -> datetime | None:
    """Give the first of some moments, of which there may be none."""
    return min((each for each in moments if each is not None), default=None)


@dataclass(frozen=True)
class Pauses:
    """How long things are waited for.

    Attributes:
        first: After the first failure; pauses grow with how long there was nothing but failures.
        longest: The longest.
        held_back: While all changes are stopped.
        in_line: Before a request looks whether its turn has come; whoever ends calls the next one,
            so this is for calls that nobody hears.
        told_in_line: How long a request stands in line before that is said.
        unreachable: The longest, while an instance cannot be reached and nothing was sent.
        try_for: How long a request is tried before an instance that cannot be reached fails it.
        resolve_within: How long an outcome that is not known is read for, from when it was sent.
        tell_within: How long it is tried to tell what Slack takes on no way, from its news on.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=5)
    held_back: timedelta = timedelta(seconds=2)
    in_line: timedelta = timedelta(seconds=10)
    told_in_line: timedelta = timedelta(seconds=3)
    unreachable: timedelta = timedelta(seconds=30)
    try_for: timedelta = timedelta(hours=2)
    resolve_within: timedelta = timedelta(days=1)
    tell_within: timedelta = timedelta(days=2)

    def later(self, since: datetime, now: datetime, *, turn: float | None = None) -> datetime:
        """Put the next try as far ahead as the first one is back, within bounds.

        Args:
            since: Since when it is tried.
            now: The moment.
            turn: In how many seconds its turn comes, where that is known; nothing else matters
                then.
        """
        if turn is not None:
            return now + timedelta(seconds=turn)
        return now + max(self.first, min(now - since, self.longest))

    def tell_again(self, since: datetime, now: datetime, turn: float | None) -> datetime | None:
        """Say when to tell again what Slack did not take, or None to give it up.

        Args:
            since: Since when there is something to tell.
            now: The moment.
            turn: In how many seconds its turn comes; what has a turn is not given up.
        """
        if turn is None and now - since > self.tell_within:
            return None
        return self.later(since, now, turn=turn)

    def read_again(self, request: ChangeRequest, now: datetime) -> datetime | None:
        """Say when to read again what is not known, or None to give it up."""
        since = _sent(request)
        return self.later(since, now) if now < since + self.resolve_within else None

    def unreached(self, request: ChangeRequest, now: datetime, at_least: float | None) -> datetime:
        """Put the next try of an instance that could not be reached, the last one at the end."""
        pause = max(self.first, min(now - its_turn(request), self.unreachable))
        next_try = now + max(pause, timedelta(seconds=at_least or 0))
        return min(next_try, max(now + self.first, self.gives_up_at(request)))

    def gives_up_at(self, request: ChangeRequest) -> datetime:
        """Tell when an instance that cannot be reached fails a request."""
        return its_turn(request) + self.try_for

    def waits_until(self, request: ChangeRequest) -> datetime:
        """Tell when a request that waits for an instance ends, be it that its approval does."""
        ends = request.expires_at if request.approval is not None else None
        gives_up = self.gives_up_at(request)
        return gives_up if ends is None else min(gives_up, ends)


def _sent(request: ChangeRequest) -> datetime:
    """Give the moment since which an outcome may be known."""
    unknown = request.in_state(TargetState.UNKNOWN)
    sent = (target.intended_at for target in unknown if target.intended_at is not None)
    return max(sent, default=request.created_at)


def its_turn(request: ChangeRequest) -> datetime:
    """Give the moment at which nobody had to agree any more."""
    granted = None if request.approval is None else request.approval.granted_at
    return granted or request.confirmed_at or request.created_at
