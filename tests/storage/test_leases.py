"""Who works on which request, and who holds which token."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.changes.errors import LeaseLostError
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.storage.store import SqlStore
from tests.changes.samples import DISABLE, NOON, TOKEN_ID, change
from tests.storage.stored import found, stored

# No test takes so long; what is to have ended ends at once, and what is to end soon does.
LEASE = timedelta(minutes=1)
OVER = timedelta()
SOON = timedelta(seconds=2)
TICK = timedelta(microseconds=1)
LATER = timedelta(seconds=6)


async def claim(
    store: SqlStore,
    name: str,
    now: datetime = NOON,
    *,
    lasts: timedelta = LEASE,
    limit: int = 16,
) -> list[str]:
    """Take what is due, for a minute; give the leases."""
    async with store.transaction() as transaction:
        claimed = await transaction.claim(name, now, lasts, limit)
    return [str(request.lease) for request in claimed]


async def renew(store: SqlStore, lease: str, lasts: timedelta = LEASE) -> bool:
    """Prolong a lease."""
    async with store.transaction() as transaction:
        return await transaction.renew(lease, lasts)


async def release(
    store: SqlStore, lease: str, due: datetime | None, version: int = 0, now: datetime = NOON
) -> None:
    """Give a request back."""
    async with store.transaction() as transaction:
        await transaction.release(lease, due, version, now)


async def first_in_line(store: SqlStore, lease: str, *targets: Target) -> bool:
    """Ask whether it is this lease's turn."""
    async with store.reading() as reading:
        keys = [f"{target.instance}:{target.authorization_id}" for target in targets]
        return await reading.ahead_of(lease, keys, targets) is None


async def hold(store: SqlStore, owner: str, *keys: str, lasts: timedelta = LEASE) -> bool:
    """Take keys, or else the one that most tests want, for a minute."""
    async with store.transaction() as transaction:
        return await transaction.hold(keys or ("k",), owner, lasts)


async def let_go(store: SqlStore, owner: str, *keys: str) -> None:
    """Give keys back, or else the one that most tests want."""
    async with store.transaction() as transaction:
        await transaction.let_go(keys or ("k",), owner)


async def test_a_new_request_is_due_at_once(store: SqlStore) -> None:
    """From the moment in which it was asked for, and not before."""
    await stored(store, change())

    assert await claim(store, "a", NOON - TICK) == []
    assert await claim(store, "a") == ["a-7F3K2Q"]


async def test_only_what_is_kept(store: SqlStore) -> None:
    """A process that is there for its own report takes neither what others keep nor the rest."""
    await stored(store, change())
    await stored(store, change(id="MINE00", keeper="me"))
    await stored(store, change(id="THEIRS", keeper="they"))

    async with store.transaction() as transaction:
        mine = await transaction.claim("a", NOON, LEASE, 9, "me", only_kept=True)
    async with store.transaction() as transaction:
        await transaction.keep("they", LEASE)
        rest = await transaction.claim("b", NOON, LEASE, 9, "somebody")

    assert [each.id for each in mine] == ["MINE00"]
    assert [each.id for each in rest] == ["7F3K2Q"]


async def test_what_is_claimed_is_read_in_the_same_breath(store: SqlStore) -> None:
    """The request comes as it is stored, with its lease."""
    await stored(store, change())

    async with store.transaction() as transaction:
        claimed = await transaction.claim("a", NOON, LEASE, 1)

    assert list(claimed) == [change(lease="a-7F3K2Q")]
    assert list(claimed) == [await found(store, "7F3K2Q")]


async def test_the_oldest_come_first_and_not_too_many(store: SqlStore) -> None:
    """In the order of asking, up to the limit; the rest is for the next."""
    await stored(store, *(change(id=f"00000{n}") for n in (3, 1, 2)))

    assert await claim(store, "a", limit=2) == ["a-000003", "a-000001"]
    assert await claim(store, "b", limit=2) == ["b-000002"]
    assert await claim(store, "c") == []


