from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.changes.home import Home
from bot.changes.home_query import HomeQuery
from bot.changes.people import Person
from bot.storage.dialects import insert
from bot.storage.tables import audit_head, homes

_MINUTE = timedelta(minutes=1)


class Homes:
    """What people look at in Home, and what they were shown, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def home(self, user_id: str) -> Home | None:
        """Give somebody's Home, or None if they never had one."""
        found = await self._connection.execute(select(homes).where(homes.c.user_id == user_id))
        row = found.mappings().first()
        return None if row is None else _home(row)

    async def record_length(self) -> int:
        """Give the number of the newest event of the record."""
        found = await self._connection.execute(select(audit_head.c.sequence))
        return found.scalar_one_or_none() or 0

    async def look_at_home(
        self,
        person: Person,
        now: datetime,
        query: HomeQuery | None = None,
        notice: Sequence[Mapping[str, Any]] = (),
    ) -> Home:
        """Note that somebody is in Home, what they look at, and what they are told.

        Args:
            person: Who.
            now: The moment.
            query: What they look at; None leaves that as it is.
            notice: What they are told, as blocks.
        """
        told = list(notice) or None
        values = {
            "team": person.team_id,
            "enterprise": person.enterprise_id,
            "opened_at": now,
            "notice": told,
            "noticed_at": None if told is None else now,
        }
        looking = insert(self._connection, homes).values(
            user_id=person.user_id,
            query=(query or HomeQuery()).dump(),
            version=1,
            view_hash="",
            sequence=0,
            refreshed_at=now,
            **values,
        )
        asked = {} if query is None else {"query": query.dump()}
        found = await self._connection.execute(
            looking.on_conflict_do_update(
                index_elements=[homes.c.user_id],
                set_={**values, **asked, "version": homes.c.version + 1},
            ).returning(homes)
        )
        return _home(found.mappings().one())

    async def note_shown(self, home: Home, now: datetime) -> bool:
        """Note what somebody is shown; False if they have done something else since."""
        done = await self._connection.execute(
            update(homes)
            .where(homes.c.user_id == home.person.user_id, homes.c.version == home.version)
            .values(view_hash=home.view_hash, sequence=home.sequence, refreshed_at=now)
        )
        return done.rowcount == 1

    async def outdated_homes(
        self, opened_since: datetime, now: datetime, pause: timedelta, share: timedelta
    ) -> list[Home]:
        """Give the Homes that show less than is recorded and whose turn it is, the oldest first."""
        open_ = homes.c.opened_at >= opened_since
        lately = homes.c.refreshed_at > now - _MINUTE
        counted = await self._connection.execute(
            select(
                func.count().filter(open_).label("open"), func.count().filter(lately).label("shown")
            ).select_from(homes)
        )
        there = counted.one()
        wait = max(pause, share * there.open)
        found = await self._connection.execute(
            select(homes)
            .where(
                open_,
                homes.c.view_hash != "",
                homes.c.refreshed_at <= now - wait,
                homes.c.sequence < select(audit_head.c.sequence).scalar_subquery(),
            )
            .order_by(homes.c.refreshed_at)
            # Those who came at the same time have their turn at the same time.
            .limit(max(0, _MINUTE // share - there.shown))
        )
        return [_home(row) for row in found.mappings()]

    async def claim_home(self, home: Home, now: datetime) -> Home | None:
        """Take a Home to be shown anew; None if another replica has, or its person did something.

        One update decides.
        """
        taken = await self._connection.execute(
            update(homes)
            .where(
                homes.c.user_id == home.person.user_id,
                homes.c.version == home.version,
                homes.c.refreshed_at == home.refreshed_at,
            )
            .values(refreshed_at=now)
        )
        return replace(home, refreshed_at=now) if taken.rowcount == 1 else None

    async def forget_homes(self, before: datetime) -> None:
        """Drop the Homes of those who have not been there since a moment, but what is locked."""
        old = select(homes.c.user_id).where(homes.c.opened_at < before)
        await self._connection.execute(
            delete(homes).where(homes.c.user_id.in_(old.with_for_update(skip_locked=True)))
        )


def _home(row: RowMapping) -> Home:
    return Home(
        person=Person(row["user_id"], row["team"], row["enterprise"]),
        query=HomeQuery.load(row["query"]),
        version=row["version"],
        opened_at=row["opened_at"],
        refreshed_at=row["refreshed_at"],
        notice=tuple(row["notice"] or ()),
        noticed_at=row["noticed_at"],
        view_hash=row["view_hash"],
        sequence=row["sequence"],
    )
