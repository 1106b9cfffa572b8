from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from bot.storage.dialects import insert, insert_on
from bot.storage.tables import deliveries, requests, stored_queries


class Memos:
    """What is kept for a while only: Slack's deliveries and the queries behind buttons."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def first_delivery(self, key: str, now: datetime) -> bool:
        """Note a delivery from Slack; False if the same one was noted before."""
        noting = _note_delivery(self._connection.dialect.name)
        row = {"key": key, "received_at": now}
        result = await self._connection.execute(noting, row)
        return result.first() is not None

    async def store_query(self, query_id: str, query: str, now: datetime) -> None:
        """Keep a list's query, so that a button can name it."""
        await self._connection.execute(
            insert(self._connection, stored_queries).values(
                id=query_id, query=query, created_at=now
            )
        )

    async def query(self, query_id: str) -> str | None:
        """Give a kept query, or None."""
        found = await self._connection.execute(
            select(stored_queries.c.query).where(stored_queries.c.id == query_id)
        )
        query: str | None = found.scalar_one_or_none()
        return query

    async def forget(
        self, deliveries_before: datetime, queries_before: datetime, response_urls_before: datetime
    ) -> None:
        """Drop what is older than these moments and of no use any more.

        What another transaction has locked is left for the next time, so that this waits for none.
        """
        old = select(deliveries.c.key).where(deliveries.c.received_at < deliveries_before)
        await self._connection.execute(
            delete(deliveries).where(deliveries.c.key.in_(old.with_for_update(skip_locked=True)))
        )
        old = select(stored_queries.c.id).where(stored_queries.c.created_at < queries_before)
        await self._connection.execute(
            delete(stored_queries).where(
                stored_queries.c.id.in_(old.with_for_update(skip_locked=True))
            )
        )
        answered = select(requests.c.number).where(
            requests.c.created_at < response_urls_before, requests.c.response_url.is_not(None)
        )
        await self._connection.execute(
            update(requests)
            .where(
                requests.c.number.in_(answered.with_for_update(key_share=True, skip_locked=True))
            )
            .values(response_url=None)
        )


@cache
def _note_delivery(dialect: str) -> ReturningInsert[Any]:
    return insert_on(dialect, deliveries).on_conflict_do_nothing().returning(deliveries.c.key)
