from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.dialects import insert
from bot.storage.tables import posting_line, posting_slots


class Posting:
    """When the next message may be posted, and who waits for that, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def free_at(self, key: str) -> datetime | None:
        """Give the moment from which a slot is free, or None if it was never taken."""
        found = await self._connection.execute(
            select(posting_slots.c.free_at).where(posting_slots.c.key == key)
        )
        moment: datetime | None = found.scalar_one_or_none()
        return moment

    async def take_slot(
        self, key: str, now: datetime, free_at: datetime, taken_until: datetime
    ) -> bool:
        """Take a slot; False if it is not free. One update decides."""
        slot = posting_slots.c
        values = {"free_at": free_at, "taken_until": taken_until}
        taken = await self._connection.execute(
            insert(self._connection, posting_slots)
            .values(key=key, **values)
            .on_conflict_do_update(
                index_elements=[slot.key],
                set_=values,
                where=and_(
                    slot.free_at <= now, or_(slot.taken_until.is_(None), slot.taken_until <= now)
                ),
            )
            .returning(slot.key)
        )
        return taken.first() is not None

    async def give_back(self, key: str, taken_until: datetime, free_at: datetime) -> None:
        """Give a slot back, free from a moment on, unless it is another's by now."""
        slot = posting_slots.c
        await self._connection.execute(
            update(posting_slots)
            .where(slot.key == key, slot.taken_until == taken_until)
            .values(free_at=free_at, taken_until=None)
        )

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
        line = posting_line.c
        counted = await self._connection.execute(
            select(func.count()).where(
                line.channel == channel,
                line.due_at >= absent_since,
                or_(
                    line.asked_at < asked_at,
                    and_(line.asked_at == asked_at, line.request_id < request_id),
                ),
            )
        )
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
        await self._connection.execute(
            delete(posting_line).where(
                posting_line.c.channel == channel,
                or_(
                    posting_line.c.request_id == request_id,
                    posting_line.c.due_at < absent_since,
                ),
            )
        )
