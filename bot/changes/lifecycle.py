"""Take one request as far as it goes now, stage by stage, and say when it is due again."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.changes import outcomes, stages
from bot.changes.announcing import Announcing
from bot.changes.approval import Approval
from bot.changes.carrying_out import CarryingOut
from bot.changes.decision import NeedsApproval
from bot.changes.ending import Ending
from bot.changes.errors import BotError, Problem, UpstreamError
from bot.changes.leak_progress import LeakProgress
from bot.changes.leak_report import LeakReport
from bot.changes.outcome_counting import OutcomeCounting
from bot.changes.outcome_telling import OutcomeTelling
from bot.changes.pauses import Pauses, soonest
from bot.changes.ports import Counts
from bot.changes.preparation import Preparation
from bot.changes.progress import Progress
from bot.changes.request import ChangeRequest
from bot.changes.rereading import Rereading
from bot.changes.ruling import Ruling, Rulings
from bot.changes.states import RequestState, TargetState
from bot.changes.telling_approvers import TellingApprovers
from bot.changes.tracing import Tracing
from bot.changes.vault import Vault
from bot.changes.waits import Rest, Waits

_log = structlog.get_logger()


class Lifecycle:
    """Lead a request through its stages.

    Args:
        rulings: Judges requests with what is true now.
        preparation: Finds and reads the targets.
        tracing: Looks for the token of a leaked secret.
        carrying_out: Sends what is to be sent.
        progress: Records each step.
        leak_progress: Records what is found out about a leaked secret.
        announcing: Tells of each stage.
        telling_approvers: Tells them of what is done by break-glass.
        ending: Ends timers.
        rereading: Watches what was disabled.
        clock: Tells the time.
        pauses: How long to wait.
        instances: How many InfluxDB instances there are.
        counts: Told what changes come to, for the metrics.
        vault: Holds leaked secrets until their cases are over.
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
        announcing: Announcing,
        telling_approvers: TellingApprovers,
        ending: Ending,
        rereading: Rereading,
        clock: Callable[[], datetime],
        pauses: Pauses,
        instances: int,
        counts: Counts,
        vault: Vault,
    ) -> None:
        self._rulings = rulings
        self._preparation = preparation
        self._tracing = tracing
        self._carrying_out = carrying_out
        self._progress = progress
        self._leak_progress = leak_progress
        self._telling = OutcomeTelling(announcing, clock, pauses)
        self._telling_approvers = telling_approvers
        self._ending = ending
        self._rereading = rereading
        self._clock = clock
        self._pauses = pauses
        self._waits = Waits(progress, clock, pauses)
        self._instances = instances
        self._counting = OutcomeCounting(counts)
        self._vault = vault

    async def advance(self, request: ChangeRequest) -> datetime | None:
        """Bring a request as far as it goes; say when it is due again, or None for never."""
        told = request.state is RequestState.UNRESOLVED and request.message is not None
        was_open = not request.state.final
        rest = await self._through_stages(request)
        request, again = rest.request, None
        if was_open and request.state.final:
            outcomes_had = sorted({target.state.value for target in request.targets})
            _log.info("over", state=request.state.value, outcomes=outcomes_had)
        was_closed = request.state.final and request.state is not RequestState.FINISHED
        if rest.news and was_closed:
            await self._carrying_out.pass_on(request)
        if rest.news and not (request.state is RequestState.UNRESOLVED and told):
            request, again = await self._telling.tell(request)
        due = soonest(rest.due, again)
        if request.state.final:
            self._vault.forget(request.id)
            due = soonest(due, await self._afterwards(request, again))
        if rest.news or request.state.final:
            # It does not depend on the message in the channel, which Slack may refuse.
            due = soonest(due, await self._telling_approvers.advance(request))
        return due

    async def _through_stages(self, request: ChangeRequest) -> Rest:
        """Take stage after stage, until the request ends or has to wait."""
        told = request
        while not request.state.final:
            outcome = await self._through_one(request, told)
            if isinstance(outcome, Rest):
                return outcome
            request = outcome
        return Rest(request, None, news=not request.announced)

    async def _through_one(
        self, request: ChangeRequest, told: ChangeRequest
    ) -> ChangeRequest | Rest:
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

    async def _afterwards(
        self, request: ChangeRequest, told_again: datetime | None
    ) -> datetime | None:
        """Do what goes on after the end, told or not; say when any of it is due again.

        Args:
            request: The request.
            told_again: When it is tried again to tell of it, if that is to come.
        """
        ends = await self._ending.advance(request)
        # What is found is told below the outcome, which comes first while it is on its way.
        placed = request.message is not None or request.posted_by_url
        looks = await self._rereading.advance(request, tell=placed or told_again is None)
        return soonest(ends, looks)
