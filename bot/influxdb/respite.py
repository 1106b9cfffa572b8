import asyncio

from bot.influxdb.failure import Failure

_LONGEST_SECONDS = 60.0


class Respite:
    """The time for which an instance has asked to be left alone.

    One answer with Retry-After holds back every call, so that many at once do not run into the
    same wall one after the other.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._asked: Failure | None = None

    def note(self, failure: Failure) -> None:
        """Remember what a failure asks for, if it asks for a pause."""
        if failure.retry_after is None:
            return
        # Whoever asks for days is not obeyed: people want to know whether it is back.
        until = _now() + min(failure.retry_after, _LONGEST_SECONDS)
        if until > self._until:
            self._until, self._asked = until, failure

    async def over(self, within: float) -> Failure | None:
        """Wait until the time is over.

        Args:
            within: Seconds to wait at most.

        Returns:
            None, or at once what the instance has answered, if it would take longer.
        """
        while (left := self._until - _now()) > 0:
            if left > within and self._asked is not None:
                return self._asked.held(left)
            await asyncio.sleep(left)
            within -= left
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()
