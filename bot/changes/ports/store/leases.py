from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.changes.request import ChangeRequest


class Leases(Protocol):
    """Who carries out which request, and holds which keys, until when."""

    async def claim(
        self,
        claim: str,
        now: datetime,
        lasts: timedelta,
        limit: int,
        keeper: str = "",
        *,
        only_kept: bool = False,
    ) -> Sequence[ChangeRequest]:
        """Take up to ``limit`` requests that are due now, for a while; one update decides.

        What is about a leaked secret that a living process holds is taken by that process alone,
        which says with ``keeper`` who it is. With ``only_kept`` it takes nothing else: it is there
        for its own report, and leaves other people's requests to the bots that serve them.

        Each gets a lease of its own, made of ``claim``, which must be unlike any before. Where a
        lease has run out, the request says in ``taken_from`` whose that was. Leases
        begin and end by the database's clock, since those of replicas differ.
        """
        ...

    async def renew(self, lease: str, lasts: timedelta) -> bool:
        """Prolong a lease and what is held under it; False if it has been taken over.

        It lasts so long from now on, by the database's clock.
        """
        ...

    async def release(self, lease: str, due: datetime | None, version: int, now: datetime) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do.

        Where a person has moved it on since ``version``, or its turn has come since it stood in
        line, it is due at once.
        """
        ...

    async def hold(self, keys: Sequence[str], owner: str, lasts: timedelta) -> bool:
        """Take keys, such as authorizations, for a while; False if another has one of them.

        Holds begin and end by the database's clock, as leases do.
        """
        ...

    async def let_go(self, keys: Sequence[str], owner: str) -> None:
        """Give keys back."""
        ...
