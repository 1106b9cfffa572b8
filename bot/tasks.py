import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

_log = structlog.get_logger()


class Tasks:
    """Hold on to what runs beside a request, so that it is neither lost nor forgotten.

    asyncio keeps only weak references to tasks, and nothing in Bolt waits for work at the end.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run something beside; what it raises goes to the log."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)

    @property
    def busy(self) -> bool:
        """Tell whether anything runs beside."""
        return bool(self._running)

    async def idle(self) -> None:
        """Wait until nothing runs beside."""
        while self._running:
            await asyncio.wait(self._running)

    async def drain(self, seconds: float) -> None:
        """Wait for what runs, at most so long; then cancel the rest."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            _log.warning("cancelled at the end", task=task.get_name())
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        report(task)


def report(task: asyncio.Task[None]) -> None:
    """Log what has ended a task, unless it was its own end."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("a task failed", task=task.get_name(), exc_info=error)
