"""Send a request's changes while holding its authorizations, judged anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.changes import outcomes
from bot.changes.as_shown import changed_since_shown
from bot.changes.errors import (
    ErrorCode,
    LeaseLostError,
    MovedOnError,
    NotItsTurnError,
    Problem,
    StoreUnavailableError,
    UpstreamError,
)
from bot.changes.execution import Execution
from bot.changes.holding import Holding
from bot.changes.leak_execution import LeakExecution
from bot.changes.ports import Authorizations, Store
from bot.changes.progress import Progress
from bot.changes.reading import read
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Rulings
from bot.changes.sending import Brake
from bot.changes.settling import Terms
from bot.changes.stages import CarryOut, barred, next_stage
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.watching import Watching

_log = structlog.get_logger()


@dataclass(frozen=True)
class Carried:
    """How far a request was carried, and what it has to wait for.

    Attributes:
        request: The request as it is recorded now.
        in_line: Which change has to end first, or None if none has.
        unreached: What an instance said that could not be reached, or None; what nothing was sent
            for is tried again later.
        stopped: Why nothing may be sent now; empty if it may.
    """

    request: ChangeRequest
    in_line: NotItsTurnError | None = None
    unreached: UpstreamError | None = None
    stopped: str = ""


class CarryingOut:
    """Carry requests out on all their instances.

    Args:
        instances: The InfluxDB instances by name.
        executions: How to carry out on each of them.
        store: The database.
        rulings: Judges requests with what is true now.
        progress: Records each step.
        holding: Lets one change at a time have an authorization.
        leaks: Carries out what is about a leaked secret.
        watching: Stops what may not go on.
        clock: Tells the time.
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
        leaks: LeakExecution,
        watching: Watching,
        clock: Callable[[], datetime],
    ) -> None:
        self._instances = instances
        self._executions = executions
        self._store = store
        self._rulings = rulings
        self._progress = progress
        self._holding = holding
        self._leaks = leaks
        self._clock = clock
        self._watching = watching

    async def carry_out(self, request: ChangeRequest, *, last_try: bool) -> Carried:
        """Bring a request as far as it goes now, or leave it where its turn has not come.

        It is judged anew once its authorizations are held: standing in line takes time, in which a
        role may be lost and an approval run out.

        Args:
            request: The request.
            last_try: Whether what cannot be reached now has failed.
        """
        unfinished = [target for target in request.targets if not target.state.final]
        # What is disabled may have to be put back.
        held = unfinished if request.leak is None else request.targets
        try:
            async with self._holding.hold(_keys(held), request.lease or "", unfinished):
                return await self._while_held(request, last_try=last_try)
        except NotItsTurnError as error:
            return Carried(request, in_line=error)

    async def pass_on(self, request: ChangeRequest) -> None:
        """Let others have the authorizations of a request that ended without being carried out."""
        await self._holding.pass_on(_keys(request.targets))

    async def stop_reading(self, request: ChangeRequest) -> ChangeRequest:
        """Give up on outcomes that nobody could read for too long."""
        lost = [
            self._progress.reached(t, TargetState.LOST, problem=outcomes.never_known(t.problem))
            for t in request.in_state(TargetState.UNKNOWN)
        ]
        return await self._progress.record(request, lost)

    async def _while_held(self, request: ChangeRequest, *, last_try: bool) -> Carried:
        ruling = await self._rulings.of(request)
        now = self._clock()
        stage = next_stage(request, ruling, now, len(self._instances))
        if not isinstance(stage, CarryOut):
            return Carried(request)
        changed = await self._changed_since_approval(request)
        if isinstance(changed, Problem):
            return Carried(await self._progress.closed(request, RequestState.VOIDED, changed))
        if changed is not None and not last_try:
            return Carried(request, unreached=changed)
        stopped = "" if ruling.stopped is None or request.cancelled_by else ruling.stopped.rule
        terms = Terms(barred(request, ruling, now), last_try, stopped)
        try:
            return await self._on_every_instance(request, terms)
        except (StoreUnavailableError, LeaseLostError, MovedOnError):
            raise
        except Exception:  # noqa: BLE001 - logged there, and told as what it is
            return Carried(await self._stumbled(request))

    async def _on_every_instance(self, request: ChangeRequest, terms: Terms) -> Carried:
        if request.in_state(TargetState.INTENDED, TargetState.RETURNING):
            request = await self._progress.take_up(request)
        async with self._watching.brake(request) as brake:
            if request.leak is not None:
                request = await self._leaks.carry_out(request, request.leak, terms, brake)
            else:
                request = await self._one_instance_after_another(request, terms, brake)
        if brake.held_back and not request.state.final:
            # In the record, too: whoever takes it up later was not interrupted.
            request = await self._progress.held_back(request, brake.held_back)
        stopped = terms.stopped
        if request.leak is not None and brake.stopped:
            # What has to be put back waits for that, cancelled or not.
            stopped = brake.held_back
        return Carried(request, brake.in_line, brake.awaits, stopped)

    async def _one_instance_after_another(
        self, request: ChangeRequest, terms: Terms, brake: Brake
    ) -> ChangeRequest:
        for name in dict.fromkeys(target.instance for target in request.targets):
            execution = self._executions.get(name)
            if execution is None:
                request = await self._without_instance(request, name)
            else:
                request = await execution.carry_out(request, terms, brake)
        return request

    async def _changed_since_approval(
        self, request: ChangeRequest
    ) -> Problem | UpstreamError | None:
        """Say what voids an approval: a token that is not as it was shown. None if none is.

        Where an instance cannot be reached, it is not known yet, which its error says.
        """
        if request.approval is None or request.state is not RequestState.ACCEPTED:
            return None
        for name, instance in self._instances.items():
            theirs = [
                target
                for target in request.in_state(TargetState.PENDING)
                if target.instance == name and request.holds_as_shown(target)
            ]
            if not theirs:
                continue
            readings = await read(instance, [target.authorization_id for target in theirs])
            for reading in readings.by_id.values():
                if isinstance(reading, UpstreamError) and reading.passing:
                    return reading
            found = readings.found
            for target in theirs:
                current = found.get(target.authorization_id)
                problem = None if current is None else changed_since_shown(target, current)
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
            self._progress.reached(target, TargetState.FAILED, problem=outcomes.untouched(problem))
            for target in current.in_state(TargetState.PENDING)
        ]
        unknown = [
            self._progress.reached(target, TargetState.UNKNOWN, problem=outcomes.unknown(problem))
            for target in current.in_state(TargetState.INTENDED)
        ]
        if not failed and not unknown:
            raise RuntimeError("stumbled over what is only being read; it is read again later")
        return await self._progress.record(current, [*failed, *unknown])


def _keys(targets: Sequence[Target]) -> list[str]:
    return [f"{target.instance}:{target.authorization_id}" for target in targets]
