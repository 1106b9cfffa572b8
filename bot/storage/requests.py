from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, RowMapping, Select, and_, bindparam, func, insert, select, update

from bot.changes.errors import LeaseLostError, MovedOnError
from bot.changes.leak_report import LeakTold
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.storage.locks import Locks
from bot.storage.rows import (
    message_row,
    progress_row,
    request_row,
    timer_row,
    to_leak_told,
    to_request,
)
from bot.storage.tables import requests, targets, votes
from bot.storage.target_rows import found_row, target_row
from bot.storage.waking import Waking

# How many of a request's targets are stored: told by an update of the request.
TARGETS_STORED = (
    select(func.count()).where(targets.c.request_id == requests.c.id).correlate(requests)
).scalar_subquery()
# Statements are built once: to build one takes longer than to have it carried out.
_ADD = insert(requests)
_ADD_TARGETS = insert(targets)
_BY_ID = select(requests).where(requests.c.id == bindparam("change"))
# Rows that refer to it may still be stored meanwhile.
_BY_ID_TO_MOVE = _BY_ID.with_for_update(key_share=True)
_THEIR_TARGETS = (
    select(targets)
    .where(targets.c.request_id.in_(bindparam("changes", expanding=True)))
    .order_by(targets.c.request_id, targets.c.position)
)
_THEIR_VOTES = (
    select(votes)
    .where(votes.c.request_id.in_(bindparam("changes", expanding=True)))
    .order_by(votes.c.voted_at)
)
_SAVE = (
    update(requests)
    .where(
        requests.c.id == bindparam("at_request"),
        # Whoever has lost the lease must not write over what the next one found.
        requests.c.lease_owner.is_not_distinct_from(bindparam("at_lease")),
        requests.c.version == bindparam("at_version"),
    )
    .returning(TARGETS_STORED)
)
_SAVE_TARGETS = update(targets).where(
    targets.c.request_id == bindparam("at_request"),
    targets.c.position == bindparam("at_position"),
)
_SAVE_MESSAGE = (
    update(requests)
    .where(requests.c.id == bindparam("at_request"))
    .values(
        announced=and_(
            requests.c.version == bindparam("at_version"), bindparam("at_told", type_=Boolean)
        )
    )
)


class RequestRows(Locks, Waking):
    """The requests, within one transaction."""

    async def add_request(self, request: ChangeRequest, now: datetime) -> None:
        """Store a new request, due at once. After it a transaction only appends to the record.

        Numbers are drawn in the order of commits, so that whoever sees one sees all before it.
        """
        await self.lock_record()
        row = {**request_row(request), "due_at": now}
        await self._connection.execute(_ADD, row)
        await self._add_targets(request.id, request.targets, first=0)
        await self._wake_all()

    async def request(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None."""
        found = await self.read(_BY_ID, {"change": change_id})
        return found[0] if found else None

    async def is_cancelled(self, change_id: str) -> bool:
        """Tell whether somebody has cancelled what is not sent yet of a request."""
        statement = select(requests.c.cancelled_by).where(requests.c.id == change_id)
        return bool((await self._connection.execute(statement)).scalar_one_or_none())

    async def request_to_move(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None; nobody else moves it until the transaction ends."""
        found = await self.read(_BY_ID_TO_MOVE, {"change": change_id})
        return found[0] if found else None

    async def lock_requests(self, change_ids: Sequence[str]) -> None:
        """Let nobody else move some requests until the transaction ends, the newest first."""
        await self._connection.execute(
            select(requests.c.id)
            .where(requests.c.id.in_(change_ids))
            .order_by(requests.c.number.desc())
            .with_for_update(key_share=True)
        )

    async def save_request(self, request: ChangeRequest, changed: Sequence[Target]) -> None:
        """Store how far a request has come, and those of its targets that have changed."""
        saved = await self._connection.execute(
            _SAVE,
            {
                "at_request": request.id,
                "at_lease": request.lease,
                "at_version": request.version,
                **progress_row(request),
            },
        )
        stored = saved.scalar_one_or_none()
        if stored is None:
            raise await self._why_not(request)
        await self._save_targets(request, changed, stored)

    async def save_message(self, request: ChangeRequest) -> None:
        """Store where a request's messages are, and whether its outcome is told.

        Where a person has moved it on meanwhile, what was told is not all of it.
        """
        if request.leak is not None:
            request = replace(request, leak_told=await self._all_told(request))
        row = message_row(request)
        told = {"at_told": row.pop("announced"), "at_version": request.version}
        await self._connection.execute(_SAVE_MESSAGE, {"at_request": request.id, **told, **row})

    async def _all_told(self, request: ChangeRequest) -> LeakTold:
        """Give who was told of a leaked secret, by whoever tells of it and its undo at once."""
        found = await self._connection.execute(
            select(requests.c.leak_told).where(requests.c.id == request.id).with_for_update()
        )
        return request.leak_told.joined_with(to_leak_told(found.scalar_one_or_none()))

    async def save_timer(self, request: ChangeRequest) -> bool:
        """Store a timer's progress; False if somebody has stopped it meanwhile."""
        saved = await self._connection.execute(
            update(requests)
            .where(requests.c.id == request.id, requests.c.timer_stopped_by == "")
            .values(**timer_row(request.timer))
        )
        return saved.rowcount == 1

    async def read(
        self, statement: Select[Any], parameters: Mapping[str, Any] | None = None
    ) -> list[ChangeRequest]:
        """Read the requests that a statement selects, with their targets and votes."""
        rows = (await self._connection.execute(statement, parameters)).mappings().all()
        if not rows:
            return []
        ids = [row["id"] for row in rows]
        theirs = await self._belonging(_THEIR_TARGETS, ids)
        # Nobody votes on what needs no approval, which most is.
        voted_on = [row["id"] for row in rows if row["approval"] is not None]
        cast = await self._belonging(_THEIR_VOTES, voted_on) if voted_on else {}
        return [to_request(row, theirs.get(row["id"], []), cast.get(row["id"], [])) for row in rows]

    async def _belonging(
        self, statement: Select[Any], change_ids: Sequence[str]
    ) -> dict[str, list[RowMapping]]:
        found: dict[str, list[RowMapping]] = {}
        rows = await self._connection.execute(statement, {"changes": change_ids})
        for row in rows.mappings():
            found.setdefault(row["request_id"], []).append(row)
        return found

    async def _save_targets(
        self, request: ChangeRequest, changed: Sequence[Target], count: int
    ) -> None:
        """Store the targets that have changed, and those behind the first ``count``, as new."""
        await self._add_targets(request.id, request.targets[count:], first=count)
        position = {t.key: place for place, t in enumerate(request.targets)}
        known = [
            {"at_request": request.id, "at_position": place, **target_row(target)}
            for target in changed
            if (place := position[target.key]) < count
        ]
        if known:
            await self._connection.execute(_SAVE_TARGETS, known)

    async def _add_targets(self, change_id: str, added: Sequence[Target], first: int) -> None:
        if added:
            await self._connection.execute(
                _ADD_TARGETS,
                [
                    {
                        "request_id": change_id,
                        "position": position,
                        **target_row(target),
                        **found_row(target),
                    }
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
