from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select, true

from bot.changes.authorization import Authorization, Status
from bot.changes.leaked import may_have_leaked
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.storage.conditions import (
    EFFECTIVE,
    OPEN,
    has_effect,
    number_of,
    timer_runs,
    to_be_reviewed,
)
from bot.storage.json_columns import to_authorization
from bot.storage.requests import RequestRows
from bot.storage.tables import requests, targets

_NOT_TOUCHED = (TargetState.REFUSED.value, TargetState.FAILED.value, TargetState.CANCELLED.value)
_CLOSED = tuple(state.value for state in RequestState if state.closed)
# What only waits for somebody has not touched anything yet.
_NOTHING_SENT = (*_CLOSED, *(state.value for state in RequestState if state.waiting))
_TARGETS_ASKED = (
    select(func.count())
    .select_from(targets.join(requests, requests.c.id == targets.c.request_id))
    .where(
        requests.c.requester == bindparam("person"),
        requests.c.created_at > bindparam("since"),
        requests.c.automatic.is_(False),
        requests.c.state.not_in(_CLOSED),
    )
)
_TARGETS_ASKED_BEFORE = _TARGETS_ASKED.where(requests.c.number < number_of(bindparam("change")))
_STATUS_CHANGED = (
    select(targets.c.authorization_id, requests.c.break_glass)
    .join(requests, requests.c.id == targets.c.request_id)
    .where(
        targets.c.instance == bindparam("instance"),
        targets.c.authorization_id.in_(bindparam("ids", expanding=True)),
        targets.c.state.in_(EFFECTIVE),
        targets.c.new_status.is_not(None),
    )
    .order_by(requests.c.number)
)
_CHANGED_IN_A_LEAK_OR_ENABLED = (
    select(requests)
    .where(
        requests.c.id.in_(
            select(requests.c.id)
            .join(targets, targets.c.request_id == requests.c.id)
            .where(
                targets.c.instance == bindparam("instance"),
                targets.c.authorization_id.in_(bindparam("ids", expanding=True)),
                targets.c.state.in_((*EFFECTIVE, TargetState.UNCHANGED.value)),
                or_(requests.c.leak.is_not(None), targets.c.new_status == Status.ACTIVE.value),
            )
        )
    )
    .order_by(requests.c.number)
)


