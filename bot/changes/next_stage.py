"""Take the stage of a request that comes next, and record what came of it."""

from collections.abc import Callable
from datetime import datetime

from bot.changes import outcomes, stages
from bot.changes.approval import Approval
from bot.changes.carrying_out import CarryingOut
from bot.changes.decision import NeedsApproval
from bot.changes.errors import BotError, Problem, UpstreamError
from bot.changes.leak_progress import LeakProgress
from bot.changes.leak_report import LeakReport
from bot.changes.outcome_counting import OutcomeCounting
from bot.changes.pauses import Pauses
from bot.changes.preparation import Preparation
from bot.changes.progress import Progress
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Ruling, Rulings
from bot.changes.states import RequestState, TargetState
from bot.changes.tracing import Tracing
from bot.changes.waits import Rest, Waits


class NextStage:
    """Do what the next stage of a request asks for.

    Args:
        rulings: Judges requests with what is true now.
        preparation: Finds and reads the targets.
        tracing: Looks for the token of a leaked secret.
        carrying_out: Sends what is to be sent.
        progress: Records each step.
        leak_progress: Records what is found out about a leaked secret.
        clock: Tells the time.
        pauses: How long to wait.
        instances: How many InfluxDB instances there are.
        counting: Counts what changes come to.
    """

    def __init__(  # noqa: PLR0913 - its parts, all named
        self,
        *,
        rulings: Rulings,
        preparation: Preparation,
        tracing: Tracing,
        carrying_out: CarryingOut,
        progress: Progress,
        leak_progress: LeakProgress,
        clock: Callable[[], datetime],
        pauses: Pauses,
        instances: int,
        counting: OutcomeCounting,
    ) -> None:
        self._rulings = rulings
        self._preparation = preparation
        self._tracing = tracing
        self._carrying_out = carrying_out
        self._progress = progress
        self._leak_progress = leak_progress
        self._clock = clock
        self._pauses = pauses
        self._waits = Waits(progress, clock, pauses)
        self._instances = instances
        self._counting = counting

    async def take(self, request: ChangeRequest, told: ChangeRequest) -> ChangeRequest | Rest:
        """Take the next stage; give the request, or where it has come to rest.

        Args:
            request: The request.
            told: The request as its message tells of it.
        """
        ruling = await self._rulings.of(request)
        now = self._clock()
        match stages.next_stage(request, ruling, now, self._instances):
            case stages.Wait(until):
                return Rest(request, until)
            case stages.HoldBack(reason):
                return await self._waits.until_changes_go_on(request, told, reason)
            case stages.Preview():
                until = now + stages.PREVIEW_LASTS
                request = await self._progress.shown(request, RequestState.PREVIEWED, until)
                return Rest(request, until)
            case stages.AskApproval(decision):
                request = await self._ask_approval(request, decision, ruling)
                return Rest(request, request.expires_at)
            case stages.Close(state, problem):
                closed = await self._progress.closed(request, state, problem)
                self._counting.count(request, closed)
                return closed
            case stages.Refuse(problem):
                self._counting.refused(ruling.decision)
                return await self._refuse(request, problem)
            case stages.Prepare():
                return await self._prepare(request, told)
            case stages.CarryOut():
                return await self._carry_out(request, told)

    async def _prepare(self, request: ChangeRequest, told: ChangeRequest) -> ChangeRequest | Rest:
        last_try = self._is_last_try(request)
        if request.leak is not None:
            return await self._trace(request, request.leak, told, last_try=last_try)
        try:
            prepared = await self._preparation.prepare(request, last_try=last_try)
        except BotError as error:
            if isinstance(error, UpstreamError) and error.passing and not last_try:
                return await self._waits.unreached(request, told, error)
            return await self._progress.came_to_nothing(request, outcomes.untouched(error.problem))
        self._counting.count(request, prepared)
        return await self._progress.prepared(prepared)

    async def _trace(
        self, request: ChangeRequest, report: LeakReport, told: ChangeRequest, *, last_try: bool
    ) -> ChangeRequest | Rest:
        """Look for the token of a leaked secret."""
        try:
            traced, nothing = await self._tracing.trace(request, report, last_try=last_try)
        except UpstreamError as error:
            return await self._waits.unreached(request, told, error)
        if nothing is not None:
            traced = await self._leak_progress.came_to_nothing(traced, nothing)
        else:
            traced = await self._leak_progress.identified(traced, traced.leak or report)
        self._counting.count(request, traced)
        return traced

    def _is_last_try(self, request: ChangeRequest) -> bool:
        return self._clock() >= self._pauses.gives_up_at(request)

    async def _ask_approval(
        self, request: ChangeRequest, decision: NeedsApproval, ruling: Ruling
    ) -> ChangeRequest:
        expires_at = request.created_at + decision.expires_after
        if request.approval is not None and request.expires_at is not None:
            # Enough had agreed, and one of them may not any more; the time goes on.
            expires_at = request.expires_at
        approval = Approval(
            rule=decision.rule,
            approvers=tuple(sorted(decision.approvers)),
            quorum=decision.quorum,
            votes=ruling.tally.counting,
        )
        return await self._progress.shown(
            request,
            RequestState.AWAITING_APPROVAL,
            expires_at,
            approval,
            lapsed=[vote.voter.user_id for vote in ruling.tally.lapsed],
        )

    async def _refuse(self, request: ChangeRequest, problem: Problem) -> ChangeRequest:
        if not request.targets:
            nothing = await self._progress.came_to_nothing(request, problem)
            self._counting.count(request, nothing)
            return nothing
        refused = [
            self._progress.reached(target, TargetState.REFUSED, problem=problem)
            for target in request.in_state(TargetState.PENDING)
        ]
        recorded = await self._progress.record(request, refused)
        self._counting.count(request, recorded)
        return recorded

    async def _carry_out(self, request: ChangeRequest, told: ChangeRequest) -> ChangeRequest | Rest:
        last_try = self._is_last_try(request)
        carried = await self._carrying_out.carry_out(request, last_try=last_try)
        self._counting.count(request, carried.request)
        request = carried.request
        if request.in_state(TargetState.UNKNOWN) and request.state is RequestState.UNRESOLVED:
            return await self._unresolved(request)
        if carried.stopped and not request.state.final:
            return await self._waits.until_changes_go_on(request, told, carried.stopped)
        if carried.in_line is not None:
            return await self._waits.in_line(request, told, carried.in_line)
        if carried.unreached is not None and not request.state.final:
            return await self._waits.unreached(request, told, carried.unreached)
        return request

    async def _unresolved(self, request: ChangeRequest) -> ChangeRequest | Rest:
        """Say when to read again what is not known, or stop reading."""
        again = self._pauses.read_again(request, self._clock())
        if again is not None:
            return Rest(request, again)
        stopped = await self._carrying_out.stop_reading(request)
        self._counting.count(request, stopped)
        return stopped
