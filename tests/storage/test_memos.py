"""What is kept for a while only."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from bot.changes.refusals import WINDOW, Refusals
from bot.changes.request import Origin
from bot.changes.sweeps import sweep
from bot.storage.store import SqlStore
from tests.changes.samples import ALICE, BOB, NOON, change
from tests.recorded import record_in
from tests.storage.stored import found, stored

TICK = timedelta(microseconds=1)
NEVER = datetime.min.replace(tzinfo=NOON.tzinfo)


async def first(store: SqlStore, key: str, now: datetime = NOON) -> bool:
    """Note a delivery."""
    async with store.transaction() as transaction:
        return await transaction.first_delivery(key, now)


async def forget(store: SqlStore, **before: Any) -> None:
    """Forget what is older than the moments given, and nothing of other kinds."""
    moments = {
        "deliveries_before": NEVER,
        "queries_before": NEVER,
        "response_urls_before": NEVER,
        **before,
    }
    async with store.transaction() as transaction:
        await transaction.forget(**moments)


async def test_a_delivery_is_first_once(store: SqlStore) -> None:
    """The same key again, at whatever time, is a repeat; another one is not."""
    assert await first(store, "v0=aa")
    assert not await first(store, "v0=aa", NOON + timedelta(days=1))
    assert await first(store, "v0=ab")


async def test_of_repeats_at_once_one_is_first(store: SqlStore, replica: SqlStore) -> None:
    """Two processes that are sent the same request do not both take it."""
    taken = await asyncio.gather(*(first([store, replica][n % 2], "v0=aa") for n in range(8)))

    assert sum(taken) == 1


async def test_a_delivery_that_was_taken_back_was_not_there(store: SqlStore) -> None:
    """It is noted with its request or not at all, so that a repeat can succeed."""
    with suppress(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.first_delivery("v0=aa", NOON)
            raise ZeroDivisionError

    assert await first(store, "v0=aa")


async def test_of_sweeps_at_once_one_counts(store: SqlStore, replica: SqlStore) -> None:
    """Two processes that forget what somebody was refused tell of it once."""
    async with store.transaction() as transaction:
        for person in (BOB, ALICE):
            await transaction.save_refusals(Refusals(person, NOON, 7))

    await asyncio.gather(*(sweep([store, replica][n % 2], NOON + WINDOW) for n in range(6)))

    events = [link.event for link in await record_in(store)]
    counted = [(event.actor, event.detail["count"]) for event in events]
    assert sorted(counted) == [("U0ALICE", 2), ("U0BOB", 2)]


async def test_queries_are_kept_by_their_names(store: SqlStore) -> None:
    """What is not kept, or not any more, is None."""
    async with store.transaction() as transaction:
        await transaction.store_query("one", '{"page": 1}', NOON)

    async with store.reading() as reading:
        assert await reading.query("one") == '{"page": 1}'
        assert await reading.query("other") is None


async def test_only_what_is_older_is_forgotten(store: SqlStore) -> None:
    """Each kind by a moment of its own, and what is exactly as old stays."""
    url = SecretStr("https://hooks.slack.com/commands/T0/1/x")
    old = change(id="00000A", origin=Origin("C0", url), created_at=NOON - TICK)
    new = change(id="00000B", origin=Origin("C0", url))
    await stored(store, old, new)
    async with store.transaction() as transaction:
        await transaction.store_query("old", "{}", NOON - TICK)
        await transaction.store_query("new", "{}", NOON)
    await first(store, "old", NOON - TICK)
    await first(store, "new", NOON)

    await forget(store, response_urls_before=NOON)
    urls = [(await found(store, each.id), each) for each in (old, new)]
    await forget(store, queries_before=NOON)
    async with store.reading() as reading:
        queries = [await reading.query(name) for name in ("old", "new")]
    await forget(store, deliveries_before=NOON)
    deliveries = [await first(store, name) for name in ("old", "new")]

    assert urls == [
        (change(id="00000A", origin=Origin("C0"), created_at=NOON - TICK), old),
        (new, new),
    ]
    assert queries == [None, "{}"]
    assert deliveries == [True, False]


async def test_the_sweep_keeps_what_is_still_of_use(store: SqlStore) -> None:
    """Deliveries for a quarter of an hour, queries for a day, response URLs for half an hour."""
    url = SecretStr("https://hooks.slack.com/commands/T0/1/x")
    ages = {"delivery": timedelta(minutes=15), "query": timedelta(hours=24)}
    await first(store, "kept", NOON - ages["delivery"])
    await first(store, "gone", NOON - ages["delivery"] - TICK)
    async with store.transaction() as transaction:
        await transaction.store_query("kept", "{}", NOON - ages["query"])
        await transaction.store_query("gone", "{}", NOON - ages["query"] - TICK)
    half_an_hour = timedelta(minutes=30)
    await stored(
        store,
        change(id="00000A", origin=Origin("C0", url), created_at=NOON - half_an_hour),
        change(id="00000B", origin=Origin("C0", url), created_at=NOON - half_an_hour - TICK),
    )

    await sweep(store, NOON)

    async with store.reading() as reading:
        assert [await reading.query(name) for name in ("kept", "gone")] == ["{}", None]
    kept, gone = [await found(store, change_id) for change_id in ("00000A", "00000B")]
    assert kept is not None
    assert gone is not None
    assert (kept.origin.response_url, gone.origin.response_url) == (url, None)
    assert [await first(store, name) for name in ("kept", "gone")] == [False, True]
