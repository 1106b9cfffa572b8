from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.changes import evidence, timers
from bot.changes.approval import Approval
from bot.changes.as_shown import digest
from bot.changes.audit import AuditEvent
from bot.changes.authorization import Authorization
from bot.changes.errors import Problem
from bot.changes.ports import Store, Transaction
from bot.changes.request import ChangeRequest
from bot.changes.reservations import give_back
from bot.changes.states import RequestState, TargetState, move_request, move_target
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target


class Progress:
    """Record how far a request has come, each step with its audit events in one transaction.

    Args:
        store: The database.
        clock: Tells the time.
        reached: Told of each step.
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], reached: Reached = unobserved
    ) -> None:
        self._store = store
        self._clock = clock
        self._reached = reached

    def reached(
        self,
        target: Target,
        state: TargetState,
        *,
        problem: Problem | None = None,
        before: Authorization | None = None,
        after: Authorization | None = None,
    ) -> Target:
        """Give a target that has come to a new state; ``record`` stores it.

        Args:
            target: The target.
            state: Where it has come to.
            problem: What went wrong.
            before: The authorization as it was read before; None leaves what is recorded.
            after: The authorization as it was read last.
        """
        now = self._clock()
        return replace(
            target,
            state=move_target(target.state, state),
            problem=problem,
            before=before or target.before,
            after=after,
            intended_at=now if state is TargetState.INTENDED else target.intended_at,
            finished_at=now if state.final else None,
        )

    async def record(self, request: ChangeRequest, changed: Sequence[Target]) -> ChangeRequest:
        """Store what some targets have come to, and how far the request is with them."""
        if not changed:
            return request
        request = request.with_targets(*changed)
        request = replace(request, state=state_with(request), held_back="")
        now = self._clock()
        events = [evidence.progress(request, target, now) for target in changed]
        saved = await self.save(request, changed, *events)
        intended = any(target.state is TargetState.INTENDED for target in changed)
        self._reached(Step.INTENDED if intended else Step.RECORDED)
        return saved

    def intended_anew(self, target: Target, before: Authorization) -> Target:
        """Give a target that was held back, and whose turn has come again."""
        return replace(target, intended_at=self._clock(), before=before)

    async def unsent(self, request: ChangeRequest, held: Sequence[Target]) -> ChangeRequest:
        """Store that the PATCHes of some targets were held back, and are not on their way."""
        if not held:
            return request
        changed = [replace(target, intended_at=None) for target in held]
        return await self.save(request.with_targets(*changed), changed)

    async def prepared(self, request: ChangeRequest) -> ChangeRequest:
        """Store a request whose targets were looked up and read."""
        ended = [target for target in request.targets if target.state.final]
        if request.targets and len(ended) == len(request.targets):
            request = replace(request, state=state_with(request))
        now = self._clock()
        events = [evidence.progress(request, target, now) for target in ended]
        saved = await self.save(request, request.targets, *events)
        self._reached(Step.PREPARED)
        return saved

    async def shown(
        self,
        request: ChangeRequest,
        state: RequestState,
        expires_at: datetime,
        approval: Approval | None = None,
        lapsed: Sequence[str] = (),
    ) -> ChangeRequest:
        """Store that a request waits for its requester, or for approvers.

        Args:
            request: The request.
            state: For whom it waits.
            expires_at: Until when.
            approval: What it takes, with the votes that count.
            lapsed: The user ids of those whose votes do not count any more.
        """
        request = replace(
            request,
            state=move_request(request.state, state),
            expires_at=expires_at,
            approval=approval or request.approval,
            held_back="",
        )
        now = self._clock()
        events = [evidence.shown(request, now, digest(request.targets))]
        if lapsed:
            events.insert(0, evidence.lapsed(request, now, lapsed))
        async with self._store.transaction() as transaction:
            await transaction.save_request(request, ())
            await transaction.drop_votes(request.id, lapsed)
            await transaction.append(*events)
        waits_for_others = state is RequestState.AWAITING_APPROVAL
        self._reached(Step.APPROVAL_ASKED if waits_for_others else Step.PREVIEWED)
        return request

    async def closed(
        self, request: ChangeRequest, state: RequestState, problem: Problem
    ) -> ChangeRequest:
        """Store that a request is over before anything was sent."""
        request = replace(
            request, state=move_request(request.state, state), closing=problem, held_back=""
        )
        saved = await self.save(request, (), evidence.closed(request, self._clock()))
        self._reached(Step.CLOSED)
        return saved

    async def came_to_nothing(self, request: ChangeRequest, problem: Problem) -> ChangeRequest:
        """Store that a request has no target, and why."""
        now = self._clock()
        report = request.leak
        if report is not None:
            request = replace(request, leak=replace(report, concluded_at=now))
        request = replace(request, closing=problem)
        request = replace(request, state=state_with(request), held_back="")
        events = [evidence.came_to_nothing(request, now)]
        if report is not None and report.looked:
            events.insert(0, evidence.identified(request, report, now))
        return await self.save(request, (), *events)

    async def held_back(self, request: ChangeRequest, reason: str) -> ChangeRequest:
        """Store that a request waits although it is its turn."""
        if request.held_back == reason:
            return request
        return await self.save(replace(request, held_back=reason), ())

    async def take_up(self, request: ChangeRequest) -> ChangeRequest:
        """Record that a request was interrupted while a PATCH may have been on its way.

        One whose intents were all held back was not interrupted; one that has been held back since
        was recorded as interrupted before that.
        """
        known, request = bool(request.held_back), replace(request, held_back="")
        if known or not any(target.perhaps_sent for target in request.targets):
            return request
        request = replace(request, interrupted=request.interrupted + 1)
        saved = await self.save(request, (), evidence.interrupted(request, self._clock()))
        self._reached(Step.TAKEN_UP)
        return saved

    def age_of_intent(self, target: Target) -> timedelta:
        """Tell how long ago the intent was recorded; the PATCH was sent after that."""
        return timedelta() if target.intended_at is None else self._clock() - target.intended_at

    async def save(
        self,
        request: ChangeRequest,
        changed: Sequence[Target],
        *events: AuditEvent,
        first: Callable[[Transaction], Awaitable[Sequence[AuditEvent]]] | None = None,
    ) -> ChangeRequest:
        """Store how far a request is, with what happens at its end, in one transaction.

        Args:
            request: The request.
            changed: Those of its targets that have changed.
            events: What is recorded of it.
            first: What goes with it, before it because of the order of locks; gives what is
                recorded of that.
        """
        ended = request.state is RequestState.FINISHED
        if ended:
            request = timers.started(request)
        async with self._store.transaction() as transaction:
            others = () if first is None else await first(transaction)
            await transaction.save_request(request, changed)
            if ended and request.timer is not None:
                await transaction.save_timer(request)
            if request.state.final:
                await give_back(transaction, request)
            await transaction.append(*events, *others)
        return request


def state_with(request: ChangeRequest) -> RequestState:
    """Give the state of a request whose targets have moved on."""
    state = request.state
    if state is RequestState.ACCEPTED:
        state = move_request(state, RequestState.EXECUTING)
    states = {target.state for target in request.targets}
    if states & {TargetState.PENDING, TargetState.INTENDED, TargetState.RETURNING}:
        return state
    if TargetState.UNKNOWN in states:
        if state is RequestState.UNRESOLVED:
            return state
        return move_request(state, RequestState.UNRESOLVED)
    if request.leak is not None and request.leak.concluded_at is None:
        # The secret is still to be tried, or what was not it to be put back.
        return state
    return move_request(state, RequestState.FINISHED)
