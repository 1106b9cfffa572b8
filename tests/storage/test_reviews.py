"""Break-glass, its review, and the copies of its message, as they are stored."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.changes.break_glass import BreakGlass
from bot.changes.direct_copy import DirectCopy
from bot.changes.request import ChangeRequest, MessageRef
from bot.changes.states import RequestState, TargetState
from bot.storage.store import SqlStore
from tests.changes.samples import BOB, NOON, change, done

ID = "7F3K2Q"
GLASS = BreakGlass("disabling needs an approval", ("S0SECURITY", "U0BOB"))
UNDER_WAY = change(break_glass=GLASS, state=RequestState.EXECUTING)


def fruitless() -> ChangeRequest:
    """Make a break-glass that found the token inactive already."""
    made = done(break_glass=GLASS)
    return made.with_targets(replace(made.targets[0], state=TargetState.UNCHANGED))


async def stored(store: SqlStore, *requests: ChangeRequest) -> None:
    """Store requests."""
    for request in requests:
        async with store.transaction() as transaction:
            await transaction.add_request(request, NOON)


async def unreviewed(store: SqlStore, user_id: str | None = None) -> list[str]:
    """Give the ids of what is not reviewed."""
    async with store.reading() as reading:
        return [request.id for request in await reading.unreviewed(user_id, 9)]


async def test_it_is_kept(store: SqlStore) -> None:
    """What it went without, who can review it, and that its undo takes somebody else."""
    await stored(store, done(break_glass=GLASS, never_alone=True))

    async with store.reading() as reading:
        found = await reading.request(ID)

    assert found is not None
    assert (found.break_glass, found.never_alone) == (GLASS, True)


async def test_what_is_not_reviewed(store: SqlStore) -> None:
    """The oldest first, of anybody or of one; not what was none, or came to nothing."""
    await stored(
        store,
        done(id="000001", break_glass=GLASS),
        done(id="000002", break_glass=GLASS, requester=BOB),
        done(id="000003"),
        replace(UNDER_WAY, id="000004"),
        replace(fruitless(), id="000005"),
    )

    assert await unreviewed(store) == ["000001", "000002", "000004"]
    assert await unreviewed(store, BOB.user_id) == ["000002"]
    async with store.reading() as reading:
        waits = [request.id for request in await reading.open_requests(9)]
    assert waits == ["000001", "000002", "000004"]


async def test_one_review_counts(store: SqlStore, replica: SqlStore) -> None:
    """Of two at the same moment the first is kept, and its message is due to be drawn anew."""
    await stored(store, done(break_glass=GLASS, announced=True))
    at = NOON + timedelta(minutes=1)

    async def review(where: SqlStore, user_id: str) -> bool:
        async with where.transaction() as transaction:
            return await transaction.review(ID, user_id, at)

    counted = await asyncio.gather(review(store, "U0BOB"), review(replica, "U0CAROL"))

    assert sorted(counted) == [False, True]
    async with store.reading() as reading:
        found = await reading.request(ID)
    assert found is not None
    first = ("U0BOB", "U0CAROL")[counted.index(True)]
    assert found.break_glass == replace(GLASS, reviewed_by=first, reviewed_at=at)
    assert (found.announced, found.version) == (False, 1)
    assert await unreviewed(store) == []


@pytest.mark.parametrize("request_", [done(), UNDER_WAY], ids=["no break-glass", "under way"])
async def test_what_cannot_be_reviewed(store: SqlStore, request_: ChangeRequest) -> None:
    """What was none, or is not over."""
    await stored(store, request_)

    async with store.transaction() as transaction:
        assert not await transaction.review(ID, "U0BOB", NOON)


async def test_copies(store: SqlStore) -> None:
    """Who is to be told once stays so, whoever else is to be told later."""
    await stored(store, done(break_glass=GLASS))
    told = DirectCopy("U0BOB", MessageRef("D0BOB", "1764000000.000200"), "what it shows")
    async with store.transaction() as transaction:
        await transaction.plan_copies(ID, ["U0CAROL", "U0BOB"])
        await transaction.save_copy(ID, told)
        await transaction.plan_copies(ID, ["U0BOB", "U0ERIN"])
        await transaction.plan_copies(ID, [])

    async with store.reading() as reading:
        found = await reading.copies(ID)
        others = await reading.copies("0000AA")

    assert found == [told, DirectCopy("U0CAROL"), DirectCopy("U0ERIN")]
    assert others == []
