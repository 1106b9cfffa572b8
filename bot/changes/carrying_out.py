"""Send a request's changes while holding its authorizations, and watch whether it may go on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.changes import outcomes
from bot.changes.announcing import Announcing
from bot.changes.decision import Denied, NeedsApproval
from bot.changes.drift import drifted
from bot.changes.errors import (
    ErrorCode,
    LeaseLostError,
    MovedOnError,
    Problem,
    StoreUnavailableError,
)
from bot.changes.execution import Execution
from bot.changes.holding import Holding
from bot.changes.ports import Authorizations, Store
from bot.changes.progress import Progress
from bot.changes.reading import read
from bot.changes.request import ChangeRequest, Target
from bot.changes.ruling import Ruling, Rulings
from bot.changes.sending import Brake
from bot.changes.stages import CarryOut, expired, next_stage, not_allowed_any_more
from bot.changes.states import RequestState, TargetState

_log = structlog.get_logger()


@dataclass(frozen=True)
class Watch:
    """How closely a request with several targets is watched while it is carried out.

    Attributes:
        look: How long between two looks whether it was cancelled or frozen.
        tell: How long between two edits of its message at least.
    """

    look: timedelta = timedelta(milliseconds=500)
    tell: timedelta = timedelta(seconds=2)


class CarryingOut:
    """Carry requests out on all their instances.

    Args:
        instances: The InfluxDB instances by name.
        executions: How to carry out on each of them.
        store: The database.
        rulings: Judges requests with what is true now.
        progress: Records each step.
        holding: Lets one change at a time have an authorization.
        announcing: Shows how far it is.
        clock: Tells the time.
        watch: How closely to watch.
    """

    def __init__(  # noqa: PLR0913 - its parts, all named
        self,
        *,
        instances: Mapping[str, Authorizations],
        executions: Mapping[str, Execution],
        store: Store,
        rulings: Rulings,
        progress: Progress,
        holding: Holding,
        announcing: Announcing,
        clock: Callable[[], datetime],
        watch: Watch,
    ) -> None:
        self._instances = instances
        self._executions = executions
        self._store = store
        self._rulings = rulings
        self._progress = progress
        self._holding = holding
        self._announcing = announcing
        self._clock = clock
        self._watch = watch

    async def carry_out(self, request: ChangeRequest) -> ChangeRequest:
        """Bring a request as far as it goes now, or leave it where its turn has not come.

        It is judged anew once its authorizations are held: waiting for them takes time, in which a
        role may be lost and an approval run out.
        """
        unfinished = [target for target in request.targets if not target.state.final]
        keys = [f"{target.instance}:{target.authorization_id}" for target in unfinished]
        async with self._holding.hold(keys, request.lease or "", unfinished):
            ruling = await self._rulings.of(request)
            now = self._clock()
            stage = next_stage(request, ruling, now, len(self._instances))
            if not isinstance(stage, CarryOut):
                return request
            changed = await self._changed_since_approval(request)
            if changed is not None:
                return await self._progress.closed(request, RequestState.VOIDED, changed)
            try:
                return await self._on_every_instance(request, _barred(request, ruling, now))
            except (StoreUnavailableError, LeaseLostError, MovedOnError):
                raise
            except Exception:  # noqa: BLE001 - logged there, and told as what it is
                return await self._stumbled(request)

    async def _on_every_instance(
        self, request: ChangeRequest, barred: Problem | None
    ) -> ChangeRequest:
        if request.in_state(TargetState.INTENDED):
            request = await self._progress.take_up(request)
        brake = Brake()
        if request.state is not RequestState.ACCEPTED:
            # Somebody may have cancelled while it was held back, or while no executor had it.
            brake.cancelled = await self._cancelled(request)
        async with self._watched(request, brake):
            for name in dict.fromkeys(target.instance for target in request.targets):
                execution = self._executions.get(name)
                if execution is None:
                    request = await self._without_instance(request, name)
                else:
                    request = await execution.carry_out(request, barred, brake)
        if brake.held_back and not request.state.final:
            # In the record, too: whoever takes it up later was not interrupted.
            return await self._progress.held_back(request, brake.held_back)
        return request

    async def _changed_since_approval(self, request: ChangeRequest) -> Problem | None:
        """Say what voids an approval: a token that is not as it was shown. None if none is."""
        if request.approval is None or request.state is not RequestState.ACCEPTED:
            return None
        for name, instance in self._instances.items():
            theirs = [
                target
                for target in request.in_state(TargetState.PENDING)
                if target.instance == name
            ]
            if not theirs:
                continue
            found = (await read(instance, [target.authorization_id for target in theirs])).found
            for target in theirs:
                current = found.get(target.authorization_id)
                problem = None if current is None else drifted(target, current)
                if problem is not None:
                    return Problem(
                        ErrorCode.APPROVAL_VOID,
                        f"The approval is void: {problem.message}",
                        problem.hint,
                    )
        return None

    async def _without_instance(self, request: ChangeRequest, name: str) -> ChangeRequest:
        problem = outcomes.instance_unknown(name)
        changed: list[Target] = []
        for target in request.targets:
            if target.instance != name:
                continue
            if target.state is TargetState.PENDING:
                told = outcomes.untouched(problem)
                changed.append(self._progress.reached(target, TargetState.FAILED, problem=told))
            elif target.state is TargetState.INTENDED:
                told = outcomes.unknown(problem)
                changed.append(self._progress.reached(target, TargetState.UNKNOWN, problem=told))
        return await self._progress.record(request, changed)

    async def _stumbled(self, request: ChangeRequest) -> ChangeRequest:
        """Record a fault of the bot's own: what was not sent has failed, the rest is unknown."""
        async with self._store.reading() as reading:
            current = await reading.request(request.id) or request
        states = [target.state.value for target in current.targets]
        _log.exception("the bot stumbled over a request", states=states)
        problem = outcomes.fault(request.id)
        failed = [
            self._progress.reached(target, TargetState.FAILED, problem=problem)
            for target in current.in_state(TargetState.PENDING)
        ]
        unknown = [
            self._progress.reached(target, TargetState.UNKNOWN, problem=outcomes.unknown(problem))
            for target in current.in_state(TargetState.INTENDED)
        ]
        if not failed and not unknown:
            raise RuntimeError("stumbled over what is only being read; it is read again later")
        return await self._progress.record(current, [*failed, *unknown])

    @contextlib.asynccontextmanager
    async def _watched(self, request: ChangeRequest, brake: Brake) -> AsyncIterator[None]:
        """Look now and then whether several targets may go on, and tell how far they are."""
        if len(request.targets) == 1:
            yield
            return
        task = asyncio.create_task(self._look(request, brake), name=f"watch {request.id}")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _cancelled(self, request: ChangeRequest) -> bool:
        async with self._store.reading() as reading:
            current = await reading.request(request.id)
        return current is not None and bool(current.cancelled_by)

    async def _look(self, request: ChangeRequest, brake: Brake) -> None:
        loop = asyncio.get_running_loop()
        tell_at, told = loop.time() + self._watch.tell.total_seconds(), 0
        while True:
            await asyncio.sleep(self._watch.look.total_seconds())
            try:
                ruling = await self._rulings.of(request)
                brake.cancelled = await self._cancelled(request)
            except StoreUnavailableError as error:
                _log.warning("cannot look whether to go on", reason=str(error))
                continue
            barred = _barred(request, ruling, self._clock())
            # What is barred is refused when it is judged again.
            brake.held_back = "" if barred is None else barred.message
            if ruling.stopped is not None:
                brake.held_back = ruling.stopped.rule
            if loop.time() >= tell_at and brake.sent > told and not brake.on:
                told = brake.sent
                await self._announcing.progress(request, told)
                tell_at = loop.time() + self._watch.tell.total_seconds()


def _barred(request: ChangeRequest, ruling: Ruling, now: datetime) -> Problem | None:
    """Say why nothing more of a request may be sent now, or None."""
    if isinstance(ruling.decision, Denied):
        return not_allowed_any_more(ruling.decision)
    if isinstance(ruling.decision, NeedsApproval) and ruling.missing_votes:
        granted = request.approval is not None and request.approval.granted_at is not None
        lapsed = "the approval does not hold, since somebody who gave it may not approve now"
        why = lapsed if granted else ruling.decision.rule
        return Problem(
            ErrorCode.NOT_ALLOWED,
            f"Not allowed any more: {why}. Nothing was changed.",
            "Ask again.",
        )
    if request.approval is not None and request.expires_at and now >= request.expires_at:
        return expired(request)
    return None
