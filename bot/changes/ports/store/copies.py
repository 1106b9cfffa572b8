from collections.abc import Iterable
from typing import Protocol

from bot.changes.direct_copy import DirectCopy


class Copies(Protocol):
    """The copies of a request's message that some people have in a direct message."""

    async def plan_copies(self, change_id: str, user_ids: Iterable[str]) -> None:
        """Note that people are to have a copy; those who are to have one already stay as they are.

        Nobody else plans those of the same request: it is in one executor's hands.
        """
        ...

    async def copies(self, change_id: str) -> list[DirectCopy]:
        """Give the copies of a request's message, sent or not, in the order of the user ids."""
        ...

    async def save_copy(self, change_id: str, copy: DirectCopy) -> None:
        """Store where a copy is, and what it shows."""
        ...
