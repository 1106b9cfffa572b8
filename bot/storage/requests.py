from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.changes.authorization import Authorization
from bot.changes.errors import LeaseLostError
from bot.changes.request import ChangeRequest, RequestState, Target, TargetState
from bot.storage.rows import (
    progress_row,
    request_row,
    target_row,
    to_authorization,
    to_request,
)
from bot.storage.tables import requests, targets

# One whose outcome is only being read holds up nobody.
_UNDER_WAY = (RequestState.ACCEPTED.value, RequestState.EXECUTING.value)
_NOT_TOUCHED = (TargetState.REFUSED.value, TargetState.FAILED.value)


class RequestRows:
    """The requests, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_request(self, request: ChangeRequest, now: datetime) -> None:
        """Store a new request, due at once."""
        await self._connection.execute(insert(requests).values(**request_row(request), due_at=now))
        await self._connection.execute(
            insert(targets),
            [
                {"request_id": request.id, "position": position, **target_row(target)}
                for position, target in enumerate(request.targets)
            ],
        )

    async def request(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None."""
        found = await self.read(select(requests).where(requests.c.id == change_id))
        return found[0] if found else None

    async def save_request(self, request: ChangeRequest) -> None:
        """Store how far a request and its targets have come."""
        saved = await self._connection.execute(
            update(requests)
            .where(
                requests.c.id == request.id,
                # Whoever has lost the lease must not write over what the next one found.
                requests.c.lease_owner.is_not_distinct_from(request.lease),
            )
            .values(**progress_row(request))
        )
        if saved.rowcount == 0:
            raise LeaseLostError(request.id)
        for position, target in enumerate(request.targets):
            await self._connection.execute(
                update(targets)
                .where(targets.c.request_id == request.id, targets.c.position == position)
                .values(**target_row(target))
            )

    async def claim_undo(self, change_id: str, undo_id: str) -> bool:
        """Reserve a change for one undo; False if another undo has it. One update decides."""
        result = await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.undone_by.is_(None))
            .values(undone_by=undo_id)
        )
        return result.rowcount == 1

    async def release_undo(self, change_id: str, undo_id: str) -> None:
        """Give a reservation back, after an undo that changed nothing."""
        await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.undone_by == undo_id)
            .values(undone_by=None)
        )

    async def latest_change(self, user_id: str, channel_id: str) -> ChangeRequest | None:
        """Give the newest request of a person in a channel, undos left out, or None."""
        found = await self.read(
            select(requests)
            .where(
                requests.c.requester == user_id,
                requests.c.channel_id == channel_id,
                requests.c.undo_of.is_(None),
            )
            .order_by(requests.c.number.desc())
            .limit(1)
        )
        return found[0] if found else None

    async def last_record(self, instance: str, authorization_id: str) -> Authorization | None:
        """Give the authorization as the newest finished request saw it last, or None."""
        row = await self._connection.execute(
            select(targets.c.after)
            .join(requests, requests.c.id == targets.c.request_id)
            .where(
                targets.c.instance == instance,
                targets.c.authorization_id == authorization_id,
                targets.c.after.is_not(None),
            )
            .order_by(targets.c.finished_at.desc(), requests.c.number.desc())
            .limit(1)
        )
        return to_authorization(row.scalar_one_or_none())

    async def touched_since(
        self, change_id: str, target: Target, user_id: str
    ) -> ChangeRequest | None:
        """Give a request for a target, later than a change and by another person, or None."""
        number = select(requests.c.number).where(requests.c.id == change_id).scalar_subquery()
        found = await self.read(
            select(requests)
            .join(targets, targets.c.request_id == requests.c.id)
            .where(
                targets.c.instance == target.instance,
                targets.c.authorization_id == target.authorization_id,
                targets.c.state.not_in(_NOT_TOUCHED),
                requests.c.number > number,
                requests.c.requester != user_id,
            )
            .order_by(requests.c.number)
            .limit(1)
        )
        return found[0] if found else None

    async def first_in_line(self, lease: str, target: Target) -> bool:
        """Tell whether no earlier request for a target still waits or is being carried out."""
        number = select(requests.c.number).where(requests.c.lease_owner == lease).scalar_subquery()
        earlier = await self._connection.execute(
            select(requests.c.id)
            .join(targets, targets.c.request_id == requests.c.id)
            .where(
                targets.c.instance == target.instance,
                targets.c.authorization_id == target.authorization_id,
                requests.c.state.in_(_UNDER_WAY),
                requests.c.number < number,
            )
            .limit(1)
        )
        return earlier.first() is None

    async def changes_of(
        self, instance: str, authorization_id: str, limit: int
    ) -> list[ChangeRequest]:
        """Give the newest requests for one authorization, newest first."""
        return await self.read(
            select(requests)
            .join(targets, targets.c.request_id == requests.c.id)
            .where(targets.c.instance == instance, targets.c.authorization_id == authorization_id)
            .order_by(requests.c.number.desc())
            .limit(limit)
        )

    async def read(self, statement: Select[Any]) -> list[ChangeRequest]:
        """Read the requests that a statement selects, with their targets."""
        rows = (await self._connection.execute(statement)).mappings().all()
        if not rows:
            return []
        theirs: dict[str, list[RowMapping]] = {row["id"]: [] for row in rows}
        found = await self._connection.execute(
            select(targets)
            .where(targets.c.request_id.in_(theirs))
            .order_by(targets.c.request_id, targets.c.position)
        )
        for target in found.mappings():
            theirs[target["request_id"]].append(target)
        return [to_request(row, theirs[row["id"]]) for row in rows]
