"""Carry a request out on one instance: read, judge, intent, PATCH, read back, record.

Every step is recorded before the next begins, and a step that is recorded is not repeated, so that
whoever takes the request up again goes on where the record ends. Several targets take each step
together: one reading before, all intents in one transaction, one reading back.
"""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from bot.changes import outcomes
from bot.changes.authorization import Authorization
from bot.changes.errors import (
    AuthorizationNotFoundError,
    Effect,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.facts import weighs_operators
from bot.changes.holding import Holding
from bot.changes.judgement import NothingToDo, Refuse, Verdict
from bot.changes.ports import Authorizations
from bot.changes.progress import Progress
from bot.changes.reading import Reading, Readings, read
from bot.changes.request import ChangeRequest, Target
from bot.changes.sending import Brake, send
from bot.changes.states import TargetState
from bot.changes.weighing import Weighing

_GONE = (AuthorizationNotFoundError, OrphanError)
_OPEN = (TargetState.PENDING, TargetState.INTENDED)


class Execution:
    """Carry requests out on one InfluxDB instance.

    The caller holds the authorizations while it runs.

    Args:
        instance: The instance that has the targets.
        weighing: Judges them.
        progress: Records each step.
        holding: Lets one change at a time weigh the instance's operator tokens.
        late: How long a PATCH whose answer was lost may still arrive.
        at_once: How many PATCHes are sent at a time.
    """

    def __init__(
        self,
        instance: Authorizations,
        weighing: Weighing,
        progress: Progress,
        holding: Holding,
        late: timedelta,
        at_once: int,
    ) -> None:
        self._instance = instance
        self._weighing = weighing
        self._progress = progress
        self._holding = holding
        self._late = late
        self._at_once = at_once

    async def carry_out(
        self, request: ChangeRequest, barred: Problem | None, brake: Brake
    ) -> ChangeRequest:
        """Bring the targets on this instance as far as they go now.

        Args:
            request: The request.
            barred: Why the policy does not let it pass now, or None.
            brake: Stops what is not sent yet.
        """
        theirs = [t for t in request.targets if t.instance == self._instance.name]
        unfinished = [target for target in theirs if not target.state.final]
        if not unfinished:
            return request
        single = len(request.targets) == 1
        readings = await read(
            self._instance,
            [target.authorization_id for target in unfinished],
            suggesting=single and unfinished[0].state is TargetState.PENDING,
        )
        settled, undecided = self._without_sending(unfinished, readings)
        request = await self._progress.record(request, settled)
        async with AsyncExitStack() as stack:
            if any(_weighs(target, readings) for target in undecided):
                # Two operator tokens disabled at once would each count on the other.
                held = self._holding.hold([self._instance.name], request.lease or "")
                await stack.enter_async_context(held)
                if len(undecided) > 1:
                    readings = await read(
                        self._instance, [target.authorization_id for target in undecided]
                    )
            return await self._judge_and_send(request, undecided, readings, barred, brake)

    def _without_sending(
        self, targets: Sequence[Target], readings: Readings
    ) -> tuple[list[Target], list[Target]]:
        """Settle what a reading alone decides; give that, and what is still to be judged."""
        settled: list[Target] = []
        undecided: list[Target] = []
        for target in targets:
            reading = readings.by_id[target.authorization_id]
            ended = self._by_reading(target, reading)
            if ended is not None and ended != target:
                settled.append(ended)
            elif ended is None:
                undecided.append(target)
        return settled, undecided

    def _by_reading(self, target: Target, reading: Reading) -> Target | None:
        """Give the target as a reading settles it, unchanged if it has to wait; None to judge."""
        if target.state is TargetState.PENDING:
            return self._unread_before(target, reading)
        if isinstance(reading, UpstreamError):
            return self._unread(target, reading, accepted=False)
        if target.state is TargetState.UNKNOWN:
            return self._settled(target, reading, fault=None)
        if target.update.holds(reading) or not outcomes.same_revision(target, reading):
            return self._settled(target, reading, fault=None)
        return None

    def _unread_before(self, target: Target, reading: Reading) -> Target | None:
        if not isinstance(reading, UpstreamError):
            return None
        state = TargetState.REFUSED if isinstance(reading, _GONE) else TargetState.FAILED
        return self._progress.reached(target, state, problem=outcomes.untouched(reading.problem))

    async def _judge_and_send(
        self,
        request: ChangeRequest,
        targets: Sequence[Target],
        readings: Readings,
        barred: Problem | None,
        brake: Brake,
    ) -> ChangeRequest:
        try:
            verdicts = await self._weighing.verdicts(
                request, targets, self._instance, readings, barred
            )
        except UpstreamError as error:
            unjudged = Readings(dict.fromkeys(readings.by_id, error))
            settled, _ = self._without_sending(targets, unjudged)
            return await self._progress.record(request, settled)
        judged, to_send = self._judged(targets, readings, verdicts)
        request = await self._progress.record(request, judged)
        intended = [
            target
            for target in request.targets
            if target.authorization_id in to_send and target.state is TargetState.INTENDED
        ]
        if not intended:
            return request
        sent = await send(self._instance, intended, self._at_once, brake)
        unsent = [t for t in intended if t.authorization_id not in sent]
        if brake.cancelled and unsent:
            taken_up = {t.authorization_id for t in targets if t.state is TargetState.INTENDED}
            found = readings.found
            given_up = [
                self._given_up(t, found[t.authorization_id], TargetState.CANCELLED, None)
                if t.authorization_id in taken_up
                else self._progress.reached(t, TargetState.CANCELLED)
                for t in unsent
            ]
            request = await self._progress.record(request, given_up)
        return await self._read_back(request, [t for t in intended if t not in unsent], sent)

    def _judged(
        self, targets: Sequence[Target], readings: Readings, verdicts: Mapping[str, Verdict]
    ) -> tuple[list[Target], set[str]]:
        """Give the targets that a verdict moves on, and the ids of those to be sent."""
        moved: list[Target] = []
        to_send: set[str] = set()
        found = readings.found
        for target in targets:
            authorization_id = target.authorization_id
            current = found.get(authorization_id)
            if current is None:
                ended = self._by_reading(target, readings.by_id[authorization_id])
                moved += [] if ended is None or ended == target else [ended]
                continue
            match verdicts[authorization_id]:
                case Refuse(problem):
                    moved.append(self._given_up(target, current, TargetState.REFUSED, problem))
                case NothingToDo():
                    moved.append(self._nothing_to_do(target, current))
                case _:
                    to_send.add(authorization_id)
                    if target.state is TargetState.PENDING:
                        moved.append(
                            self._progress.reached(target, TargetState.INTENDED, before=current)
                        )
        return moved, to_send

    def _given_up(
        self, target: Target, current: Authorization, state: TargetState, problem: Problem | None
    ) -> Target:
        """Give a target that is not sent, or not again.

        What was sent before an interruption may still arrive, so that is waited for.
        """
        sent_before = target.state is TargetState.INTENDED
        if sent_before and self._progress.age_of_intent(target) < self._late:
            waiting = outcomes.may_have_been_sent(current, problem)
            return self._progress.reached(target, TargetState.UNKNOWN, problem=waiting)
        told = None if problem is None else outcomes.untouched(problem)
        return self._progress.reached(target, state, problem=told, before=current)

    def _nothing_to_do(self, target: Target, current: Authorization) -> Target:
        if target.state is TargetState.INTENDED:
            return self._settled(target, current, fault=None)
        return self._progress.reached(target, TargetState.UNCHANGED, before=current, after=current)

    async def _read_back(
        self,
        request: ChangeRequest,
        targets: Sequence[Target],
        sent: Mapping[str, UpstreamError | None],
    ) -> ChangeRequest:
        settled: list[Target] = []
        to_read: list[Target] = []
        for target in targets:
            error = sent[target.authorization_id]
            if error is not None and error.effect is Effect.APPLIED:
                settled.append(self._unread(target, error, accepted=True))
            elif error is not None and error.effect is Effect.NONE:
                problem = outcomes.untouched(error.problem)
                settled.append(self._progress.reached(target, TargetState.FAILED, problem=problem))
            else:
                to_read.append(target)
        if to_read:
            readings = await read(self._instance, [t.authorization_id for t in to_read])
            for target in to_read:
                error = sent[target.authorization_id]
                reading = readings.by_id[target.authorization_id]
                settled.append(self._read(target, reading, error))
        return await self._progress.record(request, settled)

    def _read(self, target: Target, reading: Reading, error: UpstreamError | None) -> Target:
        if isinstance(reading, UpstreamError):
            return self._unread(target, reading, accepted=error is None)
        return self._settled(target, reading, None if error is None else error.problem)

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

    def _unread(self, target: Target, error: UpstreamError, *, accepted: bool) -> Target:
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


def _weighs(target: Target, readings: Readings) -> bool:
    current = readings.found.get(target.authorization_id)
    return current is not None and weighs_operators(target.update, current)
