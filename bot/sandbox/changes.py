import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class StateChanges:
    """Wakes those who wait for a state, at each change of the state.

    Attributes:
        count: How many changes there have been.
    """

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Event] = set()

    def announce(self) -> None:
        """Have everybody who waits look again."""
        self.count += 1
        for event in self._waiting:
            event.set()

    async def until(
        self, condition: Callable[[], T], within: float, describe: Callable[[], str]
    ) -> T:
        """Return what the condition gives as soon as that is true.

        Args:
            condition: Looks at the state; called at once and after each change.
            within: Seconds to wait at most.
            describe: Says what is there, for the error.

        Raises:
            TimeoutError: If the condition does not come true in time.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(within):
                while not (found := condition()):
                    event.clear()
                    await event.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"not so within {within} s; there is:\n{describe()}") from None
        finally:
            self._waiting.discard(event)
