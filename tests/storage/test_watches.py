"""The watch over what was disabled, as it is stored."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.changes.authorization import Status
from bot.changes.errors import LeaseLostError
from bot.changes.request import ChangeRequest, Drift, MessageRef
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.storage.store import SqlStore
from tests.changes.samples import DISABLE, NOON, TOKEN_ID, active_again, change, done

ID = "7F3K2Q"
ENABLE = AuthorizationUpdate(Status.ACTIVE)
HOUR = timedelta(hours=1)
KEY = ("default", TOKEN_ID)


async def stored(store: SqlStore, *requests: ChangeRequest) -> None:
    """Store requests."""
    async with store.transaction() as transaction:
        for request in requests:
            await transaction.add_request(request, NOON)


async def found(store: SqlStore) -> ChangeRequest:
    """Read the one request that tests are about."""
    async with store.reading() as reading:
        read = await reading.request(ID)
    assert read is not None
    return read


async def test_what_was_found_is_kept(store: SqlStore) -> None:
    """When it was looked at, what is active again or gone, and where that is told."""
    await stored(store, done())
    message = MessageRef("C0INCIDENTS", "1764000000.000200")
    seen = active_again(watched_at=NOON + HOUR).with_drift(Drift(0, NOON, message, told=True))

    async with store.transaction() as transaction:
        await transaction.save_watch(seen, seen.targets)

    assert await found(store) == seen


async def test_what_disables_it_again_is_left_as_it_is(store: SqlStore) -> None:
    """The watch goes on while somebody presses: neither writes over the other."""
    await stored(store, active_again())
    before = await found(store)
    async with store.transaction() as transaction:
        await transaction.claim_again(ID, [KEY], "0000AA")
        await transaction.save_watch(replace(before, watched_at=NOON), before.targets)

    after = await found(store)
    assert (after.again_by(0), after.watched_at) == ("0000AA", NOON)


async def test_whoever_has_lost_the_lease_notes_nothing(store: SqlStore) -> None:
    """Another executor has the watch by now, and tells it."""
    await stored(store, done())

    with pytest.raises(LeaseLostError):
        async with store.transaction() as transaction:
            await transaction.save_watch(active_again(lease="lost"), active_again().targets)

    assert await found(store) == done()


async def test_one_disable_again_wins(store: SqlStore, replica: SqlStore) -> None:
    """Of several that press at once, in two processes, one update decides."""
    await stored(store, active_again())

    async def claim_at(where: SqlStore, by: str) -> list[tuple[str, str]]:
        async with where.transaction() as transaction:
            return await transaction.claim_again(ID, [KEY], by)

    won = await asyncio.gather(*(claim_at([store, replica][n % 2], f"00000{n}") for n in range(8)))

    assert sorted(won, key=len) == [[]] * 7 + [[KEY]]
    assert (await found(store)).again_by(0) == f"00000{won.index([KEY])}"


async def test_the_same_id_on_another_instance_is_another_token(store: SqlStore) -> None:
    """Whoever disables one of them again leaves the other to others."""
    again = active_again()
    other = replace(again.targets[0], instance="lab")
    await stored(store, done(targets=(*done().targets, replace(done().targets[0], instance="lab"))))
    async with store.transaction() as transaction:
        seen = replace(again, targets=(*again.targets, other))
        await transaction.save_watch(seen, seen.targets)
        assert await transaction.claim_again(ID, [KEY], "0000AA") == [KEY]
        lab = ("lab", TOKEN_ID)
        assert await transaction.claim_again(ID, [lab], "0000BB") == [lab]


async def test_it_is_given_back_by_its_holder_alone(store: SqlStore) -> None:
    """Another change cannot free it; freed, it can be taken again."""
    await stored(store, active_again())
    async with store.transaction() as transaction:
        assert await transaction.claim_again(ID, [KEY], "0000AA")
        await transaction.release_again(ID, "0000BB")
        assert not await transaction.claim_again(ID, [KEY], "0000BB")
        await transaction.release_again(ID, "0000AA")
        assert await transaction.claim_again(ID, [KEY], "0000BB")


async def test_what_is_not_active_again_cannot_be_reserved(store: SqlStore) -> None:
    """Neither what stayed disabled, nor what is not there."""
    await stored(store, done())
    async with store.transaction() as transaction:
        assert await transaction.claim_again(ID, [KEY], "0000AA") == []
        assert await transaction.claim_again("ZZZZZZ", [KEY], "0000AA") == []


async def test_other_words_are_about_the_status(store: SqlStore) -> None:
    """Those of other requests about the same token here, that ended since or have not ended."""

    def word(change_id: str, **fields: object) -> ChangeRequest:
        usual = Target("default", TOKEN_ID, ENABLE, TargetState.DONE, finished_at=NOON)
        return change(replace(usual, **fields), id=change_id)  # type: ignore[arg-type]  # its own

    await stored(
        store,
        done(),
        word("000001"),
        word("000002", state=TargetState.PENDING, finished_at=None),
        word("000003", update=DISABLE, finished_at=NOON + HOUR),
        word("000004", finished_at=NOON - HOUR),
        word("000005", update=AuthorizationUpdate(description="leaked")),
        word("000006", instance="lab"),
        word("000007", authorization_id="0d0d0d0d0d0d0009"),
    )

    async with store.reading() as reading:
        words = await reading.other_words(ID, "default", [TOKEN_ID], NOON)

    assert [(each.update, each.state, each.finished_at) for each in words] == [
        (ENABLE, TargetState.DONE, NOON),
        (ENABLE, TargetState.PENDING, None),
        (DISABLE, TargetState.DONE, NOON + HOUR),
    ]


async def test_what_is_only_watched_comes_last(store: SqlStore) -> None:
    """Changes that people wait for are not held up by what was told long ago."""
    await stored(store, done(id="000001", announced=True), change(id="000002"))

    async with store.transaction() as transaction:
        claimed = await transaction.claim("c", NOON, HOUR, 1)

    assert [request.id for request in claimed] == ["000002"]
