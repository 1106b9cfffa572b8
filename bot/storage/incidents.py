from sqlalchemy import or_, select

from bot.changes.request import ChangeRequest
from bot.storage.requests import RequestRows
from bot.storage.tables import requests

REFERENCES = (
    requests.c.undo_of,
    requests.c.retry_of,
    requests.c.again_of,
    requests.c.leak_of,
)


class Incidents(RequestRows):
    """Which changes belong together, within one transaction."""

    async def incident(self, change_id: str) -> list[ChangeRequest]:
        """Give a change and all that refer to it or to which it refers, and so on, in their order.

        These are undos, retries, what was disabled again, and what was asked for with a report of
        a leaked secret; nothing if there is no such change.
        """
        known: set[str] = set()
        found = {change_id}
        while found - known:
            known |= found
            rows = await self._connection.execute(
                select(requests.c.id, *REFERENCES).where(
                    or_(requests.c.id.in_(known), *(each.in_(known) for each in REFERENCES))
                )
            )
            found = {each for row in rows for each in row if each is not None}
        return await self.read(
            select(requests).where(requests.c.id.in_(known)).order_by(requests.c.number)
        )
