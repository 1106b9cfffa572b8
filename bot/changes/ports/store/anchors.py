from datetime import datetime, timedelta
from typing import Protocol

from bot.changes.anchor import Anchor


class Anchors(Protocol):
    """The anchor of the record that is told next, or was told last."""

    async def take_anchor(
        self, now: datetime, every: timedelta, again: timedelta
    ) -> tuple[Anchor, bool] | None:
        """Take the anchor that is due, for one replica alone; one update decides.

        What was taken and is not told yet is given once more, as it was.

        Args:
            now: The moment.
            every: How long after one anchor the next one is due; the first one, after the first
                look.
            again: After how long this one is due once more, unless it is told by then.

        Returns:
            The anchor and whether it is a new one; None if none is due, or nothing was appended
            since the last one.
        """
        ...

    async def anchor_told(self, anchor: Anchor, due: datetime) -> None:
        """Note that an anchor was told, and when the next one is due."""
        ...
