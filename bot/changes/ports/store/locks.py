from typing import Protocol


class Locks(Protocol):
    """What keeps others waiting until a transaction ends."""

    async def one_at_a_time(self, user_id: str) -> None:
        """Take what one person asks one after another. The first thing that a transaction does.

        What counts a person's requests, votes or refusals is exact after it.
        """
        ...
