"""Faults that the stand-in commits when told to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.slack.replies import Reply

_ERRORS: Final = {429: "ratelimited", 503: "service_unavailable"}


@dataclass
class Fault:
    """What goes wrong with the next calls of a method.

    Attributes:
        method: Such as ``chat.postMessage``, or ``response_url``.
        status: The HTTP status of the answer, such as 429, 500 or 503.
        error: Slack's error; with no status of its own the answer has 200, as Slack's have, and
            404 for a response URL.
        retry_after: Seconds in the Retry-After header.
        times: How many calls are left that it concerns.
        delay: Seconds before the call is looked at.
        drop: Whether the connection ends without an answer.
        applied: Whether the call takes effect before it is answered like this.
    """

    method: str
    status: int | None = None
    error: str | None = None
    retry_after: int | None = None
    times: int = 1
    delay: float = 0.0
    drop: bool = False
    applied: bool = False

    def reply(self) -> Reply | None:
        """Give the faulty answer, or None if the fault is only a delay."""
        if self.drop:
            return Reply({}, 0)
        if self.status is None and self.error is None:
            return None
        status = self.status or (404 if self.method == "response_url" else 200)
        error = self.error or _ERRORS.get(status, "internal_error")
        wait = self.retry_after if self.retry_after is not None else (1 if status == 429 else None)
        headers = {} if wait is None else {"Retry-After": str(wait)}
        return Reply({"ok": False, "error": error}, status, headers)


class Faults:
    """The faults still to be committed, each method's in the order in which they were added."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(
        self,
        method: str,
        *,
        status: int | None = None,
        error: str | None = None,
        retry_after: int | None = None,
        times: int = 1,
        delay: float = 0.0,
        drop: bool = False,
        applied: bool = False,
    ) -> None:
        """Have the next calls of a method go wrong; see `Fault` for what the arguments mean."""
        self._pending.append(Fault(method, status, error, retry_after, times, delay, drop, applied))

    def clear(self) -> None:
        """Forget the faults that are left."""
        self._pending.clear()

    async def around(self, method: str, carry_out: Callable[[], Reply]) -> Reply:
        """Carry out a call, or have it go wrong if a fault is pending for its method."""
        fault = self._take(method)
        if fault is None:
            return carry_out()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        faulty = fault.reply()
        if faulty is None:
            return carry_out()
        if fault.applied:
            carry_out()
        return faulty

    def _take(self, method: str) -> Fault | None:
        for fault in self._pending:
            if fault.method == method:
                fault.times -= 1
                if fault.times < 1:
                    self._pending.remove(fault)
                return fault
        return None
