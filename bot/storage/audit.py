from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from bot.changes.audit import AuditEvent, ChainedEvent, EventTag, chain
from bot.storage.locks import Locks
from bot.storage.tables import audit_events, audit_head

_ADD = insert(audit_events)
_MOVE_HEAD = update(audit_head)


class AuditRows(Locks):
    """The record, within one transaction."""

    async def append(self, *events: AuditEvent) -> None:
        """Append to the record. The last thing a transaction does, since it locks the chain."""
        if not events:
            return
        sequence, previous = await self.lock_record()
        links = []
        for event in events:
            sequence += 1
            link = chain(event, sequence, previous)
            previous = link.hash
            links.append(_row(link))
        await self._connection.execute(_ADD, links)
        await self._connection.execute(_MOVE_HEAD, {"sequence": sequence, "hash": previous})
        self._head = sequence, previous

    async def events(
        self,
        *,
        authorization_id: str | None = None,
        actor: str | None = None,
        change_id: str | None = None,
        leave_out: EventTag | None = None,
        limit: int,
    ) -> list[ChainedEvent]:
        """Give the newest events that fit, newest first."""
        statement = select(audit_events).order_by(audit_events.c.sequence.desc()).limit(limit)
        if authorization_id is not None:
            statement = statement.where(audit_events.c.authorization_id == authorization_id)
        if actor is not None:
            statement = statement.where(audit_events.c.actor == actor)
        if change_id is not None:
            statement = statement.where(audit_events.c.change_id == change_id)
        if leave_out is not None:
            statement = statement.where(audit_events.c.tag != leave_out.value)
        rows = (await self._connection.execute(statement)).mappings()
        return [_to_event(row) for row in rows]

    async def begins(self) -> datetime | None:
        """Give the moment of the first event that is left, if earlier ones were trimmed."""
        found = await self._connection.execute(
            select(audit_events.c.sequence, audit_events.c.at)
            .order_by(audit_events.c.sequence)
            .limit(1)
        )
        first = found.first()
        return None if first is None or first.sequence == 1 else first.at

    async def head(self) -> tuple[int, str]:
        """Give the sequence number and the hash of the last event that was appended."""
        head = (await self._connection.execute(select(audit_head))).mappings().one()
        return head["sequence"], head["hash"]


def _row(link: ChainedEvent) -> dict[str, object]:
    event = link.event
    return {
        "sequence": link.sequence,
        "tag": event.tag.value,
        "at": event.at,
        "actor": event.actor,
        "team": event.team,
        "change_id": event.change_id,
        "instance": event.instance,
        "authorization_id": event.authorization_id,
        "detail": dict(event.detail),
        "previous_hash": link.previous_hash,
        "hash": link.hash,
    }


def _to_event(row: RowMapping) -> ChainedEvent:
    return ChainedEvent(
        sequence=row["sequence"],
        event=AuditEvent(
            tag=EventTag(row["tag"]),
            at=row["at"],
            actor=row["actor"],
            team=row["team"],
            change_id=row["change_id"],
            instance=row["instance"],
            authorization_id=row["authorization_id"],
            detail=row["detail"],
        ),
        previous_hash=row["previous_hash"],
        hash=row["hash"],
    )
