"""Whether the record is the one that was written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.audit import (
    GENESIS,
    AuditEvent,
    ChainedEvent,
    ChainVerifier,
    EventTag,
    chain,
)
from tests.changes.samples import IDS, MOMENTS, NOON, SHORT_TEXTS, TEXTS, UNHURRIED

EVENTS = st.builds(
    AuditEvent,
    tag=st.sampled_from(EventTag),
    at=MOMENTS,
    actor=TEXTS,
    team=TEXTS,
    change_id=st.none() | SHORT_TEXTS,
    instance=st.none() | TEXTS,
    authorization_id=st.none() | IDS,
    detail=st.dictionaries(TEXTS, st.none() | TEXTS | st.integers(), max_size=3),
)


def written(events: Sequence[AuditEvent]) -> list[ChainedEvent]:
    """Chain events as the store does."""
    links: list[ChainedEvent] = []
    previous = GENESIS
    for sequence, event in enumerate(events, start=1):
        links.append(chain(event, sequence, previous))
        previous = links[-1].hash
    return links


def broken_at(links: Sequence[ChainedEvent]) -> int | None:
    """Say at which place the chain stops to fit, counted from 0, or None."""
    verifier = ChainVerifier()
    return next((i for i, link in enumerate(links) if not verifier.fits(link)), None)


def three() -> list[ChainedEvent]:
    """Chain three events that tell of one change."""
    tags = (EventTag.REQUEST_ACCEPTED, EventTag.CHANGE_INTENDED, EventTag.CHANGE_DONE)
    return written(
        [
            AuditEvent(tag, NOON, "U0ALICE", "T0HOME", "7F3K2Q", "default", detail={"a": 1})
            for tag in tags
        ]
    )


@UNHURRIED
@given(st.lists(EVENTS, max_size=6))
def test_what_was_written_fits(events: list[AuditEvent]) -> None:
    """Every event, in its place, is the one that was written there."""
    verifier = ChainVerifier()

    assert [True] * len(events) == [verifier.fits(link) for link in written(events)]
    assert len(events) == verifier.count


@pytest.mark.parametrize(
    "change",
    [
        {"tag": EventTag.CHANGE_FAILED},
        {"at": NOON + timedelta(microseconds=1)},
        {"actor": "U0EVE"},
        {"team": "T0EVE"},
        {"change_id": None},
        {"instance": "other"},
        {"authorization_id": "0d0d0d0d0d0d0003"},
        {"detail": {}},
        {"detail": {"a": 2}},
        {"detail": {"a": 1, "b": None}},
    ],
    ids=str,
)
def test_a_changed_event_does_not_fit(change: dict[str, Any]) -> None:
    """Whichever part of an event is changed, it is found at its own place."""
    links = three()
    links[1] = replace(links[1], event=replace(links[1].event, **change))

    assert broken_at(links) == 1


def test_an_event_that_was_changed_and_hashed_anew_breaks_the_next() -> None:
    """Whoever changes an event and its hash is found at the one behind it."""
    links = three()
    forged = replace(links[1].event, actor="U0EVE")
    links[1] = chain(forged, 2, links[0].hash)

    assert broken_at(links) == 2


@pytest.mark.parametrize(("removed", "found"), [(0, 0), (1, 1)])
def test_a_removed_event_is_missed(removed: int, found: int) -> None:
    """The one behind the gap does not fit."""
    links = three()
    del links[removed]

    assert found == broken_at(links)


def test_events_missing_at_the_end_leave_no_trace() -> None:
    """The chain itself cannot tell; that is what the count is for."""
    assert broken_at(three()[:2]) is None


@UNHURRIED
@given(events=st.lists(EVENTS, min_size=1, max_size=5), place=st.integers(0, 5), new=EVENTS)
def test_an_inserted_event_does_not_fit(
    events: list[AuditEvent], place: int, new: AuditEvent
) -> None:
    """An event that was put in, with a hash of its own, is found at once or at the next."""
    links = written(events)
    place = min(place, len(links) - 1)
    before = links[place - 1].hash if place else GENESIS
    links.insert(place, chain(new, place + 1, before))

    assert broken_at(links) in (place, place + 1)


@UNHURRIED
@given(events=st.lists(EVENTS, min_size=2, max_size=6), data=st.data())
def test_swapped_events_do_not_fit(events: list[AuditEvent], data: st.DataObject) -> None:
    """The first of two that changed places is found; every place has a number of its own."""
    links = written(events)
    one = data.draw(st.integers(0, len(links) - 2))
    other = data.draw(st.integers(one + 1, len(links) - 1))
    links[one], links[other] = links[other], links[one]

    assert one == broken_at(links)


def test_a_repeated_event_does_not_fit() -> None:
    """The same link twice is not in its place the second time."""
    links = three()

    assert broken_at([*links[:2], links[1], links[2]]) == 2


def test_the_hash_is_of_the_moment_and_not_of_its_zone() -> None:
    """A database gives moments back in UTC, whatever zone they came with."""
    event = AuditEvent(EventTag.CHANGE_DONE, NOON, "U0ALICE", "T0HOME")
    elsewhere = replace(event, at=NOON.astimezone(timezone(timedelta(hours=9))))

    assert chain(event, 1, GENESIS).hash == chain(elsewhere, 1, GENESIS).hash


def test_the_hash_does_not_depend_on_the_order_of_the_detail() -> None:
    """JSON columns give members back in an order of their own."""
    event = AuditEvent(EventTag.CHANGE_DONE, NOON, "U0ALICE", "T0HOME", detail={"a": 1, "b": 2})
    other = replace(event, detail={"b": 2, "a": 1})

    assert chain(event, 1, GENESIS).hash == chain(other, 1, GENESIS).hash


def test_the_end_is_what_was_appended_last() -> None:
    """What was kept beside the record tells whether events are missing at its end."""
    links = three()
    verifier = ChainVerifier()
    assert verifier.ends_with(0, GENESIS)

    assert all(verifier.fits(link) for link in links)

    assert verifier.ends_with(3, links[-1].hash)
    assert not verifier.ends_with(3, links[-2].hash)
    assert not verifier.ends_with(4, links[-1].hash)


def test_the_chain_is_the_same_in_every_version() -> None:
    """What is hashed is written down here, sign by sign: others compute it too, and much later."""
    event = AuditEvent(
        EventTag.CHANGE_DONE,
        NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
        "U0ALICE",
        "T0HOME",
        "7F3K2Q",
        "default",
        "0d0d0d0d0d0d0003",
        {"reason": "Kündigung", "after": {"status": "inactive"}},
    )
    hashed = (
        '{"actor":"U0ALICE","at":"2026-11-24T12:00:00.000000+00:00",'
        '"authorization":"0d0d0d0d0d0d0003","change":"7F3K2Q",'
        '"detail":{"after":{"status":"inactive"},"reason":"K\\u00fcndigung"},'
        f'"instance":"default","previous":"{GENESIS}","sequence":7,"tag":"change.done",'
        '"team":"T0HOME"}'
    )

    assert chain(event, 7, GENESIS) == ChainedEvent(
        7, event, GENESIS, sha256(hashed.encode("ascii")).hexdigest()
    )
