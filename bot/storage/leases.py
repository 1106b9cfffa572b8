from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import holds, requests


class Leases:
    """Who works on which request, and who holds which authorization, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, owner: str, now: datetime, until: datetime, limit: int) -> Sequence[str]:
        """Take due requests that nobody works on, the oldest first; one update decides."""
        free = or_(requests.c.lease_until.is_(None), requests.c.lease_until <= now)
        due = (
            select(requests.c.number)
            .where(requests.c.due_at <= now, free)
            .order_by(requests.c.number)
            .limit(limit)
        )
        result = await self._connection.execute(
            update(requests)
            .where(requests.c.number.in_(due), free)
            .values(lease_owner=owner, lease_until=until)
            .returning(requests.c.id, requests.c.number)
        )
        return [row.id for row in sorted(result, key=lambda row: int(row.number))]

    async def renew(self, owner: str, change_id: str, until: datetime) -> bool:
        """Prolong a lease and its change's holds; False if it is not the owner's any more."""
        await self._connection.execute(
            update(holds).where(holds.c.owner == change_id).values(until=until)
        )
        result = await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.lease_owner == owner)
            .values(lease_until=until)
        )
        return result.rowcount == 1

    async def release(self, owner: str, change_id: str, due: datetime | None) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do."""
        await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.lease_owner == owner)
            .values(lease_owner=None, lease_until=None, due_at=due)
        )

    async def hold(self, key: str, owner: str, now: datetime, until: datetime) -> bool:
        """Take a key until a moment; False if another owner has it. One upsert decides."""
        taking = insert(holds).values(key=key, owner=owner, until=until)
        result = await self._connection.execute(
            taking.on_conflict_do_update(
                index_elements=[holds.c.key],
                set_={"owner": owner, "until": until},
                where=or_(holds.c.until <= now, holds.c.owner == owner),
            )
        )
        return result.rowcount == 1

    async def let_go(self, key: str, owner: str) -> None:
        """Give a key back."""
        await self._connection.execute(
            delete(holds).where(holds.c.key == key, holds.c.owner == owner)
        )
