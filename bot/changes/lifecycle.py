"""Take one request as far as it goes now, stage by stage, and say when it is due again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.changes import outcomes, stages
from bot.changes.announcing import Announcing
from bot.changes.carrying_out import CarryingOut
from bot.changes.decision import NeedsApproval
from bot.changes.ending import Ending
from bot.changes.errors import BotError, Problem
from bot.changes.ports import AnnouncementError
from bot.changes.preparation import Preparation
from bot.changes.progress import Progress
from bot.changes.request import Approval, ChangeRequest
from bot.changes.rereading import Rereading
from bot.changes.ruling import Ruling, Rulings
from bot.changes.states import RequestState, TargetState

_log = structlog.get_logger()


@dataclass(frozen=True)
class Pauses:
    """How long a request waits before it is looked at again.

    Attributes:
        first: After the first failure; pauses grow with the request's age.
        longest: The longest.
        held_back: While all changes are stopped.
        tell_within: How long it is tried to tell of an outcome that Slack takes on no way.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=5)
    held_back: timedelta = timedelta(seconds=2)
    tell_within: timedelta = timedelta(days=2)


class Lifecycle:
    """Lead a request through its stages.

    Args:
        rulings: Judges requests with what is true now.
        preparation: Finds and reads the targets.
        carrying_out: Sends what is to be sent.
        progress: Records each step.
        announcing: Tells of each stage.
        ending: Ends timers.
        rereading: Watches what was disabled.
        clock: Tells the time.
        pauses: How long to wait.
        instances: How many InfluxDB instances there are.
        finished: Told the kind and the outcome of each target that ends, for the metrics.
    """

    def __init__(  # noqa: PLR0913 - its parts, all named
        self,
        *,
        rulings: Rulings,
        preparation: Preparation,
        carrying_out: CarryingOut,
        progress: Progress,
        announcing: Announcing,
        ending: Ending,
        rereading: Rereading,
        clock: Callable[[], datetime],
        pauses: Pauses,
        instances: int,
        finished: Callable[[str, str], None],
    ) -> None:
        self._rulings = rulings
        self._preparation = preparation
        self._carrying_out = carrying_out
        self._progress = progress
        self._announcing = announcing
        self._ending = ending
        self._rereading = rereading
        self._clock = clock
        self._pauses = pauses
        self._instances = instances
        self._finished = finished

    async def advance(self, request: ChangeRequest) -> datetime | None:
        """Bring a request as far as it goes; say when it is due again, or None for never."""
        if request.state.final and request.announced:
            return await self._afterwards(request)
        told = request.state is RequestState.UNRESOLVED and request.message is not None
        request, due, news = await self._through_stages(request)
        if not news or (request.state is RequestState.UNRESOLVED and told):
            return due
        return await self._tell(request, due)

    async def _through_stages(  # noqa: C901 - one case for each stage
        self, request: ChangeRequest
    ) -> tuple[ChangeRequest, datetime | None, bool]:
        """Take stage after stage, until the request ends or has to wait.

        Returns:
            The request, when it is due again, and whether there is something to tell.
        """
        told_to_wait = request.held_back
        while not request.state.final:
            ruling = await self._rulings.of(request)
            now = self._clock()
            match stages.next_stage(request, ruling, now, self._instances):
                case stages.Wait(until):
                    return request, until, True
                case stages.HoldBack(reason):
                    news = told_to_wait != reason or not request.message
                    request = await self._progress.held_back(request, reason)
                    return request, now + self._pauses.held_back, news
                case stages.Preview():
                    until = now + stages.PREVIEW_LASTS
                    request = await self._progress.shown(request, RequestState.PREVIEWED, until)
                    return request, until, True
                case stages.AskApproval(decision):
                    request = await self._ask_approval(request, decision, ruling)
                    return request, request.expires_at, True
                case stages.Close(state, problem):
                    request = await self._progress.closed(request, state, problem)
                case stages.Refuse(problem):
                    request = await self._refuse(request, problem)
                case stages.Prepare():
                    request = await self._prepare(request)
                case stages.CarryOut():
                    told_to_wait = ""
                    request = await self._carry_out(request)
            if request.state is RequestState.UNRESOLVED:
                return request, self._later(request), True
        return request, None, True

    async def _prepare(self, request: ChangeRequest) -> ChangeRequest:
        try:
            prepared = await self._preparation.prepare(request)
        except BotError as error:
            return await self._progress.came_to_nothing(request, outcomes.untouched(error.problem))
        self._count(request, prepared)
        return await self._progress.prepared(prepared)

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
            return await self._progress.came_to_nothing(request, problem)
        refused = [
            self._progress.reached(target, TargetState.REFUSED, problem=problem)
            for target in request.in_state(TargetState.PENDING)
        ]
        recorded = await self._progress.record(request, refused)
        self._count(request, recorded)
        return recorded

    async def _carry_out(self, request: ChangeRequest) -> ChangeRequest:
        carried_out = await self._carrying_out.carry_out(request)
        self._count(request, carried_out)
        return carried_out

    def _count(self, before: ChangeRequest, after: ChangeRequest) -> None:
        """Count the targets that have come to an outcome."""
        open_before = {t.authorization_id for t in before.targets if not t.state.final}
        known = {target.authorization_id for target in before.targets}
        for target in after.targets:
            new = target.authorization_id in open_before or target.authorization_id not in known
            if new and target.state.final:
                self._finished(target.update.kind.value, target.state.value)

    async def _tell(self, request: ChangeRequest, due: datetime | None) -> datetime | None:
        try:
            request = await self._announcing.tell(request)
        except AnnouncementError as error:
            if request.state.final and (
                self._clock() - request.created_at > self._pauses.tell_within
            ):
                _log.error("an outcome reached nobody", reason=str(error))
                return None
            _log.warning("not announced yet", reason=str(error))
            later = self._later(request, error.retry_after)
            return later if due is None else min(due, later)
        if request.state.final:
            return await self._afterwards(request)
        return due

    async def _afterwards(self, request: ChangeRequest) -> datetime | None:
        """Do what goes on after the outcome is told; say when any of it is due again."""
        ends = await self._ending.advance(request)
        looks = await self._rereading.advance(request)
        return min((due for due in (ends, looks) if due is not None), default=None)

    def _later(self, request: ChangeRequest, at_least: float | None = None) -> datetime:
        """Put the next try as far ahead as the request is old, within bounds."""
        now = self._clock()
        pause = max(self._pauses.first, min(now - request.created_at, self._pauses.longest))
        return now + max(pause, timedelta(seconds=at_least or 0))
