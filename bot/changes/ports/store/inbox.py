from typing import Protocol

from bot.changes.asking import Received


class Inbox(Protocol):
    """What was received and is not decided yet."""

    async def add_received(self, one: Received) -> None:
        """Keep what was received until it is decided."""
        ...

    async def received(self) -> list[Received]:
        """Give what is not decided yet, the oldest first."""
        ...

    async def forget_received(self, delivery: str) -> None:
        """Drop what is decided."""
        ...
