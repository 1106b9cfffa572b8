"""The record, as the store keeps it."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.changes.audit import GENESIS, AuditEvent, EventTag
from bot.storage.store import SqlStore
from tests.audit.chains import wrong_with
from tests.changes.any_event import EVENTS
from tests.changes.samples import NOON
from tests.recorded import record_in
from tests.storage.appended import EVENT, append


async def test_an_empty_record_is_whole(store: SqlStore) -> None:
    """Nothing was written, and nothing is missing."""
    assert await record_in(store) == []
    async with store.reading() as reading:
        assert await reading.head() == (0, GENESIS)


async def test_events_are_chained_in_their_order(store: SqlStore) -> None:
    """One by one or several at once, each comes behind the one before."""
    events = [replace(EVENT, actor=f"U{n}") for n in range(5)]
    await append(store, events[0])
    await append(store, *events[1:4])
    await append(store, events[4])

    links = await record_in(store)

    assert [link.event for link in links] == events
    assert [link.sequence for link in links] == [1, 2, 3, 4, 5]
    assert wrong_with(links) == []
    async with store.reading() as reading:
        assert await reading.head() == (5, links[-1].hash)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the record only grows
    deadline=None,
    max_examples=40,
)
@given(st.lists(EVENTS, max_size=4))
async def test_whatever_is_recorded_verifies(store: SqlStore, events: list[AuditEvent]) -> None:
    """What the database gives back has the hash that was written."""
    await append(store, *events)

    links = await record_in(store)

    assert wrong_with(links) == []
    assert [link.event for link in links][len(links) - len(events) :] == events


async def test_nobody_takes_anothers_place(store: SqlStore, replica: SqlStore) -> None:
    """Fifty appends at once, from two processes, make one chain without a gap."""
    await asyncio.gather(
        *(append([store, replica][n % 2], replace(EVENT, actor=f"U{n}")) for n in range(50))
    )

    links = await record_in(store)

    assert sorted(link.event.actor for link in links) == sorted(f"U{n}" for n in range(50))
    assert [link.sequence for link in links] == list(range(1, 51))
    assert wrong_with(links) == []


async def test_what_is_taken_back_leaves_no_gap(store: SqlStore) -> None:
    """An event of a transaction that failed was never there."""
    await append(store, EVENT)
    with suppress(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.append(EVENT)
            raise ZeroDivisionError
    await append(store, EVENT)

    links = await record_in(store)

    assert [link.sequence for link in links] == [1, 2]
    assert wrong_with(links) == []


async def test_events_that_fit_are_found(store: SqlStore) -> None:
    """By token, by person, by neither; the newest first, and no more than wanted."""
    other = replace(EVENT, authorization_id="0d0d0d0d0d0d0001", actor="U0BOB")
    intended = replace(EVENT, tag=EventTag.CHANGE_INTENDED)
    late = replace(EVENT, at=NOON + timedelta(days=1))
    await append(store, EVENT, other, intended, late)

    async with store.reading() as reading:
        everything = await reading.events(limit=9)
        two = await reading.events(limit=2)
        of_token = await reading.events(authorization_id="0d0d0d0d0d0d0003", limit=9)
        of_bob = await reading.events(actor="U0BOB", limit=9)
        of_both = await reading.events(authorization_id="0d0d0d0d0d0d0003", actor="U0BOB", limit=9)
        outcomes = await reading.events(leave_out=EventTag.CHANGE_INTENDED, limit=9)

    assert [
        [link.sequence for link in links]
        for links in (everything, two, of_token, of_bob, of_both, outcomes)
    ] == [[4, 3, 2, 1], [4, 3], [4, 3, 1], [2], [], [4, 2, 1]]
    assert [link.event for link in everything] == [late, intended, other, EVENT]
