from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.changes import evidence, hunt
from bot.changes.errors import Problem
from bot.changes.ports import Store
from bot.changes.progress import Progress, state_with
from bot.changes.report import Attempt, Lapse, LeakReport, OthersChange
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Selection, Target


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
        if isinstance(hunt.next_move(request, report), hunt.Conclude):
            report = replace(report, concluded_at=self._clock())
        request = replace(request, leak=report)
        now = self._clock()
        ended = [target for target in request.targets if target.state.final]
        if ended and report.concluded_at is not None:
            request = replace(request, state=state_with(request))
        events = [
            evidence.identified(request, report, now),
            *(evidence.progress(request, target, now) for target in ended),
            *([] if report.concluded_at is None else [evidence.concluded(request, report, now)]),
        ]
        saved = await self._progress.save(request, request.targets, *events)
        self._reached(Step.IDENTIFIED)
        return saved

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
        report = replace(request.leak, concluded_at=now)
        request = replace(request, leak=report, held_back="")
        request = replace(request, state=state_with(request))
        saved = await self._progress.save(request, (), evidence.concluded(request, report, now))
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


def _attempt(request: ChangeRequest, target: Target) -> Attempt:
    found = request.leak and request.leak.attempt(target.instance, target.authorization_id)
    if not found:
        raise RuntimeError("the secret was not tried after this token was disabled")
    return found


def _with_attempt(request: ChangeRequest, attempt: Attempt) -> ChangeRequest:
    if request.leak is None:
        raise RuntimeError("there is no secret to be tried")
    return replace(request, leak=request.leak.with_attempt(attempt))