class Lookback(RequestRows):
    """What was asked for before, by whom, and of which authorizations, within one transaction."""

    async def latest_change(self, user_id: str, channel_id: str) -> ChangeRequest | None:
        """Give a person's newest request in a channel that had an effect or may have, or None.

        Undos are left out.
        """
        found = await self.read(
            select(requests)
            .where(
                requests.c.requester == user_id,
                requests.c.channel_id == channel_id,
                requests.c.undo_of.is_(None),
                requests.c.state.in_(OPEN) | has_effect(),
            )
            .order_by(requests.c.number.desc())
            .limit(1)
        )
        return found[0] if found else None

    async def last_records(self, instance: str, ids: Sequence[str]) -> dict[str, Authorization]:
        """Give authorizations as the newest finished request saw each last."""
        newest = func.row_number().over(
            partition_by=targets.c.authorization_id,
            order_by=(targets.c.finished_at.desc(), requests.c.number.desc()),
        )
        ranked = (
            select(targets.c.authorization_id, targets.c.after, newest.label("place"))
            .join(requests, requests.c.id == targets.c.request_id)
            .where(
                targets.c.instance == instance,
                targets.c.authorization_id.in_(ids),
                targets.c.after.is_not(None),
            )
            .subquery()
        )
        found = await self._connection.execute(
            select(ranked.c.authorization_id, ranked.c.after).where(ranked.c.place == 1)
        )
        seen = ((row.authorization_id, to_authorization(row.after)) for row in found)
        return {key: value for key, value in seen if value is not None}

    async def touched_since(
        self,
        change_id: str,
        instance: str,
        ids: Sequence[str],
        *,
        except_for: str | None,
        until: str | None,
    ) -> dict[str, str]:
        """Give who first asked for something else of authorizations, later than a change."""
        statement = _touching(change_id, instance, ids, until).order_by(requests.c.number.desc())
        if except_for is not None:
            statement = statement.where(requests.c.requester != except_for)
        found = await self._connection.execute(statement)
        # The earliest comes last, and stays.
        return {row.authorization_id: row.requester for row in found}

    async def last_touches(
        self, change_id: str, instance: str, ids: Sequence[str], *, until: str | None
    ) -> dict[str, ChangeRequest]:
        """Give the newest request that touched each of some authorizations, later than a change."""
        statement = _touching(change_id, instance, ids, until).order_by(requests.c.number)
        found = await self._connection.execute(statement)
        # The newest comes last, and stays.
        newest = {row.authorization_id: row.id for row in found}
        read = await self.read(select(requests).where(requests.c.id.in_(newest.values())))
        by_id = {request.id: request for request in read}
        return {key: by_id[request_id] for key, request_id in newest.items()}

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

    async def newest_requests(self, limit: int) -> list[ChangeRequest]:
        """Give the newest requests of all, newest first."""
        return await self.read(select(requests).order_by(requests.c.number.desc()).limit(limit))

    async def open_requests(self, limit: int) -> list[ChangeRequest]:
        """Give the requests that wait for somebody or something, the oldest first."""
        # What others have set active again has no end left to wait for.
        to_end = exists().where(
            targets.c.request_id == requests.c.id,
            targets.c.state == TargetState.DONE.value,
            targets.c.drift_number.is_(None),
        )
        timed = requests.c.ends_at.is_not(None) & requests.c.undone_by.is_(None) & to_end
        return await self.read(
            select(requests)
            .where(requests.c.state.in_(OPEN) | timed | to_be_reviewed())
            .order_by(requests.c.number)
            .limit(limit)
        )

    async def running_timers(
        self, instance: str, ids: Sequence[str] | None, limit: int
    ) -> list[ChangeRequest]:
        """Give the changes that are to enable tokens again by themselves, the next one first."""
        to_end = exists().where(
            targets.c.request_id == requests.c.id,
            targets.c.instance == instance,
            targets.c.state == TargetState.DONE.value,
            targets.c.drift_number.is_(None),
            true() if ids is None else targets.c.authorization_id.in_(ids),
        )
        return await self.read(
            select(requests)
            .where(timer_runs(), to_end)
            .order_by(requests.c.ends_at, requests.c.number)
            .limit(limit)
        )

    async def disabled_as_leaked(self, instance: str, ids: Sequence[str]) -> list[str]:
        """Give those that were disabled as leaked, and have not been set active by this bot since.

        What others have set active beside this bot counts as leaked still.
        """
        about = {"instance": instance, "ids": ids}
        leaked: set[str] = set()
        for request in await self.read(_CHANGED_IN_A_LEAK_OR_ENABLED, about):
            for target in request.targets:
                if target.instance != instance or target.authorization_id not in ids:
                    continue
                # One that was disabled before its leak was reported has leaked all the same.
                found_so = request.leak is not None and target.state is TargetState.UNCHANGED
                if not target.state.effective and not found_so:
                    continue
                if target.update.status is Status.ACTIVE:
                    leaked.discard(target.authorization_id)
                elif may_have_leaked(request, target):
                    leaked.add(target.authorization_id)
        return sorted(leaked)

    async def disabled_by_break_glass(self, instance: str, ids: Sequence[str]) -> list[str]:
        """Give those whose status was changed last by break-glass."""
        about = {"instance": instance, "ids": ids}
        found = await self._connection.execute(_STATUS_CHANGED, about)
        # The newest comes last, and stays.
        last = {row.authorization_id: row.break_glass is not None for row in found}
        return sorted(each for each, by_glass in last.items() if by_glass)

    async def unreviewed(self, user_id: str | None, limit: int) -> list[ChangeRequest]:
        """Give what was done by break-glass and is not reviewed yet, the oldest first."""
        statement = select(requests).where(to_be_reviewed()).order_by(requests.c.number)
        if user_id is not None:
            statement = statement.where(requests.c.requester == user_id)
        return await self.read(statement.limit(limit))

    async def targets_asked(self, user_id: str, since: datetime, before: str | None) -> int:
        """Count the tokens that a person has asked to change since a moment.

        Requests that were closed before anything was sent do not count, nor what the bot asked for
        itself. With ``before``, only requests earlier than that one count.
        """
        asked = {"person": user_id, "since": since}
        if before is None:
            counted = await self._connection.execute(_TARGETS_ASKED, asked)
        else:
            asked["change"] = before
            counted = await self._connection.execute(_TARGETS_ASKED_BEFORE, asked)
        return counted.scalar_one()


def _touching(change_id: str, instance: str, ids: Sequence[str], until: str | None) -> Select[Any]:
    """Select what was asked for of authorizations, later than a change, but for one request."""
    statement = (
        select(targets.c.authorization_id, requests.c.requester, requests.c.id)
        .join(requests, requests.c.id == targets.c.request_id)
        .where(
            targets.c.instance == instance,
            targets.c.authorization_id.in_(ids),
            targets.c.state.not_in(_NOT_TOUCHED),
            requests.c.state.not_in(_NOTHING_SENT),
            requests.c.number > number_of(change_id),
        )
    )
    return statement if until is None else statement.where(requests.c.id != until)
