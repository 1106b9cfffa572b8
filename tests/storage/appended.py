"""What tests append to the record."""

from bot.changes.audit import AuditEvent, EventTag
from bot.storage.store import SqlStore
from tests.changes.samples import NOON

EVENT = AuditEvent(
    EventTag.CHANGE_DONE,
    NOON,
    "U0ALICE",
    "T0HOME",
    "7F3K2Q",
    "default",
    "0d0d0d0d0d0d0003",
    {"before": {"status": "active"}, "times": 2},
)


async def append(store: SqlStore, *events: AuditEvent) -> None:
    """Append events in one transaction."""
    async with store.transaction() as transaction:
        await transaction.append(*events)
