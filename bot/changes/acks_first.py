import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# An ack has three seconds; whatever a person has asked for has to begin all the same.
_MOST_SECONDS = 0.5


class AcksFirst:
    """Let people who wait for an ack go before what was acknowledged already.

    Where many ask at once, carrying out the first requests would make the others wait: for the
    processor, and for their turn to write.
    """

    def __init__(self) -> None:
        self._awaited = 0
        self._all_sent = asyncio.Event()
        self._all_sent.set()

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Hold others up while somebody waits for an ack."""
        self._awaited += 1
        self._all_sent.clear()
        try:
            yield
        finally:
            self._awaited -= 1
            if not self._awaited:
                self._all_sent.set()

    async def all_sent(self) -> None:
        """Wait until nobody waits for an ack, for half a second at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_sent.wait(), _MOST_SECONDS)
