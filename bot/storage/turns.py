import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Let one in at a time: the urgent ones first, and each kind in the order in which it came."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for one's turn, and have it while the context is open."""
        if self._taken:
            await self._stand_in_line(self._urgent if urgent else self._others)
        self._taken = True
        try:
            yield
        finally:
            self._call_next()

    async def _stand_in_line(self, line: deque[asyncio.Future[None]]) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if not called.cancelled():
                # Called and cancelled at the same moment: the turn is the next one's.
                self._call_next()
            raise

    def _call_next(self) -> None:
        """Hand the turn on; it stays taken meanwhile, so that nobody comes in between."""
        for line in (self._urgent, self._others):
            while line:
                called = line.popleft()
                # Whoever has given up is out of the line as soon as their turn would come.
                if not called.done():
                    called.set_result(None)
                    return
        self._taken = False
