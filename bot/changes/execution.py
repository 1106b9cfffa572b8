"""Carry one request out: read before, judge, intent, PATCH, read back, record.

Every step is recorded before the next begins, and a step that is recorded is not repeated, so that
whoever takes the request up again goes on where the record ends.
"""

from collections.abc import Callable
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
from bot.changes.facts import gather, weighs_operators
from bot.changes.holding import Holding
from bot.changes.judgement import NothingToDo, Refuse, judge
from bot.changes.lookup import find
from bot.changes.policy import Policy, Role, decide
from bot.changes.ports import Authorizations, Store
from bot.changes.progress import Progress
from bot.changes.request import ChangeRequest, TargetState

_GONE = (AuthorizationNotFoundError, OrphanError)


class Execution:
    """Carry requests out on one InfluxDB instance.

    The caller holds the authorization while it runs.

    Args:
        instance: The instance that has the target.
        store: The database.
        policy: Gives the policy in force.
        progress: Records each step.
        holding: Lets one change at a time weigh the instance's operator tokens.
        late: How long a PATCH whose answer was lost may still arrive.
    """

    def __init__(
        self,
        instance: Authorizations,
        store: Store,
        policy: Callable[[], Policy],
        progress: Progress,
        holding: Holding,
        late: timedelta,
    ) -> None:
        self._instance = instance
        self._store = store
        self._policy = policy
        self._progress = progress
        self._holding = holding
        self._late = late

    async def carry_out(self, request: ChangeRequest) -> ChangeRequest:
        """Bring a request as far as it goes now; it comes back finished or unresolved."""
        match request.target.state:
            case TargetState.PENDING:
                return await self._begin(request)
            case TargetState.INTENDED:
                return await self._take_up(request)
            case TargetState.UNKNOWN:
                return await self._read_back(request, accepted=False)
            case _:
                return request

    async def _begin(self, request: ChangeRequest) -> ChangeRequest:
        try:
            current = await find(self._instance, request.target.authorization_id)
            return await self._judge(request, current)
        except _GONE as error:
            problem = outcomes.untouched(error.problem)
            return await self._progress.reach(request, TargetState.REFUSED, problem=problem)
        except UpstreamError as error:
            problem = outcomes.untouched(error.problem)
            return await self._progress.reach(request, TargetState.FAILED, problem=problem)

    async def _take_up(self, request: ChangeRequest) -> ChangeRequest:
        """Go on after an interruption: the PATCH may have been sent, or not."""
        request = await self._progress.take_up(request)
        try:
            current = await self._instance.get(request.target.authorization_id)
            if request.update.holds(current) or not outcomes.same_revision(request, current):
                return await self._settle(request, current, fault=None)
            return await self._judge(request, current)
        except UpstreamError as error:
            return await self._unread(request, error, accepted=False)

    async def _judge(self, request: ChangeRequest, current: Authorization) -> ChangeRequest:
        if not weighs_operators(request.update, current):
            return await self._decide(request, current)
        # Two operator tokens disabled at once would each count on the other.
        async with self._holding.hold(self._instance.name, request.lease or ""):
            return await self._decide(request, current)

    async def _decide(self, request: ChangeRequest, current: Authorization) -> ChangeRequest:
        decision = decide(self._policy(), request.requester, Role.OPERATOR, request.update.kind)
        facts = await gather(request, current, decision, self._instance, self._store)
        match judge(request, facts):
            case Refuse(problem):
                told = outcomes.untouched(problem)
                return await self._progress.reach(
                    request, TargetState.REFUSED, before=current, problem=told
                )
            case NothingToDo():
                return await self._progress.reach(
                    request, TargetState.UNCHANGED, before=current, after=current
                )
            case _:
                return await self._patch(request, current)

    async def _patch(self, request: ChangeRequest, current: Authorization) -> ChangeRequest:
        if request.target.state is TargetState.PENDING:
            request = await self._progress.reach(request, TargetState.INTENDED, before=current)
        try:
            await self._instance.update(request.target.authorization_id, request.update)
        except UpstreamError as error:
            if error.effect is Effect.APPLIED:
                return await self._unread(request, error, accepted=True)
            if error.effect is Effect.NONE:
                problem = outcomes.untouched(error.problem)
                return await self._progress.reach(request, TargetState.FAILED, problem=problem)
            return await self._read_back(request, accepted=False, fault=error.problem)
        return await self._read_back(request, accepted=True)

    async def _read_back(
        self, request: ChangeRequest, *, accepted: bool, fault: Problem | None = None
    ) -> ChangeRequest:
        try:
            current = await self._instance.get(request.target.authorization_id)
        except UpstreamError as error:
            return await self._unread(request, error, accepted=accepted)
        return await self._settle(request, current, fault)

    async def _settle(
        self, request: ChangeRequest, current: Authorization, fault: Problem | None
    ) -> ChangeRequest:
        if request.update.holds(current):
            return await self._progress.reach(request, TargetState.DONE, after=current)
        unknown = request.target.state is TargetState.UNKNOWN
        if (unknown or fault is not None) and outcomes.same_revision(request, current):
            # Whoever holds the request up may still let it through.
            if unknown and self._progress.age_of_intent(request) < self._late:
                return request
            if not unknown and fault is not None and outcomes.may_arrive_late(fault):
                problem = outcomes.unconfirmed(fault, current)
                return await self._progress.reach(request, TargetState.UNKNOWN, problem=problem)
        problem = outcomes.not_in_effect(request, current, fault)
        return await self._progress.reach(
            request, TargetState.FAILED, problem=problem, after=current
        )

    async def _unread(
        self, request: ChangeRequest, error: UpstreamError, *, accepted: bool
    ) -> ChangeRequest:
        if isinstance(error, _GONE) and accepted:
            problem = outcomes.applied_unread(error.problem)
            return await self._progress.reach(request, TargetState.APPLIED, problem=problem)
        if isinstance(error, _GONE):
            problem = outcomes.gone(error.problem)
            return await self._progress.reach(request, TargetState.LOST, problem=problem)
        if request.target.state is TargetState.UNKNOWN:
            return request
        problem = outcomes.unknown(error.problem)
        return await self._progress.reach(request, TargetState.UNKNOWN, problem=problem)
