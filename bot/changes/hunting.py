"""Carry a report of a leaked secret out: disable, try the secret, put back what was not it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.changes import hunt, outcomes
from bot.changes.authorization import Authorization
from bot.changes.errors import (
    AuthorizationNotFoundError,
    Effect,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.execution import Execution
from bot.changes.leak import Probe, Verdict
from bot.changes.ports import Authorizations
from bot.changes.progress import Progress
from bot.changes.report import Attempt, LeakReport
from bot.changes.request import ChangeRequest
from bot.changes.sending import Brake
from bot.changes.settling import Terms
from bot.changes.states import TargetState
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target
from bot.changes.vault import Vault


class Hunting:
    """Bring a report whose tokens are known to its end.

    The caller holds the authorizations while it runs.

    Args:
        instances: The InfluxDB instances by name.
        executions: How to carry out on each of them.
        progress: Records each step.
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
        vault: Vault,
        clock: Callable[[], datetime],
        reached: Reached = unobserved,
    ) -> None:
        self._instances = instances
        self._executions = executions
        self._progress = progress
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
            match hunt.next_move(request, report, cancelled=brake.cancelled):
                case hunt.Try(target):
                    request, goes_on = await self._try(request, target, terms, brake)
                    if not goes_on:
                        return request
                case hunt.Prove(target):
                    request = await self._prove(request, target)
                case hunt.PutBack(target):
                    if terms.stopped:
                        return request
                    request = await self._put_back(request, target, terms, brake)
                    if brake.awaits is not None:
                        return request
                case hunt.Drop(targets):
                    left = [self._progress.reached(t, TargetState.CANCELLED) for t in targets]
                    request = await self._progress.record(request, left)
                case hunt.Conclude():
                    return await self._progress.concluded(request)
            report = request.leak or report

    async def _try(
        self, request: ChangeRequest, target: Target, terms: Terms, brake: Brake
    ) -> tuple[ChangeRequest, bool]:
        """Disable a token; tell whether that has come to an outcome."""
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

    async def _prove(self, request: ChangeRequest, target: Target) -> ChangeRequest:
        probe = await self._probe(request, target.instance)
        self._reached(Step.PROBED)
        return await self._progress.proven(
            request, Attempt(target.instance, target.authorization_id, probe)
        )

    async def _probe(self, request: ChangeRequest, name: str) -> Probe:
        secret, instance = self._vault.get(request.id), self._instances.get(name)
        if secret is None or instance is None:
            why = "The process that held the secret has ended." if secret is None else "No instance"
            return Probe(Verdict.NOT_PROVEN, self._clock(), None, why)
        return await instance.probe(secret)

    async def _put_back(
        self, request: ChangeRequest, target: Target, terms: Terms, brake: Brake
    ) -> ChangeRequest:
        instance = self._instances.get(target.instance)
        if instance is None:
            problem = outcomes.instance_unknown(target.instance)
            return await self._stays(request, target, hunt.not_put_back(problem))
        try:
            current = await instance.get(target.authorization_id)
        except UpstreamError as error:
            return await self._not_now(request, target, error, terms, brake)
        if target.state is TargetState.RETURNING and current.active:
            return await self._returned(request, target, current)
        problem_now = hunt.cannot_be_put_back(target, current)
        if problem_now is not None:
            return await self._stays(request, target, problem_now)
        if target.state is TargetState.DONE:
            returning = self._progress.reached(target, TargetState.RETURNING, after=target.after)
            request = await self._progress.record(request, [returning])
        return await self._send_back(request, _of(request, target), instance, terms, brake, current)

    async def _send_back(
        self,
        request: ChangeRequest,
        target: Target,
        instance: Authorizations,
        terms: Terms,
        brake: Brake,
        before: Authorization,
    ) -> ChangeRequest:
        lost: UpstreamError | None = None
        self._reached(Step.SENDING)
        try:
            restored = target.update.inverse(target.before or before)
            await instance.update(target.authorization_id, restored, before)
        except UpstreamError as error:
            if error.effect is Effect.NONE:
                return await self._not_now(request, target, error, terms, brake)
            lost = error
        self._reached(Step.ANSWERED)
        try:
            current = await instance.get(target.authorization_id)
        except UpstreamError as error:
            return await self._not_now(request, target, error, terms, brake)
        if current.active:
            return await self._returned(request, target, current)
        problem = hunt.cannot_be_put_back(target, current)
        if problem is None and lost is not None:
            return await self._not_now(request, target, lost, terms, brake)
        return await self._stays(request, target, problem or hunt.did_not_take_effect(current))

    async def _not_now(
        self,
        request: ChangeRequest,
        target: Target,
        error: UpstreamError,
        terms: Terms,
        brake: Brake,
    ) -> ChangeRequest:
        """Try again later to put a token back, or leave it as it is."""
        gone = isinstance(error, AuthorizationNotFoundError | OrphanError)
        if not gone and error.passing and not terms.last_try:
            brake.awaits = error
            return request
        return await self._stays(request, target, hunt.not_put_back(error.problem))

    async def _returned(
        self, request: ChangeRequest, target: Target, current: Authorization
    ) -> ChangeRequest:
        returned = self._progress.reached(target, TargetState.RETURNED, after=current)
        return await self._progress.record(request, [returned])

    async def _stays(
        self, request: ChangeRequest, target: Target, problem: Problem
    ) -> ChangeRequest:
        return await self._progress.left_disabled(request, target, problem)


def _of(request: ChangeRequest, target: Target) -> Target:
    """Give a target as it is recorded now."""
    named = (target.instance, target.authorization_id)
    return next(t for t in request.targets if (t.instance, t.authorization_id) == named)
