"""Requests, as they are stored and as they are found."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.changes.authorization import Authorization, Status
from bot.changes.request import ChangeRequest, MessageRef, Origin, Target, new_change_id
from bot.changes.states import RequestState, TargetState
from bot.storage.store import SqlStore
from tests.changes.samples import (
    ALICE,
    BOB,
    NOON,
    REQUESTS,
    TOKEN_ID,
    authorization,
    change,
    done,
)


async def stored(store: SqlStore, *requests: ChangeRequest) -> None:
    """Store requests one after the other."""
    for request in requests:
        async with store.transaction() as transaction:
            await transaction.add_request(request, request.created_at)


async def found(store: SqlStore, change_id: str) -> ChangeRequest | None:
    """Read a request."""
    async with store.reading() as reading:
        return await reading.request(change_id)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every request has a new id
    deadline=None,
    max_examples=50,
)
@given(request_=REQUESTS)
async def test_what_is_stored_is_what_is_read(store: SqlStore, request_: ChangeRequest) -> None:
    """Every field of a request and of its targets, microseconds and the secret URL included."""
    request_ = replace(request_, id=new_change_id())

    await stored(store, request_)

    assert await found(store, request_.id) == request_


async def test_moments_come_back_in_utc(store: SqlStore) -> None:
    """Whatever the zone in which they were given, and to the microsecond."""
    moment = NOON.replace(microsecond=123_456)
    await stored(store, change(created_at=moment))

    read = await found(store, "7F3K2Q")

    assert read is not None
    assert (read.created_at, read.created_at.tzinfo) == (moment, UTC)


async def test_an_unknown_request_is_none(store: SqlStore) -> None:
    """There is no other answer to an id that nobody has."""
    assert await found(store, "ZZZZZZ") is None


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every request has a new id
    deadline=None,
    max_examples=25,
)
@given(request_=REQUESTS, later=REQUESTS)
async def test_progress_is_stored(
    store: SqlStore, request_: ChangeRequest, later: ChangeRequest
) -> None:
    """State, message, interruptions and targets move on; what was asked for stays."""
    request_ = replace(request_, id=new_change_id())
    targets = tuple(
        replace(later.targets[0], instance=each.instance, authorization_id=each.authorization_id)
        for each in request_.targets
    )
    moved: dict[str, Any] = {
        "state": later.state,
        "message": later.message,
        "interrupted": later.interrupted,
        "targets": targets,
    }
    await stored(store, request_)

    async with store.transaction() as transaction:
        await transaction.save_request(replace(later, id=request_.id, **moved))

    assert await found(store, request_.id) == replace(request_, **moved)


async def test_saving_leaves_a_reservation_alone(store: SqlStore) -> None:
    """An executor that read a change before it was reserved does not free it by saving."""
    request = change()
    await stored(store, request, change(id="0000AB", undo_of=request.id))
    async with store.transaction() as transaction:
        assert await transaction.claim_undo(request.id, "0000AB")

    async with store.transaction() as transaction:
        await transaction.save_request(replace(request, message=MessageRef("C0", "1.2")))

    read = await found(store, request.id)
    assert read is not None
    assert (read.undone_by, read.message) == ("0000AB", MessageRef("C0", "1.2"))


async def test_one_undo_wins(store: SqlStore, replica: SqlStore) -> None:
    """Of two that reserve a change at once, in two processes, one update decides."""
    await stored(store, change())

    async def claim(where: SqlStore, undo_id: str) -> bool:
        async with where.transaction() as transaction:
            return await transaction.claim_undo("7F3K2Q", undo_id)

    won = await asyncio.gather(*(claim([store, replica][n % 2], f"00000{n}") for n in range(8)))

    read = await found(store, "7F3K2Q")
    assert sum(won) == 1
    assert read is not None
    assert read.undone_by == f"00000{won.index(True)}"


async def test_a_reservation_is_given_back_by_its_holder_alone(store: SqlStore) -> None:
    """Another undo cannot free it; freed, it can be taken again."""
    await stored(store, change())
    async with store.transaction() as transaction:
        assert await transaction.claim_undo("7F3K2Q", "0000AA")
        await transaction.release_undo("7F3K2Q", "0000BB")
        assert not await transaction.claim_undo("7F3K2Q", "0000BB")
        await transaction.release_undo("7F3K2Q", "0000AA")
        assert await transaction.claim_undo("7F3K2Q", "0000BB")


async def test_what_is_not_there_cannot_be_reserved(store: SqlStore) -> None:
    """No row, no reservation."""
    async with store.transaction() as transaction:
        assert not await transaction.claim_undo("ZZZZZZ", "0000AA")


async def test_the_latest_change_is_a_persons_in_a_channel(store: SqlStore) -> None:
    """Others' changes, other channels and undos do not count, though they are newer."""
    await stored(
        store,
        change(id="000001"),
        change(id="000002"),
        change(id="000003", requester=BOB),
        change(id="000004", origin=Origin("C0OTHER")),
        change(id="000005", undo_of="000002"),
    )

    async with store.reading() as reading:
        latest = [
            await reading.latest_change(user, channel)
            for user, channel in (
                (ALICE.user_id, "C0INCIDENTS"),
                (BOB.user_id, "C0INCIDENTS"),
                (ALICE.user_id, "C0OTHER"),
                (BOB.user_id, "C0OTHER"),
            )
        ]

    assert [each and each.id for each in latest] == ["000002", "000003", "000004", None]


