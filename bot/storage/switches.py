from datetime import datetime

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.changes.decision import Freeze
from bot.changes.people import Person
from bot.changes.refusals import Refusals
from bot.storage.tables import freezes, refusals, requests


class Switches:
    """What holds for every replica: the freeze, and how often somebody was refused."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def freeze(self) -> Freeze | None:
        """Give the freeze that stops all changes, or None."""
        found = (await self._connection.execute(select(freezes))).mappings().first()
        return None if found is None else Freeze(found["at"], found["reason"])

    async def set_freeze(self, freeze: Freeze | None) -> bool:
        """Stop all changes, or let them go on; False if it was so already."""
        if freeze is None:
            lifted = await self._connection.execute(delete(freezes))
            # What was held back goes on at once; what is asked from now on stands behind it.
            await self._connection.execute(
                update(requests)
                .where(requests.c.held_back != "", requests.c.due_at.is_not(None))
                .values(held_back="", due_at=requests.c.created_at)
            )
            return lifted.rowcount == 1
        put = await self._connection.execute(
            insert(freezes)
            .values(id=1, at=freeze.at, reason=freeze.reason)
            .on_conflict_do_nothing()
        )
        return put.rowcount == 1

    async def refusals_of(self, user_id: str) -> Refusals | None:
        """Give how often a person was refused lately, or None if never."""
        statement = select(refusals).where(refusals.c.person == user_id)
        found = (await self._connection.execute(statement)).mappings().first()
        return None if found is None else _to_refusals(found)

    async def refusals_before(self, moment: datetime) -> list[Refusals]:
        """Give the counts that began before a moment."""
        found = await self._connection.execute(
            select(refusals).where(refusals.c.since <= moment).order_by(refusals.c.person)
        )
        return [_to_refusals(row) for row in found.mappings()]

    async def save_refusals(self, counted: Refusals) -> None:
        """Store how often a person was refused; a count of 0 is forgotten."""
        person = counted.person
        if counted.count == 0:
            await self._connection.execute(
                delete(refusals).where(refusals.c.person == person.user_id)
            )
            return
        values = {"team": person.team_id, "since": counted.since, "count": counted.count}
        await self._connection.execute(
            insert(refusals)
            .values(person=person.user_id, **values)
            .on_conflict_do_update(index_elements=[refusals.c.person], set_=values)
        )


def _to_refusals(row: RowMapping) -> Refusals:
    return Refusals(Person(row["person"], row["team"]), row["since"], row["count"])
