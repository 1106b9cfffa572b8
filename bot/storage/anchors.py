from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.changes.anchor import Anchor
from bot.changes.audit import GENESIS
from bot.storage.dialects import insert
from bot.storage.tables import audit_anchor, audit_head


class Anchors:
    """The anchor of the record that is told next, or was told last, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_anchor(
        self, now: datetime, every: timedelta, again: timedelta
    ) -> tuple[Anchor, bool] | None:
        """Take the anchor that is due, for one replica alone; one update decides."""
        await self._connection.execute(
            insert(self._connection, audit_anchor)
            .values(id=1, due_at=now + every, sequence=0, hash=GENESIS, told=True)
            .on_conflict_do_nothing()
        )
        taken = await self._connection.execute(
            update(audit_anchor)
            .where(audit_anchor.c.due_at <= now)
            .values(due_at=now + again)
            .returning(*audit_anchor.c)
        )
        last = taken.mappings().first()
        if last is None:
            return None
        if not last["told"]:
            return Anchor(last["sequence"], last["hash"], last["taken_at"]), False
        head = (await self._connection.execute(select(audit_head))).mappings().one()
        anchor = Anchor(head["sequence"], head["hash"], now)
        if anchor.sequence == last["sequence"]:
            await self.anchor_told(anchor, now + every)
            return None
        await self._connection.execute(
            update(audit_anchor).values(
                sequence=anchor.sequence, hash=anchor.hash, taken_at=now, told=False
            )
        )
        return anchor, True

    async def anchor_told(self, anchor: Anchor, due: datetime) -> None:
        """Note that an anchor was told, and when the next one is due."""
        await self._connection.execute(
            update(audit_anchor)
            .where(audit_anchor.c.sequence == anchor.sequence)
            .values(told=True, due_at=due)
        )
