from collections.abc import Sequence
from typing import Protocol

from bot.changes.people import KnownGroup, KnownPerson


class People(Protocol):
    """What Slack told last of user groups and people, for when it does not answer."""

    async def known_groups(self, ids: Sequence[str]) -> list[KnownGroup]:
        """Give who was in these user groups, as far as Slack has ever told."""
        ...

    async def known_person(self, user_id: str) -> KnownPerson | None:
        """Give what kind of account somebody had, or None if Slack has never told."""
        ...

    async def note_people(
        self, groups: Sequence[KnownGroup], people: Sequence[KnownPerson]
    ) -> None:
        """Store what Slack has told, in the place of what it had told before."""
        ...
