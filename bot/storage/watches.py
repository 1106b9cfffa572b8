from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select, tuple_, update

from bot.changes.errors import LeaseLostError
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.storage.requests import RequestRows
from bot.storage.rows import watch_row
from bot.storage.tables import requests, targets
from bot.storage.target_rows import found_row, to_target


class Watches(RequestRows):
    """The watch over what was disabled, within one transaction."""

    async def save_watch(self, request: ChangeRequest, found: Sequence[Target] = ()) -> None:
        """Store how far the watch over what a request disabled is, and how some was found."""
        saved = await self._connection.execute(
            update(requests)
            .where(
                requests.c.id == request.id,
                requests.c.lease_owner.is_not_distinct_from(request.lease),
            )
            .values(**watch_row(request))
        )
        if saved.rowcount == 0:
            raise LeaseLostError(request.id)
        rows = [
            {
                "at_instance": target.instance,
                "at_id": target.authorization_id,
                **found_row(target),
            }
            for target in found
        ]
        if rows:
            columns = [name for name in rows[0] if not name.startswith("at_")]
            await self._connection.execute(
                update(targets)
                .where(
                    targets.c.request_id == request.id,
                    targets.c.instance == bindparam("at_instance"),
                    targets.c.authorization_id == bindparam("at_id"),
                )
                .values({name: bindparam(name) for name in columns}),
                rows,
            )

    async def other_words(
        self, change_id: str, instance: str, ids: Sequence[str], since: datetime
    ) -> list[Target]:
        """Give what other requests want, or did, about the status of authorizations."""
        found = await self._connection.execute(
            select(targets).where(
                targets.c.instance == instance,
                targets.c.authorization_id.in_(ids),
                targets.c.request_id != change_id,
                targets.c.new_status.is_not(None),
                or_(targets.c.finished_at.is_(None), targets.c.finished_at >= since),
            )
        )
        return [to_target(row) for row in found.mappings()]

    async def claim_again(
        self, change_id: str, keys: Sequence[tuple[str, str]], again_id: str
    ) -> list[tuple[str, str]]:
        """Reserve what was found active again; one update decides."""
        reserved = await self._connection.execute(
            update(targets)
            .where(
                targets.c.request_id == change_id,
                tuple_(targets.c.instance, targets.c.authorization_id).in_(keys),
                targets.c.drift_number.is_not(None),
                targets.c.again_by.is_(None),
            )
            .values(again_by=again_id)
            .returning(targets.c.instance, targets.c.authorization_id)
        )
        return [(row.instance, row.authorization_id) for row in reserved]

    async def release_again(self, change_id: str, again_id: str) -> None:
        """Give what was reserved back, after a change that disabled nothing again."""
        await self._connection.execute(
            update(targets)
            .where(targets.c.request_id == change_id, targets.c.again_by == again_id)
            .values(again_by=None)
        )
