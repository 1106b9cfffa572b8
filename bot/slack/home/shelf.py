"""What Home needs from the database."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.changes.home import Home
from bot.changes.home_query import HomeQuery
from bot.changes.people import Person


class Homes(Protocol):
    """One transaction on what people look at in Home; it commits when its context ends well."""

    async def one_at_a_time(self, user_id: str) -> None:
        """Keep other transactions of the same person waiting until this one ends."""
        ...

    async def home(self, user_id: str) -> Home | None:
        """Give somebody's Home, or None if they never had one."""
        ...

    async def record_length(self) -> int:
        """Give the number of the newest event of the record."""
        ...

    async def look_at_home(
        self,
        person: Person,
        now: datetime,
        query: HomeQuery | None = None,
        notice: Sequence[Mapping[str, Any]] = (),
    ) -> Home:
        """Note that somebody is in Home, what they look at, and what they are told.

        Args:
            person: Who.
            now: The moment.
            query: What they look at; None leaves that as it is.
            notice: What they are told, as blocks.
        """
        ...

    async def note_shown(self, home: Home, now: datetime) -> bool:
        """Note what somebody is shown; False if they have done something else since."""
        ...

    async def outdated_homes(
        self, opened_since: datetime, now: datetime, pause: timedelta, share: timedelta
    ) -> list[Home]:
        """Give the Homes that show less than is recorded and whose turn it is, the oldest first.

        Args:
            opened_since: Whoever has done nothing there since then does not count.
            now: The moment.
            pause: How long each waits at least after it was shown.
            share: How much longer, for each person who has Home open, if that is more. Within a
                minute no more are given than have their share of it.
        """
        ...

    async def claim_home(self, home: Home, now: datetime) -> Home | None:
        """Take a Home to be shown anew; None if another replica has, or its person did something.

        One update decides.
        """
        ...

    async def forget_homes(self, before: datetime) -> None:
        """Drop the Homes of those who have not been there since a moment."""
        ...


class HomeShelf(Protocol):
    """The database, as far as Home needs it."""

    def transaction(self) -> AbstractAsyncContextManager[Homes]:
        """Begin a transaction that may write."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Homes]:
        """Begin a transaction that only reads."""
        ...
