from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Float,
    Integer,
    Select,
    String,
    bindparam,
    case,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from bot.changes.request import ChangeRequest
from bot.storage.conditions import OVER
from bot.storage.dialects import database_now, insert_on
from bot.storage.line import Line
from bot.storage.moments import UtcDateTime
from bot.storage.moves import Moves
from bot.storage.tables import holds, keepers, requests

_ONE_LEASE = requests.c.lease_owner == bindparam("lease")
_LASTS = bindparam("lasts", type_=Float)
_KEYS = holds.c.key.in_(bindparam("keys", expanding=True))
_CLAIM = (
    update(requests)
    .where(requests.c.number.in_(bindparam("numbers", expanding=True)))
    .values(
        lease_owner=bindparam("claim", type_=String) + requests.c.id,
        lease_until=database_now(_LASTS),
        waits_for=None,
        called=False,
    )
)
_CLAIMED = (
    select(requests)
    .where(requests.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(requests.c.number)
)
_RENEW = update(requests).where(_ONE_LEASE).values(lease_until=database_now(_LASTS))
# In the order of the keys, as whoever takes them: neither waits for the other then.
_RENEW_HOLDS = (
    update(holds)
    .where(
        holds.c.key.in_(
            select(holds.c.key)
            .where(holds.c.owner == bindparam("lease"))
            .order_by(holds.c.key)
            .with_for_update()
        )
    )
    .values(until=database_now(_LASTS))
)
_RELEASE = (
    update(requests)
    .where(_ONE_LEASE)
    .values(
        lease_owner=None,
        lease_until=None,
        called=False,
        due_at=case(
            (
                or_(requests.c.version != bindparam("seen"), requests.c.called),
                bindparam("now", type_=UtcDateTime),
            ),
            else_=bindparam("due", type_=UtcDateTime),
        ),
    )
    .returning(requests.c.due_at)
)
_HELD_BY_OTHERS = (
    select(holds.c.key)
    .where(_KEYS, holds.c.until > database_now(), holds.c.owner != bindparam("lease"))
    .limit(1)
)
_LET_GO = delete(holds).where(
    holds.c.key.in_(
        select(holds.c.key)
        .where(_KEYS, holds.c.owner == bindparam("lease"))
        .order_by(holds.c.key)
        .with_for_update()
    )
)


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
        due = await self._connection.execute(
            _due(only_kept=only_kept), {"now": now, "at_keeper": keeper, "most": limit}
        )
        rows = due.all()
        if not rows:
            return []
        numbers = [row.number for row in rows]
        await self._free([row.lease_owner for row in rows if row.lease_owner is not None], now)
        taking = {"numbers": numbers, "claim": f"{claim}-", "lasts": lasts.total_seconds()}
        await self._connection.execute(_CLAIM, taking)
        claimed = await self.read(_CLAIMED, {"numbers": numbers})
        lost = {row.id: row.lease_owner for row in rows}
        return [replace(request, taken_from=lost[request.id]) for request in claimed]

    async def renew(self, lease: str, lasts: timedelta) -> bool:
        """Prolong a lease and what is held under it; False if it has been taken over."""
        parameters = {"lease": lease, "lasts": lasts.total_seconds()}
        result = await self._connection.execute(_RENEW, parameters)
        if result.rowcount == 0:
            return False
        await self._connection.execute(_RENEW_HOLDS, parameters)
        return True

    async def release(self, lease: str, due: datetime | None, version: int, now: datetime) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do.

        Where a person has moved it on since ``version``, or its turn has come, it is due at once.
        """
        released = await self._connection.execute(
            _RELEASE, {"lease": lease, "seen": version, "now": now, "due": due}
        )
        due_at = released.scalar_one_or_none()
        if due_at is not None and due_at <= now:
            await self._wake_all()

    async def hold(self, keys: Sequence[str], owner: str, lasts: timedelta) -> bool:
        """Take keys for a while; False, and none is taken, if another owner has one of them."""
        taken = await self._connection.execute(_HELD_BY_OTHERS, {"keys": keys, "lease": owner})
        if taken.first() is not None:
            return False
        # The upsert decides, where another transaction looked at the same moment.
        result = await self._connection.execute(
            _take(self._connection.dialect.name, len(keys)),
            {
                "lease": owner,
                "lasts": lasts.total_seconds(),
                **{f"key_{place}": key for place, key in enumerate(sorted(keys))},
            },
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
        await self._connection.execute(_LET_GO, {"keys": keys, "lease": owner})


@cache
def _due(*, only_kept: bool) -> Select[Any]:
    """Select what is due and free, but for what other keepers keep, or what one keeps alone."""
    mine = bindparam("at_keeper", type_=String)
    held = exists().where(
        keepers.c.id == requests.c.keeper, keepers.c.id != mine, keepers.c.until > database_now()
    )
    return (
        select(requests.c.number, requests.c.id, requests.c.lease_owner)
        .where(
            requests.c.due_at <= bindparam("now"),
            or_(requests.c.lease_until.is_(None), requests.c.lease_until <= database_now()),
            requests.c.keeper == mine if only_kept else ~held,
        )
        .order_by(
            requests.c.announced, requests.c.state.in_(OVER), requests.c.due_at, requests.c.number
        )
        .limit(bindparam("most", type_=Integer))
        .with_for_update(key_share=True, skip_locked=True)
    )


@lru_cache(maxsize=16)
def _take(dialect: str, keys: int) -> ReturningInsert[Any]:
    """Take so many keys, of which none is another owner's; it is one as a rule."""
    lease, until = bindparam("lease", type_=String), database_now(_LASTS)
    rows = [
        {"key": bindparam(f"key_{place}"), "owner": lease, "until": until} for place in range(keys)
    ]
    return (
        insert_on(dialect, holds)
        .values(rows)
        .on_conflict_do_update(
            index_elements=[holds.c.key],
            set_={"owner": lease, "until": until},
            where=or_(holds.c.until <= database_now(), holds.c.owner == lease),
        )
        .returning(holds.c.key)
    )
