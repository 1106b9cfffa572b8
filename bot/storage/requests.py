from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.changes.authorization import Authorization
from bot.changes.errors import LeaseLostError, MovedOnError
from bot.changes.request import ChangeRequest, Target
from bot.changes.states import RequestState, TargetState
from bot.storage.rows import (
    message_row,
    progress_row,
    request_row,
    target_row,
    timer_row,
    to_authorization,
    to_request,
)
from bot.storage.tables import requests, targets, votes

# One whose outcome is only being read holds up nobody.
_UNDER_WAY = (RequestState.ACCEPTED.value, RequestState.EXECUTING.value)
_NOT_TOUCHED = (TargetState.REFUSED.value, TargetState.FAILED.value, TargetState.CANCELLED.value)
_OPEN = tuple(state.value for state in RequestState if not state.final)
_CLOSED = tuple(state.value for state in RequestState if state.closed)


class RequestRows:
    """The requests, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_request(self, request: ChangeRequest, now: datetime) -> None:
        """Store a new request, due at once."""
        await self._connection.execute(insert(requests).values(**request_row(request), due_at=now))
        await self._add_targets(request.id, request.targets, first=0)

    async def request(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None."""
        found = await self.read(select(requests).where(requests.c.id == change_id))
        return found[0] if found else None

    async def save_request(
        self, request: ChangeRequest, changed: Sequence[Target] | None = None
    ) -> None:
        """Store how far a request has come, and those of its targets that have changed."""
        saved = await self._connection.execute(
            update(requests)
            .where(
                requests.c.id == request.id,
                # Whoever has lost the lease must not write over what the next one found.
                requests.c.lease_owner.is_not_distinct_from(request.lease),
                requests.c.version == request.version,
            )
            .values(**progress_row(request))
        )
        if saved.rowcount == 0:
            raise await self._why_not(request)
        await self._save_targets(request, request.targets if changed is None else changed)

    async def save_message(self, request: ChangeRequest) -> None:
        """Store where a request's messages are, and whether its outcome is told."""
        await self._connection.execute(
            update(requests).where(requests.c.id == request.id).values(**message_row(request))
        )

    async def save_timer(self, request: ChangeRequest) -> bool:
        """Store a timer's progress; False if somebody has stopped it meanwhile."""
        saved = await self._connection.execute(
            update(requests)
            .where(requests.c.id == request.id, requests.c.timer_stopped_by == "")
            .values(**timer_row(request.timer))
        )
        return saved.rowcount == 1

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
        self, change_id: str, target: Target, except_for: str | None, until: str | None
    ) -> ChangeRequest | None:
        """Give a request for a target, later than a change and earlier than another, or None."""
        statement = (
            select(requests)
            .join(targets, targets.c.request_id == requests.c.id)
            .where(
                targets.c.instance == target.instance,
                targets.c.authorization_id == target.authorization_id,
                targets.c.state.not_in(_NOT_TOUCHED),
                requests.c.state.not_in(_CLOSED),
                requests.c.number > _number_of(change_id),
            )
            .order_by(requests.c.number)
            .limit(1)
        )
        if except_for is not None:
            statement = statement.where(requests.c.requester != except_for)
        if until is not None:
            statement = statement.where(requests.c.id != until)
        found = await self.read(statement)
        return found[0] if found else None

    async def first_in_line(self, lease: str, wanted: Sequence[Target]) -> bool:
        """Tell whether no earlier request for one of these still waits or is carried out."""
        number = select(requests.c.number).where(requests.c.lease_owner == lease).scalar_subquery()
        by_instance: dict[str, list[str]] = {}
        for target in wanted:
            by_instance.setdefault(target.instance, []).append(target.authorization_id)
        for instance, ids in by_instance.items():
            earlier = await self._connection.execute(
                select(requests.c.id)
                .join(targets, targets.c.request_id == requests.c.id)
                .where(
                    targets.c.instance == instance,
                    targets.c.authorization_id.in_(ids),
                    requests.c.state.in_(_UNDER_WAY),
                    requests.c.held_back == "",
                    requests.c.number < number,
                )
                .limit(1)
            )
            if earlier.first() is not None:
                return False
        return True

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

    async def open_requests(self, limit: int) -> list[ChangeRequest]:
        """Give the requests that wait for somebody or something, the oldest first."""
        timed = requests.c.ends_at.is_not(None)
        return await self.read(
            select(requests)
            .where(requests.c.state.in_(_OPEN) | timed)
            .order_by(requests.c.number)
            .limit(limit)
        )

    async def targets_asked(self, user_id: str, since: datetime, before: str | None) -> int:
        """Count the tokens that a person has asked to change since a moment.

        Requests that were closed before anything was sent do not count, nor what the bot asked for
        itself. With ``before``, only requests earlier than that one count.
        """
        statement = (
            select(func.count())
            .select_from(targets.join(requests, requests.c.id == targets.c.request_id))
            .where(
                requests.c.requester == user_id,
                requests.c.created_at > since,
                requests.c.automatic.is_(False),
                requests.c.state.not_in(_CLOSED),
            )
        )
        if before is not None:
            statement = statement.where(requests.c.number < _number_of(before))
        return (await self._connection.execute(statement)).scalar_one()

    async def read(self, statement: Select[Any]) -> list[ChangeRequest]:
        """Read the requests that a statement selects, with their targets and votes."""
        rows = (await self._connection.execute(statement)).mappings().all()
        if not rows:
            return []
        ids = [row["id"] for row in rows]
        theirs = await self._belonging(
            select(targets)
            .where(targets.c.request_id.in_(ids))
            .order_by(targets.c.request_id, targets.c.position)
        )
        cast = await self._belonging(
            select(votes).where(votes.c.request_id.in_(ids)).order_by(votes.c.voted_at)
        )
        return [to_request(row, theirs.get(row["id"], []), cast.get(row["id"], [])) for row in rows]

    async def _belonging(self, statement: Select[Any]) -> dict[str, list[RowMapping]]:
        found: dict[str, list[RowMapping]] = {}
        for row in (await self._connection.execute(statement)).mappings():
            found.setdefault(row["request_id"], []).append(row)
        return found

    async def _save_targets(self, request: ChangeRequest, changed: Sequence[Target]) -> None:
        stored = await self._connection.execute(
            select(func.count()).where(targets.c.request_id == request.id)
        )
        count = stored.scalar_one()
        await self._add_targets(request.id, request.targets[count:], first=count)
        position = {t.authorization_id: place for place, t in enumerate(request.targets)}
        known = [
            {"at_request": request.id, "at_position": place, **target_row(target)}
            for target in changed
            if (place := position[target.authorization_id]) < count
        ]
        if known:
            columns = [name for name in known[0] if not name.startswith("at_")]
            await self._connection.execute(
                update(targets)
                .where(
                    targets.c.request_id == bindparam("at_request"),
                    targets.c.position == bindparam("at_position"),
                )
                .values({name: bindparam(name) for name in columns}),
                known,
            )

    async def _add_targets(self, change_id: str, added: Sequence[Target], first: int) -> None:
        if added:
            await self._connection.execute(
                insert(targets),
                [
                    {"request_id": change_id, "position": position, **target_row(target)}
                    for position, target in enumerate(added, start=first)
                ],
            )

    async def _why_not(self, request: ChangeRequest) -> Exception:
        found = await self._connection.execute(
            select(requests.c.lease_owner).where(requests.c.id == request.id)
        )
        if found.scalar_one_or_none() == request.lease:
            return MovedOnError(request.id)
        return LeaseLostError(request.id)


def _number_of(change_id: str) -> Any:
    return select(requests.c.number).where(requests.c.id == change_id).scalar_subquery()
