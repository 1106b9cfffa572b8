from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from bot.storage.dialects import insert, insert_on
from bot.storage.moments import UtcDateTime
from bot.storage.tables import posting_line, posting_slots

_FREE_AT = select(posting_slots.c.free_at).where(posting_slots.c.key == bindparam("slot"))
_GIVE_BACK = (
    update(posting_slots)
    .where(
        posting_slots.c.key == bindparam("slot"),
        posting_slots.c.taken_until == bindparam("had_until"),
    )
    .values(taken_until=None)
)
_IN_FRONT = select(func.count()).where(
    posting_line.c.channel == bindparam("at_channel"),
    posting_line.c.due_at >= bindparam("absent_since"),
    or_(
        posting_line.c.asked_at < bindparam("asked"),
        and_(
            posting_line.c.asked_at == bindparam("asked"),
            posting_line.c.request_id < bindparam("change"),
        ),
    ),
)
_LEAVE_LINE = delete(posting_line).where(
    posting_line.c.channel == bindparam("at_channel"),
    or_(
        posting_line.c.request_id == bindparam("change"),
        posting_line.c.due_at < bindparam("absent_since"),
    ),
)


class Posting:
    """When the next message may be posted, and who waits for that, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def free_at(self, key: str) -> datetime | None:
        """Give the moment from which a slot is free, or None if it was never taken."""
        found = await self._connection.execute(_FREE_AT, {"slot": key})
        moment: datetime | None = found.scalar_one_or_none()
        return moment

    async def take_slot(
        self, key: str, now: datetime, free_at: datetime, taken_until: datetime
    ) -> bool:
        """Take a slot; False if it is not free. One update decides."""
        taken = await self._connection.execute(
            _take(self._connection.dialect.name),
            {"slot": key, "now": now, "free": free_at, "until": taken_until},
        )
        return taken.first() is not None

    async def give_back(self, key: str, taken_until: datetime, free_at: datetime) -> None:
        """Give a slot back, free from a moment on, unless it is another's by now."""
        had = {"slot": key, "had_until": taken_until}
        await self._connection.execute(_GIVE_BACK, {**had, "free_at": free_at})

    async def keep_slot(self, key: str, until: datetime) -> None:
        """Let nobody have a slot before a moment; what is kept for longer stays so."""
        keeping = insert(self._connection, posting_slots).values(key=key, free_at=until)
        await self._connection.execute(
            keeping.on_conflict_do_update(
                index_elements=[posting_slots.c.key],
                set_={"free_at": until},
                where=posting_slots.c.free_at < until,
            )
        )

    async def in_front(
        self, channel: str, request_id: str, asked_at: datetime, absent_since: datetime
    ) -> int:
        """Count the older requests that wait for a channel, and have not missed their turn."""
        place = {"at_channel": channel, "change": request_id, "asked": asked_at}
        counted = await self._connection.execute(_IN_FRONT, {**place, "absent_since": absent_since})
        return counted.scalar_one()

    async def stand_in_line(
        self, channel: str, request_id: str, asked_at: datetime, due: datetime
    ) -> None:
        """Note that a request waits for a channel, and when it comes again."""
        standing = insert(self._connection, posting_line).values(
            channel=channel, request_id=request_id, asked_at=asked_at, due_at=due
        )
        await self._connection.execute(
            standing.on_conflict_do_update(
                index_elements=[posting_line.c.channel, posting_line.c.request_id],
                set_={"due_at": due},
            )
        )

    async def leave_line(self, channel: str, request_id: str, absent_since: datetime) -> None:
        """Note that a request waits no more, and forget who has missed their turn."""
        place = {"at_channel": channel, "change": request_id}
        await self._connection.execute(_LEAVE_LINE, {**place, "absent_since": absent_since})


@cache
def _take(dialect: str) -> ReturningInsert[Any]:
    """Take a slot, unless it is another's now or not free yet."""
    slot = posting_slots.c
    now = bindparam("now", type_=UtcDateTime)
    values = {
        "free_at": bindparam("free", type_=UtcDateTime),
        "taken_until": bindparam("until", type_=UtcDateTime),
    }
    return (
        insert_on(dialect, posting_slots)
        .values(key=bindparam("slot"), **values)
        .on_conflict_do_update(
            index_elements=[slot.key],
            set_=values,
            where=and_(
                slot.free_at <= now, or_(slot.taken_until.is_(None), slot.taken_until <= now)
            ),
        )
        .returning(slot.key)
    )
