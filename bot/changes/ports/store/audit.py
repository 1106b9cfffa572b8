from datetime import datetime
from typing import Protocol

from bot.changes.audit import AuditEvent, ChainedEvent, EventTag


class Record(Protocol):
    """The record."""

    async def append(self, *events: AuditEvent) -> None:
        """Append to the record. The last thing a transaction does, since it locks the chain."""
        ...

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
        ...

    async def begins(self) -> datetime | None:
        """Give the moment of the first event that is left, if earlier ones were trimmed."""
        ...
