import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from bot.influxdb.failure import Failure

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """Bound how hard a call is tried.

    Pauses double from the first to the longest, each with up to one first pause of chance on top.
    A server's Retry-After takes their place.

    Attributes:
        attempts: How many requests at most.
        seconds: How long all of them and the pauses take at most.
        first_pause: Seconds.
        longest_pause: Seconds.
    """

    attempts: int = 4
    seconds: float = 20.0
    first_pause: float = 0.2
    longest_pause: float = 2.0


class _AttemptFailedError(Exception):
    """Tell stamina of a failure. Its hooks log the exception, so it carries no words."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.problem.code.value)
        self.failure = failure


async def attempts(
    attempt: Callable[[float], Awaitable[T | Failure]],
    retries: Retries,
    again: Callable[[], None],
) -> T:
    """Try until something other than a transient failure comes, or the budget is spent.

    Args:
        attempt: Makes one request; takes how many seconds are left.
        retries: The budget.
        again: Called before each attempt but the first.

    Raises:
        BotError: Of the last failure, with the effect of all. A Retry-After beyond what is left of
            the budget ends it at once.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + retries.seconds

    def pause(error: Exception) -> bool | float:
        if not isinstance(error, _AttemptFailedError) or not error.failure.transient:
            return False
        left = deadline - clock()
        asked = error.failure.retry_after
        if asked is None:
            return retries.longest_pause < left
        return asked if asked < left else False

    failures: list[Failure] = []
    with contextlib.suppress(_AttemptFailedError):
        async for trying in stamina.retry_context(
            on=pause,
            attempts=retries.attempts,
            timeout=None,  # the deadline, which counts the pause to come
            wait_initial=retries.first_pause,
            wait_max=retries.longest_pause,
            wait_jitter=retries.first_pause,
        ):
            with trying:
                if failures:
                    again()
                result = await attempt(deadline - clock())
                if not isinstance(result, Failure):
                    return result
                failures.append(result)
                raise _AttemptFailedError(result)
    raise failures[-1].error(*failures)
