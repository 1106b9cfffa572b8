from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.storage.moves import Moves
from bot.storage.tables import UtcDateTime, holds, requests

_OVER = tuple(state.value for state in RequestState if state.final)


class Leases(Moves):
    """Who works on which request, and who holds which authorization, within one transaction."""

    async def claim(
        self, claim: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[ChangeRequest]:
        """Take due requests that nobody works on; one update decides.

        What is to be carried out comes before what is only to be told, that before what is only
        watched, and what has waited longest before what has looked in vain a moment ago.
        """
        free = or_(requests.c.lease_until.is_(None), requests.c.lease_until <= now)
        due = (
            select(requests.c.number)
            .where(requests.c.due_at <= now, free)
            .order_by(
                requests.c.announced,
                requests.c.state.in_(_OVER),
                requests.c.due_at,
                requests.c.number,
            )
            .limit(limit)
        )
        result = await self._connection.execute(
            update(requests)
            .where(requests.c.number.in_(due), free)
            .values(
                lease_owner=literal(f"{claim}-") + requests.c.id,
                lease_until=until,
                waits_for=None,
                called=False,
            )
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

    async def release(self, lease: str, due: datetime | None, version: int, now: datetime) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do.

        Where a person has moved it on since ``version``, or its turn has come, it is due at once.
        """
        moved_on = or_(requests.c.version != version, requests.c.called)
        await self._connection.execute(
            update(requests)
            .where(requests.c.lease_owner == lease)
            .values(
                lease_owner=None,
                lease_until=None,
                called=False,
                due_at=case((moved_on, literal(now, UtcDateTime)), else_=literal(due, UtcDateTime)),
            )
        )

    async def hold(self, keys: Sequence[str], owner: str, now: datetime, until: datetime) -> bool:
        """Take keys until a moment; False, and none is taken, if another owner has one of them."""
        taken = await self._connection.execute(
            select(holds.c.key)
            .where(holds.c.key.in_(keys), holds.c.until > now, holds.c.owner != owner)
            .limit(1)
        )
        if taken.first() is not None:
            return False
        # The upsert decides, where another transaction looked at the same moment.
        taking = insert(holds).values(
            [{"key": key, "owner": owner, "until": until} for key in sorted(keys)]
        )
        result = await self._connection.execute(
            taking.on_conflict_do_update(
                index_elements=[holds.c.key],
                set_={"owner": owner, "until": until},
                where=or_(holds.c.until <= now, holds.c.owner == owner),
            )
        )
        if result.rowcount == len(keys):
            return True
        await self.let_go(keys, owner)
        return False

    async def let_go(self, keys: Sequence[str], owner: str) -> None:
        """Give keys back."""
        await self._connection.execute(
            delete(holds).where(holds.c.key.in_(keys), holds.c.owner == owner)
        )
