"""How what a heart does ends, in a bot that serves and in a process of one request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.bootstrap.heart import Heart
from bot.tasks import report


@asynccontextmanager
async def kept_alive(heart: Heart) -> AsyncIterator[None]:
    """Count as alive, with whatever leaked secrets are held, until the context ends."""
    keeping = asyncio.create_task(heart.keeping.keep_alive(), name="keeping")
    keeping.add_done_callback(report)
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await heart.keeping.leave()


async def finished(heart: Heart, working: asyncio.Task[None], grace: float) -> None:
    """Let the executor finish what has begun, and others go on with what it does not.

    Args:
        heart: Whose executor it is.
        working: Runs the executor.
        grace: Seconds for that.
    """
    heart.executor.stop()
    await asyncio.wait([working], timeout=grace)
    heart.executor.hand_over()
