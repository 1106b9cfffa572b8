from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.changes import evidence, leak_plan
from bot.changes.audit import AuditEvent, EventTag
from bot.changes.coming_back import (
    coming_back,
    inactive_and_leaked,
    nothing_else_comes_back,
    unnamed_and_inactive,
)
from bot.changes.errors import Problem
from bot.changes.leak_report import Attempt, ComingBack, Lapse, LeakReport, OthersChange
from bot.changes.ports import Store, Transaction
from bot.changes.progress import Progress, state_with
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Selection, Target

# More changes than this that end by themselves are looked at by nobody at once.
_MOST_TIMERS = 100


class LeakProgress:
    """Record how far a report of a leaked secret has come, beside what holds for every request.

    Args:
        progress: Records the steps of every request.
        store: The database.
        clock: Tells the time.
        reached: Told of each step.
    """

    def __init__(
        self,
        progress: Progress,
        store: Store,
        clock: Callable[[], datetime],
        reached: Reached = unobserved,
    ) -> None:
        self._progress = progress
        self._store = store
        self._clock = clock
        self._reached = reached

    async def identified(self, request: ChangeRequest, report: LeakReport) -> ChangeRequest:
        """Store how a leaked secret was looked for, and which tokens may be it."""
        now = self._clock()
        stopping: tuple[ChangeRequest, ...] = ()
        request = replace(request, leak=report)
        if isinstance(leak_plan.next_move(request, report), leak_plan.Conclude):
            report, stopping = await self._timers(request, replace(report, concluded_at=now))
            request = replace(request, leak=report)
        ended = [target for target in request.targets if target.state.final]
        if ended and report.concluded_at is not None:
            request = replace(request, state=state_with(request))
        events = [
            evidence.identified(request, report, now),
            *(evidence.progress(request, target, now) for target in ended),
            *([] if report.concluded_at is None else [evidence.concluded(request, report, now)]),
        ]
        stops = partial(self._stop, request, stopping, now)
        saved = await self._progress.save(request, request.targets, *events, first=stops)
        self._reached(Step.IDENTIFIED)
        return saved

    async def came_to_nothing(self, request: ChangeRequest, problem: Problem) -> ChangeRequest:
        """Store that there is no token to be disabled, and why."""
        if request.leak is not None:
            report, _ = await self._timers(request, request.leak)
            request = replace(request, leak=report)
        return await self._progress.came_to_nothing(request, problem)

    async def proven(self, request: ChangeRequest, attempt: Attempt) -> ChangeRequest:
        """Store what InfluxDB said to a leaked secret after a token was disabled."""
        request = _with_attempt(request, attempt)
        saved = await self._progress.save(
            request, (), evidence.probed(request, attempt, self._clock())
        )
        self._reached(Step.PROVEN)
        return saved

    async def lapsed(self, request: ChangeRequest, lapse: Lapse) -> ChangeRequest:
        """Store that InfluxDB accepts a leaked secret no more, though this report saw not to it."""
        if request.leak is None:
            raise RuntimeError("there is no secret to be tried")
        report = replace(request.leak, lapses=(*request.leak.lapses, lapse))
        request = replace(request, leak=report)
        saved = await self._progress.save(
            request, (), evidence.lapse(request, lapse, self._clock())
        )
        self._reached(Step.PROVEN)
        return saved

    async def left_disabled(
        self, request: ChangeRequest, target: Target, problem: Problem
    ) -> ChangeRequest:
        """Store that a token was not the leaked one, and why it stays disabled all the same."""
        now = self._clock()
        attempt = _attempt(request, target)
        request = _with_attempt(request, replace(attempt, left=problem))
        changed = []
        if target.state is TargetState.RETURNING:
            changed = [self._progress.reached(target, TargetState.DONE, after=target.after)]
            request = request.with_targets(*changed)
        saved = await self._progress.save(
            request, changed, evidence.left_disabled(request, target, problem, now)
        )
        self._reached(Step.RECORDED)
        return saved

    async def concluded(self, request: ChangeRequest) -> ChangeRequest:
        """Store that nothing more is done about a leaked secret."""
        now = self._clock()
        if request.leak is None:
            raise RuntimeError("only a report of a leaked secret can be concluded")
        report, stopping = await self._timers(request, request.leak)
        report = replace(report, concluded_at=now)
        request = replace(request, leak=report, held_back="")
        request = replace(request, state=state_with(request))
        stops = partial(self._stop, request, stopping, now)
        concluded = evidence.concluded(request, report, now)
        saved = await self._progress.save(request, (), concluded, first=stops)
        self._reached(Step.CONCLUDED)
        return saved

    async def others_asked(
        self, request: ChangeRequest, selection: Selection, others: ChangeRequest
    ) -> ChangeRequest:
        """Store the change that is to disable one owner's other tokens, and which one it is."""
        if request.leak is None:
            raise RuntimeError("only a report of a leaked secret asks for its owner's tokens")
        asked = OthersChange(selection.instance, selection.user, others.id)
        report = replace(request.leak, others_by=(*request.leak.others_by, asked))
        request = replace(request, leak=report)
        async with self._store.transaction() as transaction:
            await transaction.save_request(request, ())
            await transaction.add_request(others, others.created_at)
            await transaction.append(evidence.accepted(others))
        self._reached(Step.OTHERS_ASKED)
        return request

    async def _timers(
        self, request: ChangeRequest, report: LeakReport
    ) -> tuple[LeakReport, tuple[ChangeRequest, ...]]:
        """Look what else is to enable the leaked token again, or what may be it.

        Returns:
            The report with what was found, and the changes whose timers have nothing else to do.
        """
        kept: tuple[ComingBack, ...] = ()
        may_return: tuple[ComingBack, ...] = ()
        found: dict[str, ChangeRequest] = {}
        async with self._store.reading() as reading:
            for name, ids in inactive_and_leaked(request).items():
                timers = await reading.running_timers(name, ids, _MOST_TIMERS)
                kept += coming_back(timers, name, ids=ids)
                found |= {each.id: each for each in timers}
            for name, owner in unnamed_and_inactive(report).items():
                timers = await reading.running_timers(name, None, _MOST_TIMERS)
                may_return += coming_back(timers, name, owner=owner)
        report = replace(report, kept=kept, may_return=may_return)
        return report, tuple(e for e in found.values() if nothing_else_comes_back(e, kept))

    async def _stop(
        self,
        request: ChangeRequest,
        timers: Sequence[ChangeRequest],
        now: datetime,
        transaction: Transaction,
    ) -> Sequence[AuditEvent]:
        """Stop timers in the requester's name, as part of a report; give what is to be recorded.

        One that somebody else has stopped meanwhile, or that is over, has nothing more to stop:
        what is enabled by itself leaves alone what has leaked.
        """
        if not timers:
            return ()
        who = request.requester
        await transaction.lock_requests([request.id, *(each.id for each in timers)])
        return [
            evidence.by_person(
                *(each, EventTag.TIMER_STOPPED, who, now),
                leak_of=request.id,
                typed_by=request.typed_by,
            )
            for each in timers
            if await transaction.stop_timer(each.id, who.user_id, now)
        ]


def _attempt(request: ChangeRequest, target: Target) -> Attempt:
    found = request.leak and request.leak.attempt(target.instance, target.authorization_id)
    if not found:
        raise RuntimeError("the secret was not tried after this token was disabled")
    return found


def _with_attempt(request: ChangeRequest, attempt: Attempt) -> ChangeRequest:
    if request.leak is None:
        raise RuntimeError("there is no secret to be tried")
    return replace(request, leak=request.leak.with_attempt(attempt))
