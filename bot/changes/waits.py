from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.changes import outcomes
from bot.changes.errors import NotItsTurnError, UpstreamError
from bot.changes.pauses import Pauses
from bot.changes.progress import Progress
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState


@dataclass(frozen=True)
class Rest:
    """Where a request has come to rest for now.

    Attributes:
        request: The request as it is recorded.
        due: When it is looked at again; None where nothing is left to do.
        news: Whether its message does not say all of this yet.
    """

    request: ChangeRequest
    due: datetime | None
    news: bool = True


class Waits:
    """Let requests wait whose turn it is, but which cannot be carried out yet; record why.

    Args:
        progress: Records that they wait.
        clock: Tells the time.
        pauses: How long to wait.
    """

    def __init__(self, progress: Progress, clock: Callable[[], datetime], pauses: Pauses) -> None:
        self._progress = progress
        self._clock = clock
        self._pauses = pauses

    async def until_changes_go_on(
        self, request: ChangeRequest, told: ChangeRequest, reason: str
    ) -> Rest:
        """Let a request wait while all changes are stopped.

        Args:
            request: The request.
            told: The request as its message tells of it.
            reason: What stops them.
        """
        return await self._wait(request, told, reason, self._clock() + self._pauses.held_back)

    async def in_line(
        self, request: ChangeRequest, told: ChangeRequest, turn: NotItsTurnError
    ) -> Rest:
        """Let a request wait for its turn; whoever ends calls it, so it is seldom worth a word."""
        now = self._clock()
        tell_at = request.created_at + self._pauses.told_in_line
        if now < tell_at:
            return Rest(request, min(tell_at, now + self._pauses.in_line), news=False)
        reason = outcomes.waits_for_change(turn.ahead)
        return await self._wait(request, told, reason, now + self._pauses.in_line)

    async def unreached(
        self, request: ChangeRequest, told: ChangeRequest, error: UpstreamError
    ) -> Rest:
        """Let a request wait for an instance that cannot be reached; nothing was sent there."""
        reason = outcomes.waits_for_instance(error.problem, self._pauses.waits_until(request))
        due = self._pauses.unreached(request, self._clock(), error.retry_after)
        return await self._wait(request, told, reason, due)

    async def _wait(
        self, request: ChangeRequest, told: ChangeRequest, reason: str, due: datetime
    ) -> Rest:
        # The message of several tokens may show how far a try has come that has ended.
        begun = request.state is RequestState.EXECUTING and len(request.targets) > 1
        is_told = told.held_back == reason and request.message is not None and not begun
        request = await self._progress.held_back(request, reason)
        return Rest(request, due, news=not is_told)
