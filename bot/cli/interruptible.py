"""Run what a command does so that Ctrl-C reaches it whole, or not at all."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

_CTRL_C: Final = frozenset({signal.SIGINT})


def interruptible(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run work in a loop of its own; Ctrl-C interrupts the work, and nothing else.

    While the loop is made it waits, since a loop that is half made cannot be closed. Once the work
    has ended it is too late, and nothing comes of it: whoever said "nothing was changed" then would
    say so of work that is done.

    Args:
        work: Begins it.

    Returns:
        What the work returns.

    Raises:
        KeyboardInterrupt: If the work was interrupted, and did not take Ctrl-C itself.
    """
    if threading.current_thread() is not threading.main_thread():
        # Python answers Ctrl-C in the main thread alone.
        return asyncio.run(work())
    usual = signal.getsignal(signal.SIGINT)

    async def reached() -> T:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _CTRL_C)
        try:
            return await work()
        finally:
            # Not blocked, which would be this thread's affair alone.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    signal.pthread_sigmask(signal.SIG_BLOCK, _CTRL_C)
    try:
        return asyncio.run(reached())
    finally:
        signal.signal(signal.SIGINT, usual)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _CTRL_C)
