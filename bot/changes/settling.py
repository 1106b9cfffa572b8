"""What a reading says has become of a target, before and after its PATCH."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.changes import outcomes
from bot.changes.authorization import Authorization
from bot.changes.errors import (
    AuthorizationNotFoundError,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.progress import Progress
from bot.changes.reading import Reading, Readings
from bot.changes.states import TargetState
from bot.changes.target import Target

_GONE = (AuthorizationNotFoundError, OrphanError)


@dataclass(frozen=True)
class Terms:
    """Under what terms a request is carried out now.

    Attributes:
        barred: Why the policy does not let it pass now, or None.
        last_try: Whether what cannot be reached now has failed, since its time is over.
        stopped: Why nothing may be sent now, although what may have been sent is read; empty if it
            may.
        only: The id of the one authorization that is carried out now; empty for all.
    """

    barred: Problem | None = None
    last_try: bool = False
    stopped: str = ""
    only: str = ""


class Settling:
    """Settle targets by what was read of them; nothing is sent or stored here.

    Args:
        progress: Moves targets on.
        late: How long a PATCH whose answer was lost may still arrive.
    """

    def __init__(self, progress: Progress, late: timedelta) -> None:
        self._progress = progress
        self._late = late

    def without_sending(
        self, targets: Sequence[Target], readings: Readings, terms: Terms
    ) -> tuple[list[Target], list[Target]]:
        """Settle what a reading alone decides; give that, and what is still to be judged."""
        settled: list[Target] = []
        undecided: list[Target] = []
        for target in targets:
            reading = readings.by_id[target.authorization_id]
            ended = self.by_reading(target, reading, terms)
            if ended is not None and ended != target:
                settled.append(ended)
            elif ended is None:
                undecided.append(target)
        return settled, undecided

    def by_reading(self, target: Target, reading: Reading, terms: Terms) -> Target | None:
        """Give the target as a reading settles it, unchanged if it has to wait; None to judge."""
        if target.unsent:
            return self._unread_before(target, reading, terms)
        if isinstance(reading, UpstreamError):
            return self.unread(target, reading, accepted=False)
        if target.state is TargetState.UNKNOWN:
            return self._settled(target, reading, fault=None)
        if target.update.holds(reading) or not outcomes.same_revision(target, reading):
            return self._settled(target, reading, fault=None)
        return None

    def never_sent(self, targets: Sequence[Target]) -> list[Target]:
        """List the targets that are as before although their PATCHes would have arrived by now."""
        return [
            target
            for target in targets
            if target.perhaps_sent and self._progress.age_of_intent(target) >= self._late
        ]

    def cancelled(self, unsent: Target, before: Sequence[Target], readings: Readings) -> Target:
        """Give a target that was cancelled before its turn.

        Args:
            unsent: The target, as it was about to be sent.
            before: The targets as they were when they were taken up.
            readings: What was read of them.
        """
        authorization_id = unsent.authorization_id
        (was,) = (t for t in before if t.authorization_id == authorization_id)
        if not was.perhaps_sent:
            return self._progress.reached(unsent, TargetState.CANCELLED)
        return self.given_up(was, readings.found[authorization_id], TargetState.CANCELLED, None)

    def given_up(
        self, target: Target, current: Authorization, state: TargetState, problem: Problem | None
    ) -> Target:
        """Give a target that is not sent, or not again.

        What was sent before an interruption may still arrive, so that is waited for.
        """
        if target.perhaps_sent and self._progress.age_of_intent(target) < self._late:
            waiting = outcomes.may_have_been_sent(current, problem)
            return self._progress.reached(target, TargetState.UNKNOWN, problem=waiting)
        told = None if problem is None else outcomes.untouched(problem)
        return self._progress.reached(target, state, problem=told, before=current)

    def nothing_to_do(
        self, target: Target, current: Authorization, made_so: Problem | None = None
    ) -> Target:
        """Give a target that is as asked already: by its own PATCH, if that may have been sent."""
        if not target.unsent:
            return self._settled(target, current, fault=None)
        return self._progress.reached(
            target, TargetState.UNCHANGED, problem=made_so, before=current, after=current
        )

    def read_back(self, target: Target, reading: Reading, error: UpstreamError | None) -> Target:
        """Give a target as the reading after its PATCH settles it; ``error`` is what that met."""
        if isinstance(reading, UpstreamError):
            return self.unread(target, reading, accepted=error is None)
        return self._settled(target, reading, None if error is None else error.problem)

    def unread(self, target: Target, error: UpstreamError, *, accepted: bool) -> Target:
        """Give a target that cannot be read after its PATCH, which may have been accepted."""
        if isinstance(error, _GONE) and accepted:
            problem = outcomes.applied_unread(error.problem)
            return self._progress.reached(target, TargetState.APPLIED, problem=problem)
        if isinstance(error, _GONE):
            problem = outcomes.gone(error.problem)
            return self._progress.reached(target, TargetState.LOST, problem=problem)
        if target.state is TargetState.UNKNOWN:
            return target
        problem = outcomes.unknown(error.problem)
        return self._progress.reached(target, TargetState.UNKNOWN, problem=problem)

    def _unread_before(self, target: Target, reading: Reading, terms: Terms) -> Target | None:
        if not isinstance(reading, UpstreamError):
            return None
        problem = outcomes.untouched(reading.problem)
        if isinstance(reading, _GONE):
            return self._progress.reached(target, TargetState.REFUSED, problem=problem)
        if terms.barred is not None:
            return self._progress.reached(target, TargetState.REFUSED, problem=terms.barred)
        if reading.passing and not terms.last_try:
            return target
        return self._progress.reached(target, TargetState.FAILED, problem=problem)

    def _settled(self, target: Target, current: Authorization, fault: Problem | None) -> Target:
        """Give the target as a reading after its PATCH settles it; unchanged if it has to wait."""
        if target.update.holds(current):
            return self._progress.reached(target, TargetState.DONE, after=current)
        unknown = target.state is TargetState.UNKNOWN
        if (unknown or fault is not None) and outcomes.same_revision(target, current):
            # Whoever holds the request up may still let it through.
            if unknown and self._progress.age_of_intent(target) < self._late:
                return target
            if not unknown and fault is not None and outcomes.may_arrive_late(fault):
                problem = outcomes.unconfirmed(fault, current)
                return self._progress.reached(target, TargetState.UNKNOWN, problem=problem)
        problem = outcomes.not_in_effect(target, current, fault)
        return self._progress.reached(target, TargetState.FAILED, problem=problem, after=current)
