import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.changes.errors import StoreUnavailableError
from bot.changes.home import Home
from bot.changes.home_tokens import Everything
from bot.changes.ports import AnnouncementError
from bot.changes.queries import Queries
from bot.slack.home.pages import HomePages
from bot.slack.home.shelf import HomeShelf

_log = structlog.get_logger()
_OPEN_FOR = timedelta(minutes=10)
_KEPT = timedelta(days=90)
_FORGET_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class RefreshPace:
    """How often Home is shown anew.

    Attributes:
        pause: Between two pages of one person.
        share: Of the time for each person who has it open: Slack takes 100 pages a minute for all.
    """

    pause: timedelta = timedelta(seconds=2.5)
    share: timedelta = timedelta(seconds=0.75)


class Refreshing:
    """Show Home anew after changes, to whoever has been there in the last ten minutes.

    It looks at the length of the record at intervals, so that no change waits for it or fails with
    it, whichever replica made it. One replica takes each Home.

    Args:
        shelf: The database.
        queries: Read the tokens.
        pages: Draws and shows.
        clock: Tells the time.
        pace: How often.
    """

    def __init__(
        self,
        shelf: HomeShelf,
        queries: Queries,
        pages: HomePages,
        clock: Callable[[], datetime],
        pace: RefreshPace,
    ) -> None:
        self._shelf = shelf
        self._queries = queries
        self._pages = pages
        self._clock = clock
        self._pace = pace
        self._forgotten_at: datetime | None = None

    async def run(self) -> None:
        """Refresh again and again, for as long as it runs."""
        while True:
            await asyncio.sleep(self._pace.pause.total_seconds())
            try:
                await self.refresh()
                await self._forget()
            except StoreUnavailableError as error:
                _log.warning("Home is not refreshed now", reason=str(error))
            except Exception:  # noqa: BLE001 - logged; Home must not stand still over one round
                _log.exception("stumbled over Home; looking again")

    async def refresh(self) -> None:
        """Show anew what shows less than is recorded, as far as it is its turn."""
        now, pace = self._clock(), self._pace
        async with self._shelf.reading() as homes:
            sequence = await homes.record_length()
            found = await homes.outdated_homes(now - _OPEN_FOR, now, pace.pause, pace.share)
        if not found:
            return
        async with self._shelf.transaction() as homes:
            # Each replica locks them in the order of their keys, which nothing changes meanwhile.
            in_order = sorted(found, key=lambda each: each.person.user_id)
            claimed = [await homes.claim_home(each, now) for each in in_order]
        by_person = {each.person.user_id: each for each in claimed if each is not None}
        waited_longest = (by_person.get(each.person.user_id) for each in found)
        taken = [each for each in waited_longest if each is not None]
        if not taken:
            return
        everything = await self._queries.everything()
        for home in taken:
            await self._shown(home, everything, sequence)

    async def _shown(self, home: Home, everything: Everything, sequence: int) -> None:
        try:
            await self._pages.refresh(home, everything, sequence)
        except (AnnouncementError, StoreUnavailableError) as error:
            _log.info("a Home is not refreshed now", reason=str(error))
        except Exception as error:  # noqa: BLE001 - one page must not keep the others from being shown
            _log.error("stumbled over a Home", exc_info=error)

    async def _forget(self) -> None:
        now = self._clock()
        if self._forgotten_at is None or now - self._forgotten_at >= _FORGET_EVERY:
            async with self._shelf.transaction() as homes:
                await homes.forget_homes(now - _KEPT)
            self._forgotten_at = now
