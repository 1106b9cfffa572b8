"""What pacing needs from the database."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol


class Slots(Protocol):
    """One transaction on turns; it commits when its context ends without an exception."""

    async def free_at(self, key: str) -> datetime | None:
        """Give the moment from which a slot is free, or None if it was never taken."""
        ...

    async def take_slot(
        self, key: str, now: datetime, free_at: datetime, taken_until: datetime
    ) -> bool:
        """Take a slot; False if it is not free. One update decides.

        Args:
            key: The channel.
            now: The moment.
            free_at: When it is free again at the soonest, once it is given back.
            taken_until: When it is free again if it is not given back.
        """
        ...

    async def give_back(self, key: str, taken_until: datetime, free_at: datetime) -> None:
        """Give a slot back, free from a moment on, unless it is another's by now."""
        ...

    async def keep_slot(self, key: str, until: datetime) -> None:
        """Let nobody have a slot before a moment; what is kept for longer stays so."""
        ...

    async def in_front(
        self, channel: str, request_id: str, asked_at: datetime, absent_since: datetime
    ) -> int:
        """Count the older requests that wait for a channel, and have not missed their turn.

        Args:
            channel: What they wait for.
            request_id: The request that they would be in front of.
            asked_at: When that was made.
            absent_since: Who was to come before this moment does not wait any more.
        """
        ...

    async def stand_in_line(
        self, channel: str, request_id: str, asked_at: datetime, due: datetime
    ) -> None:
        """Note that a request waits for a channel, and when it comes again."""
        ...

    async def leave_line(self, channel: str, request_id: str, absent_since: datetime) -> None:
        """Note that a request waits no more, and forget who has missed their turn."""
        ...


class SlotStore(Protocol):
    """The database, as far as pacing needs it."""

    def transaction(self, *, lasting: bool) -> AbstractAsyncContextManager[Slots]:
        """Begin a transaction that may write; what is not lasting, a power cut may take back."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Slots]:
        """Begin a transaction that only reads."""
        ...
