"""Gates that hold a request at an exact moment until a test lets it go on."""

import asyncio
import re

from bot.sandbox.influxdb.wire import Request


class Gate:
    """Hold matching requests, before or after they are applied, until released.

    Attributes:
        reached: Set once a request waits here.
        waiting: How many wait here now.
    """

    def __init__(self, method: str, path: str, *, after: bool) -> None:
        self.reached = asyncio.Event()
        self.waiting = 0
        self._arrived = asyncio.Event()
        self._method = method
        self._path = re.compile(path)
        self._after = after
        self._open = asyncio.Event()

    async def holding(self, count: int) -> None:
        """Wait until so many wait here."""
        while self.waiting < count:
            self._arrived.clear()
            await self._arrived.wait()

    def release(self) -> None:
        """Let those who wait go on, and all who come later pass."""
        self._open.set()

    def matches(self, request: Request, *, after: bool) -> bool:
        """Tell whether a request at this moment has to pass here."""
        return (
            self._after is after
            and request.method == self._method
            and self._path.fullmatch(request.path) is not None
        )

    async def pass_through(self) -> None:
        """Wait until released."""
        if not self._open.is_set():
            self.reached.set()
            self.waiting += 1
            self._arrived.set()
            try:
                await self._open.wait()
            finally:
                self.waiting -= 1
