"""Take one request as far as it goes now, stage by stage, and say when it is due again."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.changes.announcing import Announcing
from bot.changes.carrying_out import CarryingOut
from bot.changes.ending import Ending
from bot.changes.next_stage import NextStage
from bot.changes.outcome_telling import OutcomeTelling
from bot.changes.pauses import Pauses, soonest
from bot.changes.request import ChangeRequest
from bot.changes.rereading import Rereading
from bot.changes.states import RequestState
from bot.changes.telling_approvers import TellingApprovers
from bot.changes.vault import Vault
from bot.changes.waits import Rest

_log = structlog.get_logger()


class Lifecycle:
    """Lead a request through its stages.

    Args:
        next_stage: Takes the stage that comes next.
        carrying_out: Lets go of what others wait for.
        announcing: Tells of each stage.
        telling_approvers: Tells them of what is done by break-glass.
        ending: Ends timers.
        rereading: Watches what was disabled.
        clock: Tells the time.
        pauses: How long to wait.
        vault: Holds leaked secrets until their cases are over.
    """

    def __init__(  # noqa: PLR0913 - its parts, all named
        self,
        *,
        next_stage: NextStage,
        carrying_out: CarryingOut,
        announcing: Announcing,
        telling_approvers: TellingApprovers,
        ending: Ending,
        rereading: Rereading,
        clock: Callable[[], datetime],
        pauses: Pauses,
        vault: Vault,
    ) -> None:
        self._next_stage = next_stage
        self._carrying_out = carrying_out
        self._telling = OutcomeTelling(announcing, clock, pauses)
        self._telling_approvers = telling_approvers
        self._ending = ending
        self._rereading = rereading
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
            outcome = await self._next_stage.take(request, told)
            if isinstance(outcome, Rest):
                return outcome
            request = outcome
        return Rest(request, None, news=not request.announced)

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
