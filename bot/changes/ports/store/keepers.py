from datetime import timedelta
from typing import Protocol


class Keepers(Protocol):
    """Which processes hold leaked secrets in their memory, and live.

    A request whose secret is held by a living process is claimed by that one alone.
    """

    async def keep(self, keeper: str, lasts: timedelta) -> None:
        """Note that a process lives, for so long from now on by the database's clock."""
        ...

    async def leave(self, keeper: str) -> None:
        """Note that a process holds no secret any more, so that others may go on without it."""
        ...
