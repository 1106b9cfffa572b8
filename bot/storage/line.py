from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.storage.dialects import database_now
from bot.storage.requests import RequestRows
from bot.storage.tables import holds, requests, targets

# One whose outcome is only being read holds up nobody.
_UNDER_WAY = (RequestState.ACCEPTED.value, RequestState.EXECUTING.value)
# Nor does one that is done with the authorization, and waits for others of its own.
_SETTLED = tuple(state.value for state in TargetState if state.final)
_EARLIER = (
    select(requests.c.id, targets.c.authorization_id)
    .join(targets, targets.c.request_id == requests.c.id)
    .where(
        targets.c.instance == bindparam("instance"),
        targets.c.authorization_id.in_(bindparam("ids", expanding=True)),
        targets.c.state.not_in(_SETTLED),
        requests.c.state.in_(_UNDER_WAY),
        requests.c.number
        < select(requests.c.number)
        .where(requests.c.lease_owner == bindparam("lease"))
        .scalar_subquery(),
    )
    .order_by(requests.c.number)
    .limit(1)
)
_HELD = (
    select(holds.c.key, requests.c.id)
    .join_from(holds, requests, requests.c.lease_owner == holds.c.owner, isouter=True)
    .where(
        holds.c.key.in_(bindparam("keys", expanding=True)),
        holds.c.until > database_now(),
        holds.c.owner != bindparam("lease"),
    )
    .limit(1)
)
_FIRST_IN_LINE = (
    select(requests.c.number)
    .where(
        requests.c.number.in_(
            select(func.min(requests.c.number))
            .where(requests.c.waits_for.in_(bindparam("keys", expanding=True)))
            .group_by(requests.c.waits_for)
        )
    )
    .order_by(requests.c.number.desc())
)
_LOCKED_FIRST = _FIRST_IN_LINE.with_for_update(key_share=True)
_FREE_FIRST = _FIRST_IN_LINE.with_for_update(key_share=True, skip_locked=True)


class Line(RequestRows):
    """Whose turn it is with an authorization, within one transaction."""

    async def ahead_of(
        self, lease: str, keys: Sequence[str], wanted: Sequence[Target]
    ) -> tuple[str, str] | None:
        """Give the key that is not free and the change that comes first, or None."""
        earlier = await self._earlier(lease, wanted)
        if earlier is not None:
            return earlier
        held = await self._connection.execute(_HELD, {"keys": keys, "lease": lease})
        found = held.first()
        return None if found is None else (found.key, found.id or "")

    async def wait_for_turn(self, lease: str, key: str) -> None:
        """Note that the request with this lease waits for a key."""
        await self._connection.execute(
            update(requests)
            .where(requests.c.lease_owner == lease)
            .values(waits_for=key, called=False)
        )

    async def call_next(self, keys: Sequence[str], now: datetime, *, waiting: bool = True) -> None:
        """Make the request due that stands in line first, for each of the keys.

        They are locked in the order in which every transaction locks requests. Whoever has locked
        requests already must not wait for more: with ``waiting`` off, what another transaction has
        locked is left to look for itself.
        """
        first = _LOCKED_FIRST if waiting else _FREE_FIRST
        locked = await self._connection.execute(first, {"keys": keys})
        called = list(locked.scalars())
        if not called:
            return
        await self._connection.execute(
            update(requests)
            .where(requests.c.number.in_(called))
            .values(waits_for=None, called=True, due_at=now)
        )
        await self._wake_all()

    async def _earlier(self, lease: str, wanted: Sequence[Target]) -> tuple[str, str] | None:
        by_instance: dict[str, list[str]] = {}
        for target in wanted:
            by_instance.setdefault(target.instance, []).append(target.authorization_id)
        for instance, ids in by_instance.items():
            earlier = await self._connection.execute(
                _EARLIER, {"instance": instance, "ids": ids, "lease": lease}
            )
            found = earlier.first()
            if found is not None:
                return f"{instance}:{found.authorization_id}", found.id
        return None
