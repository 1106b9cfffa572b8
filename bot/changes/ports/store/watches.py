from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.changes.request import ChangeRequest
from bot.changes.target import Target


class Watches(Protocol):
    """The watch over what was disabled."""

    async def save_watch(self, request: ChangeRequest, found: Sequence[Target] = ()) -> None:
        """Store how far the watch over what a request disabled is, and how some was found.

        Raises LeaseLostError if the request's lease is another's by now.
        """
        ...

    async def other_words(
        self, change_id: str, instance: str, ids: Sequence[str], since: datetime
    ) -> list[Target]:
        """Give what other requests want, or did, about the status of authorizations.

        What came to an outcome before a moment is left out.
        """
        ...

    async def claim_again(
        self, change_id: str, keys: Sequence[tuple[str, str]], again_id: str
    ) -> list[tuple[str, str]]:
        """Reserve what was found active again, to be disabled again by one change.

        One update decides.

        Args:
            change_id: The change that had disabled it.
            keys: The authorizations that are to be disabled again, by instance and id.
            again_id: The change that does it.

        Returns:
            Those that are reserved now; none if another change has them.
        """
        ...

    async def release_again(self, change_id: str, again_id: str) -> None:
        """Give what was reserved back, after a change that disabled nothing again."""
        ...