def finished(change_id: str, after: Authorization | None, minutes: int) -> ChangeRequest:
    """Make a change that ended so many minutes after noon, with what was read last."""
    target = replace(done().target, after=after, finished_at=NOON + timedelta(minutes=minutes))
    return replace(done(), id=change_id, targets=(target,))


async def test_the_last_record_is_of_the_change_that_ended_last(store: SqlStore) -> None:
    """Not of the one that was asked for last, and not of one that read nothing."""
    early, late = authorization(description="early"), authorization(description="late")
    await stored(
        store,
        finished("000001", late, 9),
        finished("000002", early, 3),
        finished("000003", None, 12),
    )

    async with store.reading() as reading:
        last = await reading.last_record("default", TOKEN_ID)
        elsewhere = await reading.last_record("other", TOKEN_ID)
        another = await reading.last_record("default", "0d0d0d0d0d0d0001")

    assert (last, elsewhere, another) == (late, None, None)


async def test_the_last_record_of_two_at_once_is_of_the_later_request(store: SqlStore) -> None:
    """Where the clock cannot tell, the order of asking does."""
    one, other = authorization(description="one"), authorization(description="other")
    await stored(store, finished("000001", one, 0), finished("000002", other, 0))

    async with store.reading() as reading:
        assert await reading.last_record("default", TOKEN_ID) == other


@pytest.mark.parametrize(
    ("state", "touched"),
    [
        (TargetState.PENDING, True),
        (TargetState.INTENDED, True),
        (TargetState.UNKNOWN, True),
        (TargetState.DONE, True),
        (TargetState.APPLIED, True),
        (TargetState.UNCHANGED, True),
        (TargetState.LOST, True),
        (TargetState.REFUSED, False),
        (TargetState.FAILED, False),
    ],
)
async def test_what_touches_a_token(store: SqlStore, *, state: TargetState, touched: bool) -> None:
    """Whatever may have reached it, and what found nothing to change; not what was refused."""
    later = change(Target("default", TOKEN_ID, state), id="000002", requester=BOB)
    await stored(store, change(id="000001"), later)

    async with store.reading() as reading:
        found_ = await reading.touched_since("000001", change().target, ALICE.user_id)

    assert found_ == (later if touched else None)


async def test_who_touches_a_token(store: SqlStore) -> None:
    """Only somebody else, only later, only the same token on the same instance; the first."""
    await stored(
        store,
        change(id="000001", requester=BOB),
        change(id="000002"),
        change(id="000003"),
        change(Target("other", TOKEN_ID), id="000004", requester=BOB),
        change(Target("default", "0d0d0d0d0d0d0001"), id="000005", requester=BOB),
    )

    async with store.reading() as reading:
        before = await reading.touched_since("000002", change().target, ALICE.user_id)
    await stored(store, change(id="000006", requester=BOB), change(id="000007", requester=BOB))
    async with store.reading() as reading:
        after = await reading.touched_since("000002", change().target, ALICE.user_id)

    assert before is None
    assert after is not None
    assert after.id == "000006"


async def test_changes_of_one_token(store: SqlStore) -> None:
    """The newest first, and no more than wanted."""
    await stored(store, *(change(id=f"00000{n}") for n in range(5)))
    await stored(store, change(Target("default", "0d0d0d0d0d0d0001"), id="00000Z"))

    async with store.reading() as reading:
        changes = await reading.changes_of("default", TOKEN_ID, 3)

    assert [each.id for each in changes] == ["000004", "000003", "000002"]


async def test_several_targets_keep_their_order(store: SqlStore) -> None:
    """Each target has its place, and moves on in it."""
    targets = tuple(Target("default", f"0d0d0d0d0d0d000{n}") for n in (3, 1, 2))
    request = change(targets=targets)
    await stored(store, request)
    moved = (targets[0], replace(targets[1], state=TargetState.INTENDED), targets[2])

    async with store.transaction() as transaction:
        await transaction.save_request(
            replace(request, targets=moved, state=RequestState.EXECUTING)
        )

    read = await found(store, request.id)
    assert read is not None
    assert read.targets == moved
    assert read.update.status is Status.INACTIVE
