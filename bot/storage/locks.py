"""What is locked on PostgreSQL, where others write at the same time; SQLite needs none of it.

Every transaction takes its locks in one order, so that no two ever wait for each other: the person
who asks, then requests (the newest first, since undos and retries refer to older ones), then what
else it changes, and the head of the record last.
"""

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.dialects import on_postgresql
from bot.storage.tables import audit_head

# The first of the two numbers of an advisory lock: for whom this database keeps locks besides.
_MIGRATIONS, _PEOPLE = 0x746F6B, 0x746F6C
_LOCK_PERSON = select(func.pg_advisory_xact_lock(_PEOPLE, func.hashtext(bindparam("person"))))
_LOCK_HEAD = select(audit_head.c.sequence, audit_head.c.hash).with_for_update()


class Locks:
    """What a transaction keeps others from doing until it ends."""

    # The record's head, once this transaction has it to itself.
    _head: tuple[int, str] | None = None

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def one_at_a_time(self, user_id: str) -> None:
        """Take what one person asks one after another. The first thing that a transaction does."""
        if on_postgresql(self._connection):
            await self._connection.execute(_LOCK_PERSON, {"person": user_id})

    async def lock_record(self) -> tuple[int, str]:
        """Let nobody else append, nor draw a number, until this transaction ends; give the head.

        After it only the record is appended to.
        """
        if self._head is None:
            sequence, last = (await self._connection.execute(_LOCK_HEAD)).one()
            self._head = sequence, last
        return self._head


def lock_migrations(connection: Connection) -> None:
    """Let one process migrate; the others wait, and find it done."""
    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATIONS, 0)))
