from collections.abc import Iterable

from sqlalchemy import bindparam, select, update

from bot.changes.direct_copy import DirectCopy
from bot.changes.request import MessageRef
from bot.storage.dialects import insert
from bot.storage.requests import RequestRows
from bot.storage.tables import direct_copies

_COPIES = (
    select(direct_copies)
    .where(direct_copies.c.request_id == bindparam("change"))
    .order_by(direct_copies.c.user_id)
)


class Copies(RequestRows):
    """The copies of a request's message in direct messages, within one transaction."""

    async def plan_copies(self, change_id: str, user_ids: Iterable[str]) -> None:
        """Note that people are to have a copy; those who are to already stay as they are."""
        rows = [
            {"request_id": change_id, "user_id": user_id, "shown": ""}
            for user_id in sorted(user_ids)
        ]
        if rows:
            planning = insert(self._connection, direct_copies).values(rows)
            await self._connection.execute(planning.on_conflict_do_nothing())

    async def copies(self, change_id: str) -> list[DirectCopy]:
        """Give the copies of a request's message, sent or not, in the order of the user ids."""
        found = await self._connection.execute(_COPIES, {"change": change_id})
        return [
            DirectCopy(
                row.user_id,
                None if row.ts is None else MessageRef(row.channel_id, row.ts),
                row.shown,
            )
            for row in found
        ]

    async def save_copy(self, change_id: str, copy: DirectCopy) -> None:
        """Store where a copy is, and what it shows."""
        place = copy.place
        await self._connection.execute(
            update(direct_copies)
            .where(direct_copies.c.request_id == change_id, direct_copies.c.user_id == copy.user_id)
            .values(
                channel_id=None if place is None else place.channel_id,
                ts=None if place is None else place.ts,
                shown=copy.shown,
            )
        )
