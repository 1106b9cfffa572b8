from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.changes.request import ChangeRequest
from bot.storage.requests import RequestRows
from bot.storage.tables import holds, requests


class Leases(RequestRows):
    """Who works on which request, and who holds which authorization, within one transaction."""

    async def claim(
        self, claim: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[ChangeRequest]:
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
            .values(lease_owner=literal(f"{claim}-") + requests.c.id, lease_until=until)
            .returning(requests.c.number)
        )
        claimed = [row.number for row in result]
        return await self.read(
            select(requests).where(requests.c.number.in_(claimed)).order_by(requests.c.number)
        )

    async def renew(self, lease: str, until: datetime) -> bool:
        """Prolong a lease and what is held under it; False if it has been taken over."""
        result = await self._connection.execute(
            update(requests).where(requests.c.lease_owner == lease).values(lease_until=until)
        )
        if result.rowcount == 0:
            return False
        await self._connection.execute(
            update(holds).where(holds.c.owner == lease).values(until=until)
        )
        return True

    async def release(self, lease: str, due: datetime | None) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do."""
        await self._connection.execute(
            update(requests)
            .where(requests.c.lease_owner == lease)
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
