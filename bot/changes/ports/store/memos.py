from datetime import datetime
from typing import Protocol


class Memos(Protocol):
    """What is kept for a while only: Slack's deliveries and the queries behind buttons."""

    async def first_delivery(self, key: str, now: datetime) -> bool:
        """Note a delivery from Slack; False if the same one was noted before."""
        ...

    async def store_query(self, query_id: str, query: str, now: datetime) -> None:
        """Keep a list's query, so that a button can name it."""
        ...

    async def query(self, query_id: str) -> str | None:
        """Give a kept query, or None."""
        ...

    async def forget(
        self, deliveries_before: datetime, queries_before: datetime, response_urls_before: datetime
    ) -> None:
        """Drop what is older than these moments and of no use any more."""
        ...
