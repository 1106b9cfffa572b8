"""What people look at in Home, and whose page is to be shown anew, by which replica."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.changes import evidence
from bot.changes.authorization import Status
from bot.changes.home import Home
from bot.changes.home_query import HomeQuery, Sort
from bot.changes.people import Person
from bot.storage.store import SqlStore
from tests.changes.samples import ALICE, BOB, NOON, change

PAUSE, SHARE = timedelta(seconds=2), timedelta(seconds=1)
QUERY = HomeQuery("two  words", Status.INACTIVE, "u1", "o1", "prod", Sort.NEWEST, 3)
NOTICE = ({"type": "rich_text", "elements": []},)


async def _look(
    store: SqlStore, person: Person = ALICE, query: HomeQuery | None = None, **more: object
) -> Home:
    async with store.transaction() as transaction:
        return await transaction.look_at_home(person, NOON, query, **more)  # type: ignore[arg-type]


async def _show(store: SqlStore, home: Home, sequence: int = 0) -> bool:
    async with store.transaction() as transaction:
        shown = replace(home, view_hash="1.a", sequence=sequence)
        return await transaction.note_shown(shown, NOON)


async def _record(store: SqlStore) -> None:
    """Record anything at all."""
    async with store.transaction() as transaction:
        await transaction.append(evidence.accepted(change()))


async def _outdated(
    store: SqlStore, after: timedelta, since: timedelta = timedelta(9)
) -> list[str]:
    async with store.reading() as reading:
        found = await reading.outdated_homes(NOON - since, NOON + after, PAUSE, SHARE)
    return [home.person.user_id for home in found]


async def test_what_somebody_looks_at_is_kept(store: SqlStore, replica: SqlStore) -> None:
    """All of it, for every replica, until they look at something else; each has their own."""
    before = await _look(store, query=QUERY, notice=NOTICE)
    await _look(store, BOB)

    async with replica.reading() as reading:
        kept = await reading.home(ALICE.user_id)
        bobs = await reading.home(BOB.user_id)
        nobodys = await reading.home("U0NOBODY")

    assert kept == before
    assert (before.query, before.notice, before.noticed_at) == (QUERY, NOTICE, NOON)
    assert bobs is not None
    assert (bobs.query, nobodys) == (HomeQuery(), None)


async def test_opening_it_again_keeps_what_was_looked_at(store: SqlStore) -> None:
    """What was told is not told again."""
    first = await _look(store, query=QUERY, notice=NOTICE)

    second = await _look(store)

    assert (second.query, second.notice, second.noticed_at) == (QUERY, (), None)
    assert second.version == first.version + 1


async def test_a_page_for_what_was_looked_at_before_is_not_noted(store: SqlStore) -> None:
    """Whoever has clicked since sees another one."""
    first = await _look(store)
    second = await _look(store, query=QUERY)

    assert not await _show(store, first)
    assert await _show(store, second)


async def test_who_is_shown_less_than_is_recorded(store: SqlStore) -> None:
    """Only who was shown a page, after the pause, and only until they see it all."""
    home = await _look(store)
    nothing_yet = await _outdated(store, PAUSE)
    await _show(store, home)
    nothing_new = await _outdated(store, PAUSE)
    await _record(store)

    too_soon = await _outdated(store, PAUSE - timedelta(milliseconds=1))
    then = await _outdated(store, PAUSE)
    gone = await _outdated(store, PAUSE, since=-timedelta(seconds=1))
    async with store.reading() as reading:
        length = await reading.record_length()
    await _show(store, home, length)

    assert (nothing_yet, nothing_new, too_soon, gone) == ([], [], [], [])
    assert then == [ALICE.user_id]
    assert await _outdated(store, PAUSE) == []


async def test_with_many_people_each_waits_longer(store: SqlStore) -> None:
    """Slack counts the pages of all people together."""
    for number in range(5):
        await _show(store, await _look(store, Person(f"U{number}", "T0HOME")))
    await _record(store)

    assert await _outdated(store, 5 * SHARE - timedelta(milliseconds=1)) == []
    assert len(await _outdated(store, 5 * SHARE)) == 5


async def test_one_replica_takes_a_home(store: SqlStore, replica: SqlStore) -> None:
    """Of several at once one has it; nobody has one whose person has clicked since."""
    await _show(store, await _look(store))
    await _record(store)

    async def claimed(by: SqlStore, home: Home) -> bool:
        async with by.transaction() as transaction:
            return await transaction.claim_home(home, NOON + PAUSE) is not None

    async with store.reading() as reading:
        (found,) = await reading.outdated_homes(NOON - PAUSE, NOON + PAUSE, PAUSE, SHARE)
    taken = await asyncio.gather(*(claimed(each, found) for each in (store, replica) * 4))
    again = await _outdated(store, PAUSE + timedelta(seconds=1))
    await _look(store)

    assert sorted(taken) == [False] * 7 + [True]
    assert again == []
    assert not await claimed(replica, replace(found, refreshed_at=NOON + PAUSE))


async def test_who_has_not_been_there_for_long_is_forgotten(store: SqlStore) -> None:
    """From the moment on, and nobody else."""
    await _look(store)
    async with store.transaction() as transaction:
        await transaction.forget_homes(NOON)
    async with store.reading() as reading:
        there = await reading.home(ALICE.user_id)
    async with store.transaction() as transaction:
        await transaction.forget_homes(NOON + timedelta(microseconds=1))
    async with store.reading() as reading:
        gone = await reading.home(ALICE.user_id)

    assert there is not None
    assert gone is None


async def test_a_crowd_does_not_use_up_a_minutes_pages_at_once(store: SqlStore) -> None:
    """They came together, so that their turn is the same; what was shown lately counts."""
    people = [Person(f"U{number:03}", ALICE.team_id) for number in range(90)]
    async with store.transaction() as transaction:
        for person in people:
            home = await transaction.look_at_home(person, NOON)
            await transaction.note_shown(replace(home, view_hash="1.a"), NOON)
    await _record(store)

    due = await _outdated(store, timedelta(seconds=91))
    async with store.reading() as reading:
        found = await reading.outdated_homes(
            NOON - timedelta(9), NOON + timedelta(seconds=91), PAUSE, SHARE
        )
    async with store.transaction() as transaction:
        for home in found[:50]:
            await transaction.claim_home(home, NOON + timedelta(seconds=90))

    assert len(due) == 60
    assert len(await _outdated(store, timedelta(seconds=91))) == 60 - 50
    assert len(await _outdated(store, timedelta(seconds=151))) == 40
