"""What the database says at a moment, read beside the bot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.changes.audit import ChainedEvent
from bot.changes.direct_copy import DirectCopy
from bot.changes.request import ChangeRequest
from bot.storage.store import SqlStore
from bot.storage.tables import holds, keepers, received, requests
from tests.recorded import ALL

# What is due so soon is about to be done; timers and deadlines are further away.
_SOON = timedelta(seconds=3)


@dataclass(frozen=True)
class WorkLeft:
    """What somebody works on, or is about to.

    Attributes:
        leased: The requests that an executor has, or had when it ended.
        due: The requests that an executor is going to take up soon.
        held: The keys that are held.
        undecided: How many deliveries are stored and not decided.
    """

    leased: Sequence[str]
    due: Sequence[str]
    held: Sequence[str]
    undecided: int

    @property
    def none(self) -> bool:
        """Tell whether there is nothing."""
        return not (self.leased or self.due or self.held or self.undecided)


@dataclass(frozen=True)
class Record:
    """All of it.

    Attributes:
        copies: What people have of a request's message in direct messages, by the request's id.
        head: Number and hash of the event that was appended last.
        left: What is not done yet.
    """

    requests: Sequence[ChangeRequest]
    events: Sequence[ChainedEvent]
    copies: Mapping[str, Sequence[DirectCopy]]
    head: tuple[int, str]
    left: WorkLeft

    def find(self, change_id: str | None) -> ChangeRequest | None:
        """Give a request, or None."""
        return next((each for each in self.requests if each.id == change_id), None)

    @property
    def in_flight(self) -> list[str]:
        """Give the requests of which a PATCH may be on its way."""
        return [r.id for r in self.requests if any(t.perhaps_sent for t in r.targets)]

    @property
    def unclear(self) -> set[str]:
        """Give the authorizations of which a PATCH may be on its way."""
        found = (target for request in self.requests for target in request.targets)
        return {target.authorization_id for target in found if target.perhaps_sent}


async def read(engine: AsyncEngine, now: datetime) -> Record:
    """Read it, in one transaction."""
    async with SqlStore(engine).reading() as reading:
        found = await reading.read(select(requests).order_by(requests.c.number))
        return Record(
            requests=found,
            copies={each.id: await reading.copies(each.id) for each in found},
            events=(await reading.events(limit=ALL))[::-1],
            head=await reading.head(),
            left=await _work_left(engine, now),
        )


async def settled(engine: AsyncEngine, now: datetime) -> bool:
    """Tell whether nobody works on anything, and nothing is due."""
    return (await _work_left(engine, now)).none


async def intended(engine: AsyncEngine, authorization_id: str) -> list[ChangeRequest]:
    """Give the requests that have a recorded intent, without an outcome, for an authorization."""
    async with SqlStore(engine).reading() as reading:
        return [
            request
            for request in await reading.open_requests(100)
            if any(
                target.authorization_id == authorization_id and target.perhaps_sent
                for target in request.targets
            )
        ]


async def let_leases_run_out(engine: AsyncEngine) -> None:
    """Put the end of all that a process has behind, as if the database's clock had gone on."""
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    async with engine.begin() as connection:
        leased = requests.c.lease_owner.is_not(None)
        await connection.execute(update(requests).where(leased).values(lease_until=long_ago))
        await connection.execute(update(holds).values(until=long_ago))
        await connection.execute(update(keepers).values(until=long_ago))


async def _work_left(engine: AsyncEngine, now: datetime) -> WorkLeft:
    async with engine.connect() as connection:
        await connection.execution_options(reading=True)
        leased = await connection.scalars(
            select(requests.c.id).where(requests.c.lease_owner.is_not(None))
        )
        due = await connection.scalars(
            select(requests.c.id).where(requests.c.due_at <= now + _SOON)
        )
        # One that has run out is no hold any more, and goes when the next is taken.
        held = await connection.scalars(select(holds.c.key).where(holds.c.until > now))
        undecided = await connection.scalar(select(func.count()).select_from(received))
        return WorkLeft(list(leased), list(due), list(held), int(undecided or 0))
