"""`token-bot audit trim`: the record's beginning is exported, removed, and vouched for."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap import open_existing_store
from bot.changes.audit import AuditEvent, EventTag
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from tests.audit.chains import checked
from tests.audit.conftest import Typed
from tests.changes.samples import change, done
from tests.sqlite import driven

TODAY = datetime.now(UTC)  # noqa: TID251 - the command takes the machine's clock
DAY = timedelta(days=1)
BEFORE = f"{TODAY - 40 * DAY:%Y-%m-%d}"
OLD, OPEN = "0LDONE", "0PENED"


def event(days: int, change_id: str = OLD) -> AuditEvent:
    """Make an event of some days ago."""
    at = TODAY - days * DAY
    return AuditEvent(EventTag.CHANGE_DONE, at, "U0ALICE", "T0HOME", change_id)


EVENTS = [event(days) for days in (90, 80, 70, 60, 20, 10)]


@pytest.fixture
def requested(database_url: str) -> Callable[..., None]:
    """Store requests, due or not."""

    async def store(*requests: ChangeRequest) -> None:
        async with open_existing_store(driven(database_url)) as opened:
            for each in requests:
                async with opened.transaction() as transaction:
                    await transaction.add_request(each, TODAY)
                if each.state.final:
                    async with opened.transaction() as transaction:
                        (claimed,) = await transaction.claim("a", TODAY, DAY, 1)
                        await transaction.release(claimed.lease or "", None, 0, TODAY)

    return lambda *requests: asyncio.run(store(*requests))


async def begins(url: str) -> datetime | None:
    """Ask since when there are events."""
    async with open_existing_store(driven(url)) as store, store.reading() as reading:
        return await reading.begins()


def lines(file: Path) -> list[dict[str, object]]:
    """Read an export."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_what_is_old_goes_into_a_file(
    typed: Typed,
    recorded: Callable[..., None],
    requested: Callable[..., None],
    tampered: Callable[[str], None],
    database_url: str,
    tmp_path: Path,
) -> None:
    """The record holds as before, says where it begins, and file and record fit each other."""
    requested(replace(done(), id=OLD, announced=True))
    recorded(*EVENTS)
    whole = asyncio.run(begins(database_url))
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    anchor = typed("audit", "anchor")[1].split()[0]

    trimmed = typed("audit", "trim", "--before", BEFORE, "--output", first)
    verified = typed("audit", "verify", "--anchor", anchor)
    again = typed("audit", "trim", "--before", BEFORE, "--output", second)
    since = asyncio.run(begins(database_url))
    tampered("DELETE FROM audit_events WHERE sequence = 5")
    missed = typed("audit", "verify")

    assert (whole, since) == (None, EVENTS[4].at)
    assert trimmed == (
        0,
        (f"4 events up to 4 exported to {first} and removed. The record begins behind event 4.\n"),
        "",
    )
    assert verified[0] == 0, verified
    assert verified[1].startswith(
        "The record begins behind event 4: what was before was exported and trimmed on "
        f"{datetime.now(UTC):%Y-%m-%d} "  # noqa: TID251 - as above
    )
    assert "by cli:" in verified[1]
    assert verified[1].endswith("holds: 3 events, each in its place.\n")
    kept = typed("audit", "export")[1]
    both = [*lines(first), *map(json.loads, kept.splitlines())]
    assert [each["sequence"] for each in both] == [1, 2, 3, 4, 6, 7]
    assert (again[0], second.exists()) == (0, False)
    assert missed[0] == 1
    assert missed[1].startswith(
        "Events 1 to 5 are missing: no event says that they were trimmed.\n"
    )


def test_file_and_record_are_one_chain(
    typed: Typed, recorded: Callable[..., None], tmp_path: Path
) -> None:
    """An auditor who has every file can still check all of it; the last trim's event is in it."""
    recorded(*EVENTS)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    days = [f"{TODAY - ago * DAY:%Y-%m-%d}" for ago in (65, 40)]

    codes = [
        typed("audit", "trim", "--before", day, "--output", file)[0]
        for day, file in zip(days, (first, second), strict=True)
    ]
    kept = [json.loads(line) for line in typed("audit", "export")[1].splitlines()]

    assert codes == [0, 0]
    assert [len(lines(first)), len(lines(second)), len(kept)] == [3, 1, 4]
    assert checked([*lines(first), *lines(second), *kept]).wrong == []
    assert typed("audit", "verify")[0] == 0


@pytest.mark.parametrize(
    "open_one",
    [
        change(id=OPEN, state=RequestState.AWAITING_APPROVAL),
        change(id=OPEN, undo_of=OLD, state=RequestState.AWAITING_APPROVAL),
    ],
    ids=["its own", "that of what it undoes"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_still_needed_stays(
    typed: Typed,
    recorded: Callable[..., None],
    requested: Callable[..., None],
    tmp_path: Path,
    open_one: ChangeRequest,
) -> None:
    """A change that is not over keeps its events, and those of the change that it refers to."""
    requested(replace(done(), id=OLD, announced=True), open_one)
    recorded(event(90, "000000"), event(80, open_one.undo_of or OPEN), event(20))
    file = tmp_path / "old.jsonl"

    refused = typed("audit", "trim", "--before", BEFORE, "--output", file)
    earlier = typed("audit", "trim", "--before", f"{TODAY - 85 * DAY:%Y-%m-%d}", "--output", file)

    assert refused[:2] == (1, "")
    assert refused[2].startswith(f"Change {open_one.undo_of or OPEN} is not over, and event 2 is ")
    assert refused[2].endswith("Nothing was removed.\n")
    assert earlier[0] == 0
    assert [each["sequence"] for each in lines(file)] == [1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_refused(
    typed: Typed, recorded: Callable[..., None], tampered: Callable[[str], None], tmp_path: Path
) -> None:
    """What is young, a file that is there, a record that does not hold: nothing is removed."""
    recorded(*EVENTS)
    there = tmp_path / "there.jsonl"
    there.write_text("mine")
    file = tmp_path / "new.jsonl"

    young = typed("audit", "trim", "--before", f"{TODAY - 15 * DAY:%Y-%m-%d}", "--output", file)
    taken = typed("audit", "trim", "--before", BEFORE, "--output", there)
    whole = typed("audit", "verify")[0]
    tampered("UPDATE audit_events SET actor = 'U0EVE' WHERE sequence = 2")
    broken = typed("audit", "trim", "--before", BEFORE, "--output", file)

    limit = f"{TODAY - 30 * DAY:%Y-%m-%d}"
    assert young == (
        *(1, ""),
        (
            f"Events are kept for 30 days at least: take {limit} or an earlier day. "
            "Nothing was removed.\n"
        ),
    )
    assert taken == (
        *(1, ""),
        f"{there} is there already, and is left as it is. Nothing was removed.\n",
    )
    assert broken[0] == 1
    assert broken[2].endswith("does not hold: see audit verify. Nothing was removed.\n")
    assert (whole, there.read_text(), file.exists()) == (0, "mine", False)
    assert len(typed("audit", "export")[1].splitlines()) == len(EVENTS)
