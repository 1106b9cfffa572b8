from datetime import datetime
from typing import Protocol

from bot.changes.decision import Freeze
from bot.changes.refusals import Refusals


class Switches(Protocol):
    """What holds for every replica: the freeze, and the counts of refusals."""

    async def freeze(self) -> Freeze | None:
        """Give the freeze that stops all changes, or None."""
        ...

    async def set_freeze(self, freeze: Freeze | None) -> bool:
        """Stop all changes, or let them go on; False if it was so already."""
        ...

    async def refusals_to_count(self, user_id: str) -> Refusals | None:
        """Give how often a person was refused lately, or None if never.

        Nobody else counts on, nor forgets it, until the transaction ends.
        """
        ...

    async def forget_refusals(self, until: datetime) -> list[Refusals]:
        """Take the counts that began by a moment away, and give them; nobody else gets them."""
        ...

    async def save_refusals(self, counted: Refusals) -> None:
        """Store how often a person was refused."""
        ...
