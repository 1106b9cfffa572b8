from datetime import UTC, datetime

from sqlalchemy import and_, case, func, or_, select

from bot.changes.backlog import Backlog, Stretch, Waiting
from bot.changes.states import RequestState
from bot.storage.conditions import OVER, to_be_reviewed
from bot.storage.dialects import database_now
from bot.storage.lookback import Lookback
from bot.storage.switches import Switches
from bot.storage.tables import received, requests

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_WITH_PEOPLE = tuple(state.value for state in RequestState if state.waiting)


class Backlogs(Lookback, Switches):
    """What waits, counted, within one transaction.

    What is over and has nothing left to do has no moment at which it is due, so that only what
    waits is looked at, by that column's index, however long the record is.
    """

    async def backlog(self, now: datetime) -> Backlog:
        """Count what waits, by what it waits for, and say since when the oldest is due."""
        unreviewed = select(func.count()).select_from(requests).where(to_be_reviewed())
        return Backlog(
            at=now,
            stretches={**await self._requests(now), **await self._undecided()},
            unreviewed=(await self._connection.execute(unreviewed)).scalar_one(),
            stopped=await self.freeze() is not None,
        )

    async def _requests(self, now: datetime) -> dict[Stretch, Waiting]:
        stretch = case(
            (requests.c.state.in_(_WITH_PEOPLE), Stretch.PERSON.value),
            (requests.c.state.not_in(OVER), Stretch.CARRY_OUT.value),
            (requests.c.announced.is_(False), Stretch.TELL.value),
            else_=Stretch.WATCH.value,
        )
        free = or_(requests.c.lease_until.is_(None), requests.c.lease_until <= database_now())
        due_at = case((and_(requests.c.due_at <= now, free), requests.c.due_at))
        found = await self._connection.execute(
            select(
                stretch.label("stretch"),
                func.count().label("waiting"),
                func.count(due_at).label("due"),
                func.min(due_at).label("due_since"),
            )
            # For SQLite's planner "not null" is no reason to use the index, and this is.
            .where(requests.c.due_at > _EVER)
            .group_by("stretch")
        )
        return {Stretch(row.stretch): Waiting(row.waiting, row.due, row.due_since) for row in found}

    async def _undecided(self) -> dict[Stretch, Waiting]:
        found = await self._connection.execute(
            select(func.count().label("waiting"), func.min(received.c.received_at).label("since"))
        )
        row = found.one()
        return {Stretch.DECIDE: Waiting(row.waiting, row.waiting, row.since)}
