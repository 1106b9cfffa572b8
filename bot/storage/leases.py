from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import case, delete, exists, literal, or_, select, update

from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.storage.dialects import database_now, insert
from bot.storage.line import Line
from bot.storage.moments import UtcDateTime
from bot.storage.moves import Moves
from bot.storage.tables import holds, keepers, requests

_OVER = tuple(state.value for state in RequestState if state.final)


class Leases(Moves, Line):
    """Who works on which request, and who holds which authorization, within one transaction.

    What is due is judged by a moment that comes in; leases and holds are judged by the database's
    own clock.
    """

    async def claim(
        self,
        claim: str,
        now: datetime,
        lasts: timedelta,
        limit: int,
        keeper: str = "",
        *,
        only_kept: bool = False,
    ) -> Sequence[ChangeRequest]:
        """Take due requests that nobody works on; one update decides.

        What is to be carried out comes before what is only to be told, that before what is only
        watched, and what has waited longest before what has looked in vain a moment ago. What
        another transaction has locked is left to it, so that executors do not wait for each other.
        """
        free = or_(requests.c.lease_until.is_(None), requests.c.lease_until <= database_now())
        held = exists().where(
            keepers.c.id == requests.c.keeper,
            keepers.c.id != keeper,
            keepers.c.until > database_now(),
        )
        theirs = requests.c.keeper == keeper if only_kept else ~held
        due = await self._connection.execute(
            select(requests.c.number, requests.c.id, requests.c.lease_owner)
            .where(requests.c.due_at <= now, free, theirs)
            .order_by(
                requests.c.announced,
                requests.c.state.in_(_OVER),
                requests.c.due_at,
                requests.c.number,
            )
            .limit(limit)
            .with_for_update(key_share=True, skip_locked=True)
        )
        rows = due.all()
        if not rows:
            return []
        numbers = [row.number for row in rows]
        await self._free([row.lease_owner for row in rows if row.lease_owner is not None], now)
        await self._connection.execute(
            update(requests)
            .where(requests.c.number.in_(numbers))
            .values(
                lease_owner=literal(f"{claim}-") + requests.c.id,
                lease_until=database_now(lasts),
                waits_for=None,
                called=False,
            )
        )
        claimed = await self.read(
            select(requests).where(requests.c.number.in_(numbers)).order_by(requests.c.number)
        )
        lost = {row.id: row.lease_owner for row in rows}
        return [replace(request, taken_from=lost[request.id]) for request in claimed]

    async def renew(self, lease: str, lasts: timedelta) -> bool:
        """Prolong a lease and what is held under it; False if it has been taken over."""
        result = await self._connection.execute(
            update(requests)
            .where(requests.c.lease_owner == lease)
            .values(lease_until=database_now(lasts))
        )
        if result.rowcount == 0:
            return False
        # In the order of the keys, as whoever takes them: neither waits for the other then.
        theirs = select(holds.c.key).where(holds.c.owner == lease).order_by(holds.c.key)
        await self._connection.execute(
            update(holds)
            .where(holds.c.key.in_(theirs.with_for_update()))
            .values(until=database_now(lasts))
        )
        return True

    async def release(self, lease: str, due: datetime | None, version: int, now: datetime) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do.

        Where a person has moved it on since ``version``, or its turn has come, it is due at once.
        """
        moved_on = or_(requests.c.version != version, requests.c.called)
        released = await self._connection.execute(
            update(requests)
            .where(requests.c.lease_owner == lease)
            .values(
                lease_owner=None,
                lease_until=None,
                called=False,
                due_at=case((moved_on, literal(now, UtcDateTime)), else_=literal(due, UtcDateTime)),
            )
            .returning(requests.c.due_at)
        )
        due_at = released.scalar_one_or_none()
        if due_at is not None and due_at <= now:
            await self._wake_all()

    async def hold(self, keys: Sequence[str], owner: str, lasts: timedelta) -> bool:
        """Take keys for a while; False, and none is taken, if another owner has one of them."""
        taken = await self._connection.execute(
            select(holds.c.key)
            .where(holds.c.key.in_(keys), holds.c.until > database_now(), holds.c.owner != owner)
            .limit(1)
        )
        if taken.first() is not None:
            return False
        # The upsert decides, where another transaction looked at the same moment.
        until = database_now(lasts)
        taking = insert(self._connection, holds).values(
            [{"key": key, "owner": owner, "until": until} for key in sorted(keys)]
        )
        result = await self._connection.execute(
            taking.on_conflict_do_update(
                index_elements=[holds.c.key],
                set_={"owner": owner, "until": until},
                where=or_(holds.c.until <= database_now(), holds.c.owner == owner),
            ).returning(holds.c.key)
        )
        if len(result.all()) == len(keys):
            return True
        await self.let_go(keys, owner)
        return False

    async def _free(self, lost: Sequence[str], now: datetime) -> None:
        """Free what is held under leases that have run out, and call whoever waits for it."""
        if not lost:
            return
        freed = await self._connection.execute(
            delete(holds).where(holds.c.owner.in_(lost)).returning(holds.c.key)
        )
        keys = list(freed.scalars())
        if keys:
            await self.call_next(keys, now, waiting=False)

    async def let_go(self, keys: Sequence[str], owner: str) -> None:
        """Give keys back."""
        theirs = select(holds.c.key).where(holds.c.key.in_(keys), holds.c.owner == owner)
        await self._connection.execute(
            delete(holds).where(holds.c.key.in_(theirs.order_by(holds.c.key).with_for_update()))
        )
