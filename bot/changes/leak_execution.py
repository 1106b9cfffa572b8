"""Carry a report of a leaked secret out: disable, try the secret, put back what was not it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.changes import leak_plan, outcomes
from bot.changes.change_ids import new_change_id
from bot.changes.execution import Execution
from bot.changes.leak_progress import LeakProgress
from bot.changes.leak_report import Attempt, Lapse, LeakReport
from bot.changes.ports import Authorizations
from bot.changes.probe import Probe, ProbeVerdict
from bot.changes.progress import Progress
from bot.changes.putting_back import PuttingBack
from bot.changes.request import ChangeRequest
from bot.changes.sending import Brake
from bot.changes.settling import Terms
from bot.changes.states import TargetState
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Selection, Target
from bot.changes.update import DISABLED
from bot.changes.vault import Vault


class LeakExecution:
    """Bring a report whose tokens are known to its end.

    The caller holds the authorizations while it runs.

    Args:
        instances: The InfluxDB instances by name.
        executions: How to carry out on each of them.
        progress: Records each step.
        leak_progress: Records what is found out about the secret.
        vault: Holds the secret, if this process does.
        clock: Tells the time.
        reached: Told of each step.
    """

    def __init__(
        self,
        *,
        instances: Mapping[str, Authorizations],
        executions: Mapping[str, Execution],
        progress: Progress,
        leak_progress: LeakProgress,
        vault: Vault,
        clock: Callable[[], datetime],
        reached: Reached = unobserved,
    ) -> None:
        self._instances = instances
        self._executions = executions
        self._progress = progress
        self._leak_progress = leak_progress
        self._putting_back = PuttingBack(instances, progress, leak_progress, reached)
        self._vault = vault
        self._clock = clock
        self._reached = reached

    async def carry_out(
        self, request: ChangeRequest, report: LeakReport, terms: Terms, brake: Brake
    ) -> ChangeRequest:
        """Take move after move, until the report is concluded or has to wait.

        Args:
            request: The request.
            report: What is recorded of its secret.
            terms: Under what terms.
            brake: Stops what is not sent yet, and is told what has to be waited for.
        """
        while True:
            move = leak_plan.next_move(request, report, cancelled=brake.cancelled)
            if isinstance(move, leak_plan.Conclude):
                return await self._leak_progress.concluded(request)
            request, goes_on = await self._make(move, request, terms, brake)
            if not goes_on:
                return request
            report = request.leak or report

    async def _make(
        self, move: leak_plan.Move, request: ChangeRequest, terms: Terms, brake: Brake
    ) -> tuple[ChangeRequest, bool]:
        """Make a move; tell whether the next one can be made now."""
        match move:
            case leak_plan.Try(target):
                return await self._try(request, target, terms, brake)
            case leak_plan.Prove(target):
                return await self._prove(request, target), True
            case leak_plan.PutBack(target):
                await brake.look(anew=True)
                if terms.stopped or brake.stopped:
                    # It is a change as any other, and waits until changes go on.
                    return request, False
                request = await self._putting_back.put_back(request, target, terms, brake)
                return request, brake.awaits is None
            case leak_plan.Drop(targets):
                left = [self._progress.reached(t, TargetState.CANCELLED) for t in targets]
                return await self._progress.record(request, left), True
            case leak_plan.AskForOthers(instance, user):
                selection = Selection(instance, user, DISABLED)
                others = self._others(request, selection)
                return await self._leak_progress.others_asked(request, selection, others), True
            case leak_plan.Conclude():
                return request, False

    def _others(self, request: ChangeRequest, selection: Selection) -> ChangeRequest:
        """Ask in the requester's name; it is judged, shown and confirmed as any other."""
        return ChangeRequest(
            id=new_change_id(),
            requester=request.requester,
            origin=replace(request.origin, response_url=None, pressed=None),
            targets=(),
            selection=selection,
            reason=request.reason,
            created_at=self._clock(),
            leak_of=request.id,
            typed_by=request.typed_by,
            rule=request.rule,
            policy_digest=request.policy_digest,
            asked_with=request.asked_with,
        )

    async def _try(
        self, request: ChangeRequest, target: Target, terms: Terms, brake: Brake
    ) -> tuple[ChangeRequest, bool]:
        """Disable a token; tell whether that has come to an outcome, or is not to be."""
        if target.state is TargetState.PENDING:
            await brake.look(anew=True)
            if brake.cancelled:
                # Whoever has cancelled meanwhile is heard before the next token is touched.
                return request, True
            lapse = await self._lapsed(request, target.instance)
            if lapse is not None:
                return await self._leak_progress.lapsed(request, lapse), True
        execution = self._executions.get(target.instance)
        if execution is None:
            problem = outcomes.untouched(outcomes.instance_unknown(target.instance))
            failed = self._progress.reached(target, TargetState.FAILED, problem=problem)
            return await self._progress.record(request, [failed]), True
        only = replace(terms, only=target.authorization_id)
        request = await execution.carry_out(request, only, brake)
        tried = _of(request, target)
        if tried.state is TargetState.UNKNOWN:
            # Whether it was this one is not known before its outcome is; no other is tried.
            left = request.in_state(TargetState.PENDING)
            dropped = [self._progress.reached(t, TargetState.CANCELLED) for t in left]
            request = await self._progress.record(request, dropped)
        return request, tried.state.final

    async def _lapsed(self, request: ChangeRequest, instance: str) -> Lapse | None:
        """Look whether the secret works still, before what may be its token is touched.

        Since it was looked for, somebody else may have disabled the right one: whatever is
        disabled then would be taken for it. What the instance itself has named is disabled anyway.
        """
        if request.leak is None or request.leak.named(instance):
            return None
        probe = await self._probe(request, instance)
        return None if probe.verdict is ProbeVerdict.LIVE else Lapse(instance, probe)

    async def _prove(self, request: ChangeRequest, target: Target) -> ChangeRequest:
        probe = await self._probe(request, target.instance)
        self._reached(Step.PROBED)
        if target.state is TargetState.UNCHANGED and probe.verdict is not ProbeVerdict.LIVE:
            # Somebody else has seen to it, so this report does not claim that it did.
            return await self._leak_progress.lapsed(request, Lapse(target.instance, probe))
        return await self._leak_progress.proven(
            request, Attempt(target.instance, target.authorization_id, probe)
        )

    async def _probe(self, request: ChangeRequest, name: str) -> Probe:
        secret, instance = self._vault.get(request.id), self._instances.get(name)
        if secret is None:
            why = "The process that held the secret has ended."
            return Probe(ProbeVerdict.NOT_PROVEN, self._clock(), None, why, shown=False)
        if instance is None:
            why = outcomes.instance_unknown(name).message
            return Probe(ProbeVerdict.NOT_PROVEN, self._clock(), None, why)
        return await instance.probe(secret)


def _of(request: ChangeRequest, target: Target) -> Target:
    """Give a target as it is recorded now."""
    return next(each for each in request.targets if each.key == target.key)
