from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.changes.target import Target


class Line(Protocol):
    """Who waits for which turn."""

    async def ahead_of(
        self, lease: str, keys: Sequence[str], targets: Sequence[Target]
    ) -> tuple[str, str] | None:
        """Give what a request has to wait for before it may hold keys, or None.

        Args:
            lease: The lease of the request.
            keys: What it would hold.
            targets: The authorizations of which no earlier request may still wait or be carried
                out.

        Returns:
            The key that is not free, and the id of the change that comes first.
        """
        ...

    async def wait_for_turn(self, lease: str, key: str) -> None:
        """Note that the request with this lease waits for a key."""
        ...

    async def call_next(self, keys: Sequence[str], now: datetime) -> None:
        """Make the request due that stands in line first, for each of the keys."""
        ...
