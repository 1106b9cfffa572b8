from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.changes import evidence
from bot.changes.audit import AuditEvent
from bot.changes.authorization import Authorization
from bot.changes.errors import Problem
from bot.changes.ports import Store
from bot.changes.request import (
    ChangeRequest,
    RequestState,
    TargetState,
    move_request,
    move_target,
)

_WITHOUT_EFFECT = (TargetState.REFUSED, TargetState.FAILED, TargetState.UNCHANGED)


class Progress:
    """Record how far a request has come, each step with its audit event in one transaction.

    Args:
        store: The database.
        clock: Tells the time.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def reach(
        self,
        request: ChangeRequest,
        state: TargetState,
        *,
        problem: Problem | None = None,
        before: Authorization | None = None,
        after: Authorization | None = None,
    ) -> ChangeRequest:
        """Move the target on, the request with it, and record both.

        Args:
            request: The request, whose other fields are stored too.
            state: Where the target has come to.
            problem: What went wrong.
            before: The authorization as it was read before; None leaves what is recorded.
            after: The authorization as it was read last.
        """
        now = self._clock()
        target = replace(
            request.target,
            state=move_target(request.target.state, state),
            problem=problem,
            before=before or request.target.before,
            after=after,
            intended_at=now if state is TargetState.INTENDED else request.target.intended_at,
            finished_at=now if state.final else None,
        )
        request = replace(request, targets=(target,), state=_request_state(request.state, state))
        await self._save(request, evidence.progress(request, now))
        return request

    def age_of_intent(self, request: ChangeRequest) -> timedelta:
        """Tell how long ago the intent was recorded; the PATCH was sent after that."""
        intended_at = request.target.intended_at
        return timedelta() if intended_at is None else self._clock() - intended_at

    async def take_up(self, request: ChangeRequest) -> ChangeRequest:
        """Record that a request was interrupted while its PATCH may have been on its way."""
        request = replace(request, interrupted=request.interrupted + 1)
        await self._save(request, evidence.interrupted(request, self._clock()))
        return request

    async def _save(self, request: ChangeRequest, event: AuditEvent) -> None:
        async with self._store.transaction() as transaction:
            await transaction.save_request(request)
            if request.undo_of is not None and request.target.state in _WITHOUT_EFFECT:
                await transaction.release_undo(request.undo_of, request.id)
            await transaction.append(event)


def _request_state(current: RequestState, target: TargetState) -> RequestState:
    if current is RequestState.ACCEPTED:
        current = move_request(current, RequestState.EXECUTING)
    if target.final:
        return move_request(current, RequestState.FINISHED)
    if target is TargetState.UNKNOWN:
        return move_request(current, RequestState.UNRESOLVED)
    return current
