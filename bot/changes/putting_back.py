from collections.abc import Mapping

from bot.changes import leak_plan, outcomes
from bot.changes.authorization import Authorization
from bot.changes.errors import (
    AuthorizationNotFoundError,
    Effect,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.leak_progress import LeakProgress
from bot.changes.ports import Authorizations
from bot.changes.progress import Progress
from bot.changes.request import ChangeRequest
from bot.changes.sending import Brake
from bot.changes.settling import Terms
from bot.changes.states import TargetState
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target


class PuttingBack:
    """Let a token that was disabled, and is not the leaked one, be as it was.

    The caller holds the authorization while it runs.

    Args:
        instances: The InfluxDB instances by name.
        progress: Records each step.
        leak_progress: Records why a token stays disabled.
        reached: Told of each step.
    """

    def __init__(
        self,
        instances: Mapping[str, Authorizations],
        progress: Progress,
        leak_progress: LeakProgress,
        reached: Reached = unobserved,
    ) -> None:
        self._instances = instances
        self._progress = progress
        self._leak_progress = leak_progress
        self._reached = reached

    async def put_back(
        self, request: ChangeRequest, target: Target, terms: Terms, brake: Brake
    ) -> ChangeRequest:
        """Put a token back, leave it as it is and say why, or tell the brake what is waited for.

        It is put back only if it is as this change has left it.

        Args:
            request: The request that has disabled it.
            target: The token.
            terms: Under what terms.
            brake: Told what an instance said that could not be reached.
        """
        instance = self._instances.get(target.instance)
        if instance is None:
            problem = outcomes.instance_unknown(target.instance)
            return await self._stays(request, target, leak_plan.not_put_back(problem))
        try:
            current = await instance.get(target.authorization_id)
        except UpstreamError as error:
            return await self._not_now(request, target, error, terms, brake)
        if target.state is TargetState.RETURNING and current.active:
            return await self._returned(request, target, current)
        problem_now = leak_plan.cannot_be_put_back(target, current)
        if problem_now is not None:
            return await self._stays(request, target, problem_now)
        if target.state is TargetState.DONE:
            target = self._progress.reached(target, TargetState.RETURNING, after=target.after)
            request = await self._progress.record(request, [target])
        return await self._send_back(request, target, instance, terms, brake, current)

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
        problem = leak_plan.cannot_be_put_back(target, current)
        if problem is None and lost is not None:
            return await self._not_now(request, target, lost, terms, brake)
        return await self._stays(request, target, problem or leak_plan.did_not_take_effect(current))

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
        return await self._stays(request, target, leak_plan.not_put_back(error.problem))

    async def _returned(
        self, request: ChangeRequest, target: Target, current: Authorization
    ) -> ChangeRequest:
        returned = self._progress.reached(target, TargetState.RETURNED, after=current)
        return await self._progress.record(request, [returned])

    async def _stays(
        self, request: ChangeRequest, target: Target, problem: Problem
    ) -> ChangeRequest:
        return await self._leak_progress.left_disabled(request, target, problem)