async def test_each_request_is_claimed_once(store: SqlStore, replica: SqlStore) -> None:
    """Claimants at once, in two processes, share what is due: none twice, none left."""
    await stored(store, *(change(id=f"0000{n:02}") for n in range(20)))

    shares = await asyncio.gather(
        *(claim([store, replica][n % 2], f"{n}", limit=3) for n in range(8))
    )

    taken = [lease.partition("-")[2] for share in shares for lease in share]
    assert sorted(taken) == [f"0000{n:02}" for n in range(20)]


async def test_a_lease_runs_out(store: SqlStore) -> None:
    """Whoever shows no sign of life until its end has lost the request, and not before."""
    await stored(store, change())
    await claim(store, "a", lasts=SOON)

    before = await claim(store, "b")
    await asyncio.sleep(SOON.total_seconds())

    assert (before, await claim(store, "b")) == ([], ["b-7F3K2Q"])


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1)])
async def test_the_databases_clock_judges_leases(
    store: SqlStore, replica: SqlStore, off: timedelta
) -> None:
    """A replica whose own clock is an hour off takes no live lease over, and keeps no dead one."""
    await stored(store, change(created_at=NOON - 2 * abs(off)))
    assert await claim(store, "a", NOON) == ["a-7F3K2Q"]

    assert await claim(replica, "b", NOON + off) == []
    assert await renew(store, "a-7F3K2Q", OVER)
    assert await claim(replica, "b", NOON + off) == ["b-7F3K2Q"]
    assert await claim(store, "c", NOON) == []


async def test_the_databases_clock_judges_holds(store: SqlStore, replica: SqlStore) -> None:
    """They last as long as was said from when they were taken, whatever anybody's clock says."""
    assert await hold(store, "a", lasts=SOON)
    assert not await hold(replica, "b")

    await asyncio.sleep(SOON.total_seconds())

    assert await hold(replica, "b")


async def test_a_renewed_lease_lasts(store: SqlStore) -> None:
    """Its holder prolongs it, until another has taken over; nobody else can."""
    await stored(store, change())
    await claim(store, "a", lasts=OVER)

    assert await renew(store, "a-7F3K2Q")
    assert not await renew(store, "b-7F3K2Q", OVER)
    assert await claim(store, "b") == []
    assert await renew(store, "a-7F3K2Q", OVER)
    assert await claim(store, "b") == ["b-7F3K2Q"]
    assert not await renew(store, "a-7F3K2Q")


async def test_what_is_given_back_is_due_when_said(store: SqlStore) -> None:
    """Free at once, due at its moment; never again if nothing is left to do."""
    await stored(store, change())
    await claim(store, "a")
    await release(store, "a-7F3K2Q", NOON + LATER)

    assert await claim(store, "b", NOON + LATER - TICK) == []
    assert await claim(store, "b", NOON + LATER) == ["b-7F3K2Q"]

    await release(store, "b-7F3K2Q", None)

    assert await claim(store, "c", NOON + 99 * LATER) == []


@pytest.mark.parametrize("due", [None, NOON + 99 * LATER])
async def test_what_somebody_moved_on_is_due_at_once(store: SqlStore, due: datetime | None) -> None:
    """The due time that a person has set meanwhile is not put off by the executor that was at it.

    By the next executor's it is, since that one knows of it.
    """
    await stored(store, change(state=RequestState.PREVIEWED))
    await claim(store, "a")
    moved = change(state=RequestState.ACCEPTED)
    async with store.transaction() as transaction:
        assert await transaction.move_on(moved, RequestState.PREVIEWED, NOON)

    await release(store, "a-7F3K2Q", due, now=NOON + TICK)
    too_early = await claim(store, "b", NOON)
    next_ = await claim(store, "b", NOON + TICK)
    await release(store, "b-7F3K2Q", due, version=1)

    assert (too_early, next_) == ([], ["b-7F3K2Q"])
    assert await claim(store, "c", NOON + LATER) == []


