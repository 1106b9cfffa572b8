from collections.abc import Callable
from datetime import datetime

import structlog

from bot.changes.announcing import Announcing
from bot.changes.pauses import Pauses
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest

_log = structlog.get_logger()


class OutcomeTelling:
    """Tell of a request, and say when that is tried again where Slack does not take it.

    Args:
        announcing: Tells of each stage.
        clock: Tells the time.
        pauses: How long to wait.
    """

    def __init__(
        self, announcing: Announcing, clock: Callable[[], datetime], pauses: Pauses
    ) -> None:
        self._announcing = announcing
        self._clock = clock
        self._pauses = pauses

    async def tell(self, request: ChangeRequest) -> tuple[ChangeRequest, datetime | None]:
        """Tell of a request; say when that is tried again, if Slack did not take it."""
        try:
            return await self._announcing.tell(request), None
        except AnnouncementError as error:
            turn, reason = error.retry_after, str(error)
        since = await self._announcing.news_since(request)
        now = self._clock()
        if not request.state.final:
            again: datetime | None = self._pauses.later(since, now, turn=turn)
        else:
            again = self._pauses.tell_again(since, now, turn)
        if again is None:
            # What else makes it due takes it up once more.
            _log.error("an outcome reached nobody", reason=reason)
        else:
            # Its turn comes by itself; what else is in the way is somebody's trouble.
            log = _log.warning if turn is None else _log.info
            log("not announced yet", reason=reason)
        return request, again
