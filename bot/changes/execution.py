"""Carry a request out on one instance: read, judge, intent, PATCH, read back, record.

Every step is recorded before the next begins, and a step that is recorded is not repeated, so that
whoever takes the request up again goes on where the record ends. Several targets take each step
together: one reading before, all intents in one transaction, one reading back.
"""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from bot.changes import outcomes
from bot.changes.errors import Effect, NotItsTurnError, UpstreamError
from bot.changes.facts import weighs_operators
from bot.changes.holding import Holding
from bot.changes.judgement import Judgement, NothingToDo, Refuse
from bot.changes.ports import Authorizations
from bot.changes.progress import Progress
from bot.changes.reading import Readings, read
from bot.changes.request import ChangeRequest
from bot.changes.sending import Brake, Sent, send
from bot.changes.settling import Settling, Terms
from bot.changes.states import TargetState
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target
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

    async def carry_out(self, request: ChangeRequest, terms: Terms, brake: Brake) -> ChangeRequest:
        """Bring the targets on this instance as far as they go now.

        Args:
            request: The request.
            terms: Under what terms.
            brake: Stops what is not sent yet, and is told what has to be waited for.
        """
        if brake.cancelled:
            # What was not sent is not read for that: the instance may be out of reach.
            unsent = [target for target in self._unfinished(request, terms) if target.unsent]
            cancelled = [self._progress.reached(t, TargetState.CANCELLED) for t in unsent]
            request = await self._progress.record(request, cancelled)
        unfinished = self._unfinished(request, terms)
        if not unfinished:
            return request
        single = len(request.targets) == 1
        readings = await read(
            self._instance,
            [target.authorization_id for target in unfinished],
            suggesting=single and unfinished[0].state is TargetState.PENDING,
        )
        self._reached(Step.READ_BEFORE)
        settled, undecided = self._settling.without_sending(unfinished, readings, terms)
        request = await self._progress.record(request, settled)
        brake.awaits = _unreached(self._unfinished(request, terms), readings) or brake.awaits
        if not undecided:
            return request
        if terms.stopped:
            return await self._progress.unsent(request, self._settling.never_sent(undecided))
        async with AsyncExitStack() as stack:
            if any(_weighs(target, readings) for target in undecided):
                # Two operator tokens disabled at once would each count on the other.
                held = self._holding.hold([self._instance.name], request.lease or "")
                try:
                    await stack.enter_async_context(held)
                except NotItsTurnError as error:
                    brake.in_line = error
                    return request
                if len(undecided) > 1:
                    readings = await read(
                        self._instance, [target.authorization_id for target in undecided]
                    )
            return await self._judge_and_send(request, undecided, readings, terms, brake)

    async def _judge_and_send(
        self,
        request: ChangeRequest,
        targets: Sequence[Target],
        readings: Readings,
        terms: Terms,
        brake: Brake,
    ) -> ChangeRequest:
        try:
            verdicts = await self._weighing.verdicts(
                request, targets, self._instance, readings, terms.barred
            )
        except UpstreamError as error:
            unjudged = Readings(dict.fromkeys(readings.by_id, error))
            settled, _ = self._settling.without_sending(targets, unjudged, terms)
            request = await self._progress.record(request, settled)
            brake.awaits = _unreached(self._unfinished(request, terms), unjudged) or brake.awaits
            return request
        self._reached(Step.JUDGED)
        judged, to_send = self._judged(targets, readings, verdicts, terms)
        request = await self._progress.record(request, judged)
        brake.awaits = _unreached(self._unfinished(request, terms), readings) or brake.awaits
        intended = [
            target
            for target in request.targets
            if target.instance == self._instance.name
            and target.authorization_id in to_send
            and target.state is TargetState.INTENDED
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
        held = _held(intended, sent, terms)
        if held:
            request = await self._progress.unsent(request, held)
            brake.awaits = sent[held[0].authorization_id]
        away = {target.authorization_id for target in (*unsent, *held)}
        gone = [target for target in intended if target.authorization_id not in away]
        return await self._read_back(request, gone, sent)

    def _unfinished(self, request: ChangeRequest, terms: Terms) -> list[Target]:
        name = self._instance.name
        return [
            t
            for t in request.targets
            if t.instance == name and not t.state.final and terms.only in {"", t.authorization_id}
        ]

    def _judged(
        self,
        targets: Sequence[Target],
        readings: Readings,
        verdicts: Mapping[str, Judgement],
        terms: Terms,
    ) -> tuple[list[Target], set[str]]:
        """Give the targets that a verdict moves on, and the ids of those to be sent."""
        moved: list[Target] = []
        to_send: set[str] = set()
        found = readings.found
        for target in targets:
            authorization_id = target.authorization_id
            current = found.get(authorization_id)
            if current is None:
                ended = self._settling.by_reading(target, readings.by_id[authorization_id], terms)
                moved += [] if ended is None or ended == target else [ended]
                continue
            match verdicts[authorization_id]:
                case Refuse(problem):
                    moved.append(
                        self._settling.given_up(target, current, TargetState.REFUSED, problem)
                    )
                case NothingToDo(made_so):
                    moved.append(self._settling.nothing_to_do(target, current, made_so))
                case _:
                    to_send.add(authorization_id)
                    if target.state is TargetState.PENDING:
                        moved.append(
                            self._progress.reached(target, TargetState.INTENDED, before=current)
                        )
                    elif not target.perhaps_sent:
                        moved.append(self._progress.intended_anew(target, current))
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


def _unreached(targets: Sequence[Target], readings: Readings) -> UpstreamError | None:
    """Give why targets that nothing was sent for wait, or None if none does."""
    for target in targets:
        reading = readings.by_id.get(target.authorization_id)
        if target.unsent and isinstance(reading, UpstreamError):
            return reading
    return None


def _held(intended: Sequence[Target], sent: Sent, terms: Terms) -> list[Target]:
    """List the targets whose PATCHes had no effect, and may have one later."""
    if terms.last_try:
        return []
    errors = ((target, sent.get(target.authorization_id)) for target in intended)
    return [t for t, e in errors if e is not None and e.effect is Effect.NONE and e.passing]


def _weighs(target: Target, readings: Readings) -> bool:
    current = readings.found.get(target.authorization_id)
    return current is not None and weighs_operators(target.update, current)
