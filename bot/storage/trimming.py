from datetime import datetime

from sqlalchemy import delete, func, or_, select, union

from bot.changes.retention import Needed
from bot.storage.audit import AuditRows
from bot.storage.conditions import OPEN, to_be_reviewed
from bot.storage.incidents import REFERENCES
from bot.storage.tables import audit_events, requests


class Trimming(AuditRows):
    """What may be removed from the record's beginning, and its removal, within one transaction."""

    async def last_before(self, moment: datetime) -> int:
        """Give the number behind which the first event from a moment on stands."""
        first = await self._connection.scalar(
            select(func.min(audit_events.c.sequence)).where(audit_events.c.at >= moment)
        )
        if first is not None:
            return int(first) - 1
        sequence, _ = await self.head()
        return sequence

    async def first_needed(self) -> Needed | None:
        """Give the oldest event about a change that is not over, or about one it refers to."""
        still = or_(requests.c.state.in_(OPEN), requests.c.due_at.is_not(None), to_be_reviewed())
        theirs = union(*(select(each).where(still) for each in (requests.c.id, *REFERENCES)))
        found = await self._connection.execute(
            select(audit_events.c.sequence, audit_events.c.change_id)
            .where(audit_events.c.change_id.in_(theirs))
            .order_by(audit_events.c.sequence)
            .limit(1)
        )
        row = found.first()
        return None if row is None else Needed(row.sequence, row.change_id)

    async def remove_first(self, limit: int, until: int) -> tuple[int, int, str]:
        """Remove events from the beginning; give how many, and the last one's number and hash.

        Args:
            limit: How many at most.
            until: The number of the last one that may be removed.
        """
        found = await self._connection.execute(
            select(audit_events.c.sequence, audit_events.c.hash)
            .where(audit_events.c.sequence <= until)
            .order_by(audit_events.c.sequence)
            .limit(limit)
        )
        rows = found.all()
        if not rows:
            return 0, until, ""
        last = rows[-1]
        await self._connection.execute(
            delete(audit_events).where(audit_events.c.sequence <= last.sequence)
        )
        return len(rows), last.sequence, last.hash
