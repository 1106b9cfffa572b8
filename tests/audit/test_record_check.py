"""What is said of a record that is not as it was written, and where."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit_verifier.verify_record import Anchor
from bot.audit_verifier.verify_record import event_hash as hash_of
from bot.changes.audit import GENESIS, AuditEvent, ChainedEvent, EventTag, chain
from tests.audit.chains import Exported, as_exported, checked, written
from tests.changes.any_event import EVENTS
from tests.changes.samples import NOON, UNHURRIED

LENGTH = 9
Tampering = Callable[[list[Exported]], object]


def event(number: int, **more: Any) -> AuditEvent:
    """Make the event with a number."""
    at = NOON + timedelta(minutes=number)
    return AuditEvent(EventTag.CHANGE_DONE, at, "U0ALICE", "T0HOME", f"CHNG{number}", **more)


def links() -> list[ChainedEvent]:
    """Write a record."""
    return written([event(number) for number in range(1, LENGTH + 1)])


def record() -> list[Exported]:
    """Give that record as it is exported."""
    return [as_exported(link) for link in links()]


def name(number: int) -> str:
    """Name one of its events as the check does."""
    return f"Event {number} (change.done, 2026-11-24 12:{number:02}:00 UTC, change CHNG{number})"


def the_end() -> Anchor:
    """Give what is kept beside it, or an anchor of its last event."""
    last = links()[-1]
    return last.sequence, last.hash


def rewrite(events: list[Exported], first: int, **more: str) -> None:
    """Change an event and write the chain anew from it on, as somebody who knows the rule would."""
    events[first].update(actor="U0EVE", **more)
    for before, each in zip([None, *events[first:]], events[first:], strict=False):
        each["previous"] = each["previous"] if before is None else before["hash"]
        each["hash"] = hash_of(each)


def renumbered(events: list[Exported], first: int, by: int) -> None:
    """Change the numbers of events from a place on."""
    for each in events[first - 1 :]:
        each["sequence"] = int(str(each["sequence"])) + by


def forge_one(events: list[Exported]) -> None:
    """Change an event, and give it a hash that fits."""
    old = links()[3]
    events[3] = as_exported(chain(replace(old.event, actor="U0EVE"), 4, old.previous_hash))


def insert_one(events: list[Exported]) -> None:
    """Put a well-made event in, and make room for it."""
    renumbered(events, 4, 1)
    events.insert(3, as_exported(chain(event(30), 4, links()[2].hash)))


def swap(events: list[Exported]) -> None:
    """Let two events change places."""
    events[2]["sequence"], events[6]["sequence"] = 7, 3
    events[2], events[6] = events[6], events[2]


def remove_and_renumber(events: list[Exported]) -> None:
    """Take an event out and close the gap."""
    del events[3]
    renumbered(events, 4, -1)


@UNHURRIED
@given(st.lists(EVENTS, max_size=6))
def test_what_was_written_holds(events: list[AuditEvent]) -> None:
    """Every event, in its place, is the one that was written there."""
    made = written(events)
    head = (made[-1].sequence, made[-1].hash) if made else (0, GENESIS)
    check = checked(map(as_exported, made), head=head)

    assert (check.wrong, check.holding, check.notes) == ([], len(events), [])
    assert check.report("it")[-1].startswith("The record in it holds: ")


@UNHURRIED
@given(events=st.lists(EVENTS, min_size=2, max_size=6), data=st.data())
def test_whatever_is_touched_is_found(events: list[AuditEvent], data: st.DataObject) -> None:
    """One event removed, repeated, put elsewhere, or changed in any part: something is said."""
    made = [as_exported(link) for link in written(events)]
    head = (len(made), str(made[-1]["hash"]))
    one = data.draw(st.integers(0, len(made) - 1))
    match data.draw(st.sampled_from(["remove", "repeat", "swap", "change"])):
        case "remove":
            del made[one]
        case "repeat":
            made.insert(one, made[one])
        case "swap":
            other = data.draw(st.integers(0, len(made) - 1).filter(lambda place: place != one))
            made[one], made[other] = made[other], made[one]
        case _:
            part = data.draw(st.sampled_from(sorted(made[one])))
            made[one][part] = f"{made[one][part]}!"

    check = checked(made, head=head)

    assert not check.holds
    assert check.report("it")[-1].startswith("The record in it is broken: ")


@pytest.mark.parametrize(
    ("tampering", "wrong", "holding"),
    [
        (
            lambda events: events[3].update(actor="U0EVE"),
            [f"{name(4)} was changed after it was written."],
            8,
        ),
        (
            lambda events: [each.update(detail={"a": 1}) for each in events[3:6]],
            ["Events 4 to 6 were changed after they were written."],
            6,
        ),
        (
            lambda events: events[3].update(detail="{not JSON", at="\x1b[31myesterday"),
            [("Event 4 (change.done, [31myesterday UTC, change CHNG4) was changed after it was "
             "written.")],
            8,
        ),
        (
            forge_one,
            [(f"{name(5)} was not written behind event 4 as it stands: event 4 was replaced, or "
             "everything from 5 on was.")],
            8,
        ),
        (lambda events: events.pop(3), ["Event 4 is missing."], 8),
        (lambda events: [events.pop(3) for _ in range(3)], ["Events 4 to 6 are missing."], 6),
        (
            lambda events: [events.pop(0) for _ in range(3)],
            ["Events 1 to 3 are missing: no event says that they were trimmed."],
            6,
        ),
        (
            remove_and_renumber,
            ["Events 4 to 8 were written as events 5 to 9: 1 event was removed before them.",
             "Event 9 is missing at the end."],
            3,
        ),
        (
            insert_one,
            ["Events 5 to 10 were written as events 4 to 9: 1 event was inserted before them.",
             "Event 10 stands behind the head."],
            4,
        ),
        (
            swap,
            [(f"{name(7).replace('Event 7', 'Event 3')} was written as event 7: it was moved or "
             "renumbered."),
             (f"{name(3).replace('Event 3', 'Event 7')} was written as event 3: it was moved or "
             "renumbered.")],
            7,
        ),
        (
            lambda events: events.insert(5, events[2]),
            [f"{name(3)} stands behind event 5: the order was changed."],
            9,
        ),
        (
            lambda events: events.__setitem__(3, {}),
            ["What stands behind event 3 is no event.", "Event 4 is missing."],
            8,
        ),
        (lambda events: events.pop(), ["Event 9 is missing at the end."], 8),
        (
            partial(rewrite, first=8),
            ["Event 9, the last one, is not the one that the head names."],
            9,
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tampering: Tampering, wrong: list[str], holding: int) -> None:
    """By number, tag, time and change, and no more than can be told; the rest is said to hold."""
    events = record()
    tampering(events)

    check = checked(events, head=the_end())

    assert (check.wrong, check.holding) == (wrong, holding)
    were = max(check.count, LENGTH)
    assert check.report("it")[-1] == (
        "The record in it is broken, though each event fits the one before it."
        if holding == were
        else f"The record in it is broken: {holding} of {were} events hold."
    )


def test_a_head_that_is_gone_is_missed() -> None:
    """What is kept beside the events was removed with its row."""
    assert checked(record(), head=(0, "")).wrong == [
        "The head of the record, which names its last event, is missing."
    ]


@pytest.mark.parametrize(
    ("tampering", "wrong"),
    [
        (
            lambda events: events.pop(),
            "Event 9 is missing at the end: an anchor names event 9.",
        ),
        (
            lambda events: [events.pop() for _ in range(4)],
            "Events 6 to 9 are missing at the end: an anchor names event 9.",
        ),
        (
            partial(rewrite, first=1),
            ("Event 9 is not the one that its anchor names: the record was rewritten there or "
            "before, after the anchor was taken."),
        ),
    ],
)  # fmt: skip
def test_what_was_rewritten_whole_is_found_by_an_anchor(tampering: Tampering, wrong: str) -> None:
    """Where the head was set back or the chain written anew, only an anchor tells."""
    events = record()
    tampering(events)
    head = (int(str(events[-1]["sequence"])), str(events[-1]["hash"]))

    assert checked(events, head=head).wrong == []
    assert checked(events, the_end(), head=head).wrong == [wrong]


def test_anchors_of_what_was_written_fit() -> None:
    """Each of them, in whatever order, with the last one proving the end of an export."""
    anchors = [(link.sequence, link.hash) for link in reversed(links())]
    check = checked(record(), *anchors)

    assert check.wrong == []
    assert checked(record()[:5]).notes == [
        "Whether anything is missing behind event 5 is only told by an anchor of a later event."
    ]


def trimmed() -> list[Exported]:
    """Give a record whose first four events were trimmed, which the last one says."""
    made = links()
    told = AuditEvent(
        *(EventTag.RECORD_TRIMMED, NOON + timedelta(days=60), "cli:root", ""),
        detail={"until": 4, "hash": made[3].hash, "events": 4},
    )
    return [*record()[4:], as_exported(chain(told, 10, made[-1].hash))]


def test_a_trimmed_record_begins_behind_its_checkpoint() -> None:
    """It holds, says where it begins and who trimmed it, and older anchors are not checked."""
    first, fourth = links()[0], links()[3]
    check = checked(trimmed(), (1, first.hash), (4, fourth.hash), (9, links()[8].hash))

    assert (check.wrong, check.count) == ([], 6)
    assert check.notes[:2] == [
        (
            "Anchor 1 is not checked: the record begins behind event 4. Check it against the "
            "export made when it was trimmed."
        ),
        (
            "The record begins behind event 4: what was before was exported and trimmed on "
            "2027-01-23 12:00:00 UTC by cli:root (event 10)."
        ),
    ]


@pytest.mark.parametrize(
    ("tampering", "wrong"),
    [
        (
            lambda events: events.pop(0),
            ["Events 1 to 5 are missing: no event says that they were trimmed."],
        ),
        (
            partial(rewrite, first=0, previous="0" * 64),
            ["Event 5 was not written behind event 4 as that was when it was trimmed (event 10)."],
        ),
    ],
)  # fmt: skip
def test_a_checkpoint_excuses_no_more_than_it_says(tampering: Tampering, wrong: list[str]) -> None:
    """What is missing behind it is missed, and what follows must follow what was trimmed."""
    events = trimmed()
    tampering(events)

    assert checked(events).wrong == wrong


def test_a_filtered_export_names_its_gaps() -> None:
    """Each event is checked by itself, and what is left out is not called missing."""
    events = [each for each in record() if each["sequence"] in (2, 3, 6, 8)]
    check = checked(events, (5, links()[4].hash), (6, links()[5].hash), filtered=True)

    assert (check.wrong, check.holding) == ([], 4)
    assert check.notes == [
        "Anchor 5 is not checked: its event is not in this file.",
        "Not in this file: events 1, 4 to 5, 7.",
    ]


def test_an_event_of_a_filtered_export_cannot_be_changed() -> None:
    """Nor can one be put behind another that it does not follow."""
    events = [each for each in record() if each["sequence"] in (2, 3, 6)]
    events[2]["actor"] = "U0EVE"
    events[1]["previous"] = "1" * 64
    events[1]["hash"] = hash_of(events[1])

    assert checked(events, filtered=True).wrong == [
        (
            f"{name(3)} was not written behind event 2 as it stands: event 2 was replaced, or "
            "everything from 3 on was."
        ),
        f"{name(6)} was changed after it was written.",
    ]


def test_what_is_found_is_counted_where_it_is_too_much() -> None:
    """A report has an end, whatever the record is like."""
    events = [
        as_exported(link) for link in written([event(number % 60) for number in range(1, 301)])
    ]
    for each in events[::2]:
        each["actor"] = "U0EVE"
    report = checked(events).report("it")

    assert len(report) == 103
    assert report[100] == "And 50 more like these."
    assert report[-1] == "The record in it is broken: 150 of 300 events hold."
