from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.changes.people import Account, KnownGroup, KnownPerson, Person
from bot.changes.policy import Workspace
from bot.storage.dialects import insert
from bot.storage.tables import told_accounts, told_groups, told_workspace


class People:
    """What Slack told last of user groups, people and the bot itself, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known_groups(self, ids: Sequence[str]) -> list[KnownGroup]:
        """Give who was in these user groups, as far as Slack has ever told."""
        found = await self._connection.execute(
            select(told_groups).where(told_groups.c.id.in_(ids)).order_by(told_groups.c.id)
        )
        return [
            KnownGroup(row["id"], frozenset(row["members"]), row["told_at"])
            for row in found.mappings()
        ]

    async def known_person(self, user_id: str) -> KnownPerson | None:
        """Give what kind of account somebody had, or None if Slack has never told."""
        found = await self._connection.execute(
            select(told_accounts).where(told_accounts.c.user_id == user_id)
        )
        row = found.mappings().first()
        if row is None:
            return None
        person = Person(user_id, row["team"], row["enterprise"])
        return KnownPerson(person, Account(row["account"]), row["told_at"])

    async def note_people(
        self, groups: Sequence[KnownGroup], people: Sequence[KnownPerson]
    ) -> None:
        """Store what Slack has told, in the place of what it had told before."""
        # In the order of the keys, so that no two replicas wait for each other.
        for group in sorted(groups, key=lambda each: each.id):
            values = {"members": sorted(group.members), "told_at": group.told_at}
            await self._put(told_groups, {"id": group.id}, values)
        for each in sorted(people, key=lambda known: known.person.user_id):
            values = {
                "account": each.account.value,
                "team": each.person.team_id,
                "enterprise": each.person.enterprise_id,
                "told_at": each.told_at,
            }
            await self._put(told_accounts, {"user_id": each.person.user_id}, values)

    async def known_workspace(self) -> Workspace | None:
        """Give the bot's own workspace, or None if Slack has never told."""
        row = (await self._connection.execute(select(told_workspace))).first()
        return None if row is None else Workspace(row.team, row.enterprise)

    async def note_workspace(self, workspace: Workspace, told_at: datetime) -> None:
        """Store the bot's own workspace, in the place of the one that Slack had told before."""
        values = {
            "team": workspace.team_id,
            "enterprise": workspace.enterprise_id,
            "told_at": told_at,
        }
        await self._put(told_workspace, {"id": 1}, values)

    async def _put(
        self, table: Table, key: Mapping[str, str | int], values: Mapping[str, Any]
    ) -> None:
        """Store a row, unless another replica has stored what was told later."""
        putting = insert(self._connection, table).values(**key, **values)
        await self._connection.execute(
            putting.on_conflict_do_update(
                index_elements=list(key),
                set_=dict(values),
                where=table.c.told_at <= values["told_at"],
            )
        )