async def test_nobody_gives_back_what_is_anothers(store: SqlStore) -> None:
    """An executor that has lost its lease does not take it from its successor."""
    await stored(store, change())
    await claim(store, "a", lasts=OVER)
    await claim(store, "b")

    await release(store, "a-7F3K2Q", None)

    assert await renew(store, "b-7F3K2Q")


async def test_nobody_saves_what_is_anothers(store: SqlStore) -> None:
    """Whoever has lost the lease is told, and writes over nothing; its successor saves."""
    await stored(store, change())
    await claim(store, "a", lasts=OVER)
    await claim(store, "b")
    late, next_ = (change(lease=f"{name}-7F3K2Q", interrupted=5) for name in "ab")

    with pytest.raises(LeaseLostError):
        await save(store, late)
    with pytest.raises(LeaseLostError):
        await save(store, change(interrupted=5))
    before = await found(store, "7F3K2Q")
    await save(store, next_)

    assert before == replace(next_, interrupted=0)
    assert await found(store, "7F3K2Q") == next_


async def save(store: SqlStore, request: ChangeRequest) -> None:
    """Save a request."""
    async with store.transaction() as transaction:
        await transaction.save_request(request, request.targets)


async def test_a_token_changes_in_the_order_of_asking(store: SqlStore) -> None:
    """Whoever asked later waits for whoever asked earlier, for the same token alone."""
    token = Target("default", TOKEN_ID, DISABLE)
    others = [
        Target("other", TOKEN_ID, DISABLE),
        Target("default", "0d0d0d0d0d0d0001", DISABLE),
    ]
    await stored(
        store,
        change(id="000001"),
        change(id="000002"),
        *(change(other, id=f"00000{n}") for n, other in enumerate(others, start=3)),
    )
    await claim(store, "a")

    assert [
        await first_in_line(store, f"a-00000{n}", target)
        for n, target in enumerate([token, token, *others], start=1)
    ] == [True, False, True, True]


@pytest.mark.parametrize("state", list(RequestState))
async def test_who_is_waited_for(store: SqlStore, state: RequestState) -> None:
    """One that waits for people, is over or is only being read holds up nobody."""
    await stored(store, change(id="000001", state=state), change(id="000002"))
    await claim(store, "a")

    turn = await first_in_line(store, "a-000002", Target("default", TOKEN_ID, DISABLE))

    assert turn is (state not in {RequestState.ACCEPTED, RequestState.EXECUTING})


@pytest.mark.parametrize("state", list(TargetState))
async def test_what_is_done_with_a_token_holds_up_nobody(
    store: SqlStore, state: TargetState
) -> None:
    """The change goes on with others of its tokens, and may wait for them for hours."""
    mine, other = (
        Target("default", TOKEN_ID, DISABLE, state=state),
        Target("default", "0d0d0d0d0d0d0001", DISABLE),
    )
    earlier = change(id="000001", targets=(mine, other), state=RequestState.EXECUTING)
    await stored(store, earlier, change(id="000002"))
    await claim(store, "a")

    assert await first_in_line(store, "a-000002", mine) is state.final


async def test_a_call_is_not_lost_before_the_lease_is_given_back(store: SqlStore) -> None:
    """Whoever is called while its executor is still at it is due at once, not at its next look."""
    await stored(store, change())
    (lease,) = await claim(store, "a")
    async with store.transaction() as transaction:
        await transaction.wait_for_turn(lease, "k")
    async with store.transaction() as transaction:
        await transaction.call_next(["k"], NOON)

    await release(store, lease, NOON + LATER)

    assert await claim(store, "b") == ["b-7F3K2Q"]


