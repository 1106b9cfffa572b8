"""Carry a request out on one instance: read, judge, intent, PATCH, read back, record.

Every step is recorded before the next begins, and a step that is recorded is not repeated, so that
whoever takes the request up again goes on where the record ends. Several targets take each step
together: one reading before, all intents in one transaction, one reading back.
"""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from bot.changes import outcomes
from bot.changes.errors import (
    Effect,
    Problem,
    UpstreamError,
)
from bot.changes.facts import weighs_operators
from bot.changes.holding import Holding
from bot.changes.judgement import NothingToDo, Refuse, Verdict
from bot.changes.ports import Authorizations
from bot.changes.progress import Progress
from bot.changes.reading import Readings, read
from bot.changes.request import ChangeRequest, Target
from bot.changes.sending import Brake, send
from bot.changes.settling import Settling
from bot.changes.states import TargetState
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.weighing import Weighing


class Execution:
    """Carry requests out on one InfluxDB instance.

    The caller holds the authorizations while it runs.

    Args:
        instance: The instance that has the targets.
        weighing: Judges them.
        progress: Records each step.
        holding: Lets one change at a time weigh the instance's operator tokens.
        settling: Settles targets by what was read of them.
        at_once: How many PATCHes are sent at a time.
        reached: Told of each step.
    """

    def __init__(
        self,
        instance: Authorizations,
        weighing: Weighing,
        progress: Progress,
        holding: Holding,
        settling: Settling,
        *,
        at_once: int,
        reached: Reached = unobserved,
    ) -> None:
        self._instance = instance
        self._weighing = weighing
        self._progress = progress
        self._holding = holding
        self._settling = settling
        self._at_once = at_once
        self._reached = reached

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
        self._reached(Step.READ_BEFORE)
        settled, undecided = self._settling.without_sending(unfinished, readings)
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
            settled, _ = self._settling.without_sending(targets, unjudged)
            return await self._progress.record(request, settled)
        self._reached(Step.JUDGED)
        judged, to_send = self._judged(targets, readings, verdicts)
        request = await self._progress.record(request, judged)
        intended = [
            target
            for target in request.targets
            if target.authorization_id in to_send and target.state is TargetState.INTENDED
        ]
        if not intended:
            return request
        sent = await send(self._instance, intended, self._at_once, brake, self._reached)
        unsent = [t for t in intended if t.authorization_id not in sent]
        if brake.cancelled and unsent:
            request = await self._progress.record(
                request, [self._settling.cancelled(t, targets, readings) for t in unsent]
            )
        elif unsent:
            request = await self._progress.unsent(request, unsent)
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
                ended = self._settling.by_reading(target, readings.by_id[authorization_id])
                moved += [] if ended is None or ended == target else [ended]
                continue
            match verdicts[authorization_id]:
                case Refuse(problem):
                    moved.append(
                        self._settling.given_up(target, current, TargetState.REFUSED, problem)
                    )
                case NothingToDo():
                    moved.append(self._settling.nothing_to_do(target, current))
                case _:
                    to_send.add(authorization_id)
                    if target.state is TargetState.PENDING:
                        moved.append(
                            self._progress.reached(target, TargetState.INTENDED, before=current)
                        )
                    elif not target.perhaps_sent:
                        moved.append(self._progress.intended_anew(target))
        return moved, to_send

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
                settled.append(self._settling.unread(target, error, accepted=True))
            elif error is not None and error.effect is Effect.NONE:
                problem = outcomes.untouched(error.problem)
                settled.append(self._progress.reached(target, TargetState.FAILED, problem=problem))
            else:
                to_read.append(target)
        if to_read:
            readings = await read(self._instance, [t.authorization_id for t in to_read])
            self._reached(Step.READ_BACK)
            for target in to_read:
                error = sent[target.authorization_id]
                reading = readings.by_id[target.authorization_id]
                settled.append(self._settling.read_back(target, reading, error))
        return await self._progress.record(request, settled)


def _weighs(target: Target, readings: Readings) -> bool:
    current = readings.found.get(target.authorization_id)
    return current is not None and weighs_operators(target.update, current)
