from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, cast, inspect, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit_verifier.verify_record import COLUMNS, Anchor, as_head, exported
from bot.storage.sqlite import any_bytes
from bot.storage.tables import audit_events, audit_head


@dataclass(frozen=True)
class WantedEvents:
    """Which events of the record are wanted; whatever is None does not matter.

    Attributes:
        change_ids: Those of one of these changes.
        since: Those from this moment on.
        until: Those before this moment.
        up_to: Those up to this number.
    """

    authorization_id: str | None = None
    instance: str | None = None
    actor: str | None = None
    change_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    up_to: int | None = None


class RecordPages:
    """The record as it stands, whatever somebody has made of it, within one transaction.

    Values are not read as the bot reads them: what is no event any more is given as it is.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self, wanted: WantedEvents, after: int | None, limit: int
    ) -> list[dict[str, object]]:
        """Give the next events that are wanted, as they are exported, in the order of numbers.

        Args:
            wanted: Which.
            after: The number behind which they begin; None for all that there are.
            limit: How many at most.
        """
        statement = _selecting(wanted).limit(limit)
        if after is not None:
            statement = statement.where(audit_events.c.sequence > after)
        async with any_bytes(self._connection):
            rows = await self._connection.execute(statement)
        return [exported(tuple(row)) for row in rows]

    async def head_if_any(self) -> Anchor:
        """Give the last event's number and hash; an empty hash if they are gone, or are none."""
        if not await self._connection.run_sync(
            lambda sync: inspect(sync).has_table(audit_head.name)
        ):
            return 0, ""
        async with any_bytes(self._connection):
            found = await self._connection.execute(select(audit_head.c.sequence, audit_head.c.hash))
        return as_head([tuple(row) for row in found])


def _selecting(wanted: WantedEvents) -> Select[Any]:
    columns = audit_events.c
    as_it_is = {"at": type_coerce(columns.at, Text), "detail": cast(columns.detail, Text)}
    statement = select(*(as_it_is.get(name, columns[name]) for name in COLUMNS))
    if wanted.authorization_id is not None:
        statement = statement.where(columns.authorization_id == wanted.authorization_id)
    if wanted.instance is not None:
        statement = statement.where(columns.instance == wanted.instance)
    if wanted.actor is not None:
        statement = statement.where(columns.actor == wanted.actor)
    if wanted.change_ids is not None:
        statement = statement.where(columns.change_id.in_(wanted.change_ids))
    if wanted.since is not None:
        statement = statement.where(columns.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(columns.at < wanted.until)
    if wanted.up_to is not None:
        statement = statement.where(columns.sequence <= wanted.up_to)
    return statement.order_by(columns.sequence)