async def test_what_the_dead_held_is_free_once_they_are_taken_over(store: SqlStore) -> None:
    """Their hold has not run out yet; whoever waits for it is called."""
    await stored(store, change(id="000001"), change(id="000002"))
    dead, waiting = await claim(store, "a", lasts=OVER)
    assert await hold(store, dead)
    async with store.transaction() as transaction:
        await transaction.wait_for_turn(waiting, "k")
    await release(store, waiting, NOON + LATER)

    taken_over = await claim(store, "b", limit=1)

    assert taken_over == ["b-000001"]
    assert await claim(store, "c") == ["c-000002"]
    assert await hold(store, "c-000002")


async def test_what_is_held_back_keeps_its_place(store: SqlStore) -> None:
    """Whatever it waits for, what was asked later of the same token comes later."""
    held_back = change(id="000001", state=RequestState.EXECUTING, held_back="changes are stopped")
    await stored(store, held_back, change(id="000002"))
    await claim(store, "a")

    assert not await first_in_line(store, "a-000002", Target("default", TOKEN_ID, DISABLE))


async def test_several_tokens_wait_for_each(store: SqlStore) -> None:
    """It is their turn once it is that of every one of them, on whichever instance."""
    one, other = Target("default", TOKEN_ID, DISABLE), Target("lab", TOKEN_ID, DISABLE)
    await stored(
        store,
        change(one, id="000001"),
        change(id="000002", targets=(other, one)),
        change(other, id="000003"),
        change(id="000004", targets=(other,), state=RequestState.PREVIEWED),
    )
    await claim(store, "a")

    assert [
        await first_in_line(store, "a-000001", one),
        await first_in_line(store, "a-000002", other),
        await first_in_line(store, "a-000002", other, one),
        await first_in_line(store, "a-000003", other),
        await first_in_line(store, "a-000003"),
    ] == [True, True, False, False, True]


async def test_of_several_keys_all_are_held_or_none(store: SqlStore, replica: SqlStore) -> None:
    """So that two that want the same ones never wait for each other."""
    assert await hold(store, "a", "one", "two")
    assert not await hold(replica, "b", "three", "two")
    assert await hold(replica, "c", "three")

    await let_go(store, "a", "one", "two")

    assert not await hold(replica, "b", "three", "two")
    assert await hold(store, "d", "two", "one")


async def test_a_key_is_held_by_one(store: SqlStore, replica: SqlStore) -> None:
    """Of many that want a key at once, in two processes, one gets it."""
    took = await asyncio.gather(*(hold([store, replica][n % 2], f"lease {n}") for n in range(8)))

    assert sum(took) == 1


async def test_a_hold_belongs_to_its_lease(store: SqlStore) -> None:
    """The same lease takes it again; another when it was given back, or ran out."""
    assert await hold(store, "a")
    assert await hold(store, "a")
    assert not await hold(store, "b")
    assert await hold(store, "a", lasts=OVER)
    assert await hold(store, "b")
    assert await hold(store, "c", "another")

    await let_go(store, "a")
    assert not await hold(store, "a")

    await let_go(store, "b")
    assert await hold(store, "a")


async def test_a_hold_is_renewed_with_its_lease(store: SqlStore) -> None:
    """As long as the lease is renewed, nobody else gets the key."""
    await stored(store, change())
    await claim(store, "a")
    assert await hold(store, "a-7F3K2Q", lasts=OVER)

    assert await renew(store, "a-7F3K2Q")

    assert not await hold(store, "b-7F3K2Q")
    assert await renew(store, "a-7F3K2Q", OVER)
    assert await hold(store, "b-7F3K2Q")


async def test_whoever_has_lost_the_lease_renews_no_hold(store: SqlStore) -> None:
    """What is held under a lease that was taken over runs out."""
    await stored(store, change())
    await claim(store, "a", lasts=OVER)
    assert await hold(store, "a-7F3K2Q", lasts=OVER)
    await claim(store, "b")

    assert not await renew(store, "a-7F3K2Q")

    assert await hold(store, "b-7F3K2Q")
