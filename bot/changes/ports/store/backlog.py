from datetime import datetime
from typing import Protocol

from bot.changes.backlog import Backlog


class Backlogs(Protocol):
    """What waits, counted."""

    async def backlog(self, now: datetime) -> Backlog:
        """Count what waits, by what it waits for, and say since when the oldest is due."""
        ...
