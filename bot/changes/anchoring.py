import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.changes.errors import StoreUnavailableError
from bot.changes.ports import AnchorFeed, AnnouncementError, Store

_log = structlog.get_logger()


@dataclass(frozen=True)
class AnchorPace:
    """How often the record is anchored.

    Attributes:
        every: Between two anchors.
        again: After how long one that Slack did not take is told again.
        look: Between two looks whether one is due.
    """

    every: timedelta = timedelta(days=1)
    again: timedelta = timedelta(minutes=5)
    look: timedelta = timedelta(minutes=1)


class Anchoring:
    """Tell what the record is known by once a day, where whoever rewrites it cannot reach.

    What is told is stored before, and that it was told right after, so that a crash between leads
    to a second copy of the same anchor at worst. Of several replicas one tells it.

    Args:
        store: The database.
        feed: Where people keep it; the log has it as well.
        clock: Tells the time.
        pace: How often.
    """

    def __init__(
        self,
        store: Store,
        feed: AnchorFeed,
        clock: Callable[[], datetime],
        pace: AnchorPace,
    ) -> None:
        self._store = store
        self._feed = feed
        self._clock = clock
        self._pace = pace

    async def run(self) -> None:
        """Look again and again, for as long as it runs."""
        while True:
            await asyncio.sleep(self._pace.look.total_seconds())
            try:
                await self.sweep(self._clock())
            except StoreUnavailableError as error:
                _log.warning("whether to anchor the record is not known", reason=str(error))
            except Exception:  # noqa: BLE001 - logged; one round must not end all others
                _log.exception("stumbled over an anchor; looking again")

    async def sweep(self, now: datetime) -> None:
        """Tell the anchor that is due, if one is and anything was appended since the last one."""
        async with self._store.transaction() as transaction:
            taken = await transaction.take_anchor(now, self._pace.every, self._pace.again)
            if taken is None:
                return
            anchor, is_new = taken
            if is_new:
                # Before it is stored: a second line in the log does no harm, a missing one would.
                _log.info("the record's anchor", anchor=anchor.written)
        try:
            await self._feed.post(anchor)
        except AnnouncementError as error:
            _log.info("the feed has no anchor yet", anchor=anchor.written, reason=str(error))
            return
        async with self._store.transaction() as transaction:
            await transaction.anchor_told(anchor, now + self._pace.every)
