"""Server-sent events: the page looks again whenever something has changed.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from bot.sandbox.changes import StateChanges

_QUIET_SECONDS: Final = 10.0
"""After so long it looks again anyway: what was just changed no longer is."""


class Announcements:
    """Tells browsers of the changes of both stand-ins, without saying what has changed.

    Args:
        sources: The changes of each.
    """

    def __init__(self, *sources: StateChanges) -> None:
        self._sources = sources
        self._is_over = False

    def end(self) -> None:
        """End all streams."""
        self._is_over = True
        for source in self._sources:
            source.announce()

    async def stream(self) -> AsyncIterator[str]:
        """Give one event for what has changed since the one before, until the end."""
        seen = -1
        while not self._is_over:
            seen = await self._count_after(seen)
            yield f"event: changed\ndata: {seen}\n\n"

    async def _count_after(self, seen: int) -> int:
        """Wait for a change of any source, or for a while."""
        if self._count == seen:
            waiting = [
                asyncio.create_task(source.until(self._is_news(seen), _QUIET_SECONDS, str))
                for source in self._sources
            ]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
        return self._count

    def _is_news(self, seen: int) -> Callable[[], bool]:
        return lambda: self._count != seen

    @property
    def _count(self) -> int:
        return sum(source.count for source in self._sources)
