from datetime import datetime

from sqlalchemy import RowMapping, delete, or_, select, update

from bot.changes.decision import Freeze
from bot.changes.people import Person
from bot.changes.refusals import Refusals
from bot.storage.dialects import insert
from bot.storage.tables import freezes, refusals, requests
from bot.storage.waking import Waking

_FREEZE = select(freezes)


class Switches(Waking):
    """What holds for every replica: the freeze, and how often somebody was refused."""

    async def freeze(self) -> Freeze | None:
        """Give the freeze that stops all changes, or None."""
        found = (await self._connection.execute(_FREEZE)).mappings().first()
        return None if found is None else Freeze(found["at"], found["reason"])

    async def set_freeze(self, freeze: Freeze | None) -> bool:
        """Stop all changes, or let them go on; False if it was so already."""
        if freeze is None:
            lifted = await self._connection.execute(delete(freezes))
            # What was held back goes on at once; what is asked from now on stands behind it. An
            # executor may be about to hold back what it has, so that is looked at once more.
            stopped = or_(requests.c.held_back != "", requests.c.lease_owner.is_not(None))
            held_back = (
                select(requests.c.number)
                .where(stopped, requests.c.due_at.is_not(None))
                .order_by(requests.c.number.desc())
                .with_for_update(key_share=True)
            )
            await self._connection.execute(
                update(requests)
                .where(requests.c.number.in_(held_back))
                .values(held_back="", due_at=requests.c.created_at, called=True)
            )
            await self._wake_all()
            return lifted.rowcount == 1
        put = await self._connection.execute(
            insert(self._connection, freezes)
            .values(id=1, at=freeze.at, reason=freeze.reason)
            .on_conflict_do_nothing()
            .returning(freezes.c.id)
        )
        return put.first() is not None

    async def refusals_to_count(self, user_id: str) -> Refusals | None:
        """Give how often a person was refused lately, or None if never.

        Nobody else counts on, nor forgets it, until the transaction ends.
        """
        statement = select(refusals).where(refusals.c.person == user_id).with_for_update()
        found = (await self._connection.execute(statement)).mappings().first()
        return None if found is None else _to_refusals(found)

    async def forget_refusals(self, until: datetime) -> list[Refusals]:
        """Take the counts that began by a moment away, and give them; nobody else gets them.

        What another transaction has locked is left for the next time, so that this waits for none.
        """
        over = select(refusals.c.person).where(refusals.c.since <= until)
        taken = await self._connection.execute(
            delete(refusals)
            .where(refusals.c.person.in_(over.with_for_update(skip_locked=True)))
            .returning(*refusals.c)
        )
        found = [_to_refusals(row) for row in taken.mappings()]
        return sorted(found, key=lambda each: each.person.user_id)

    async def save_refusals(self, counted: Refusals) -> None:
        """Store how often a person was refused."""
        person = counted.person
        values = {"team": person.team_id, "since": counted.since, "count": counted.count}
        await self._connection.execute(
            insert(self._connection, refusals)
            .values(person=person.user_id, **values)
            .on_conflict_do_update(index_elements=[refusals.c.person], set_=values)
        )


def _to_refusals(row: RowMapping) -> Refusals:
    return Refusals(Person(row["person"], row["team"]), row["since"], row["count"])
