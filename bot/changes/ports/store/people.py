from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.changes.people import KnownGroup, KnownPerson
from bot.changes.policy import Workspace


class People(Protocol):
    """What Slack told last of user groups, people and the bot, for when it does not answer."""

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

    async def known_workspace(self) -> Workspace | None:
        """Give the bot's own workspace, or None if Slack has never told."""
        ...

    async def note_workspace(self, workspace: Workspace, told_at: datetime) -> None:
        """Store the bot's own workspace, in the place of the one that Slack had told before."""
        ...
