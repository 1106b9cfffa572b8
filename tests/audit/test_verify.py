"""`token-bot audit verify`, and the verifier that stands alone, on a real database."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.changes.audit import AuditEvent, EventTag
from bot.cli.app import main
from tests.audit.conftest import Typed
from tests.changes.minted import MINTED
from tests.changes.samples import NOON

Alone = Callable[..., tuple[int, str]]
LENGTH = 6


def event(number: int) -> AuditEvent:
    """Make an event with all that one can have."""
    at = NOON + timedelta(minutes=number, microseconds=number)
    place = ("7F3K2Q", "default", "0d0d0d0d0d0d0003")
    detail = {"before": {"status": "active", "description": "Ärger <b>\u202e"}, "seconds": 0.1}
    return AuditEvent(EventTag.CHANGE_DONE, at, "U0ALICE", "T0HOME", *place, detail)


EVENTS = [event(number) for number in range(1, LENGTH + 1)]
ONE = "change.done, 2026-11-24 12:0{0}:00 UTC, change 7F3K2Q"


def anchor_of(typed: Typed) -> str:
    """Ask for the anchor."""
    code, out, err = typed("audit", "anchor")
    assert (code, err) == (0, "")
    found = re.fullmatch(r"(\d+:[0-9a-f]{64})  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n", out)
    assert found is not None
    return found[1]


@pytest.fixture
def file(database_url: str) -> str:
    """Where the SQLite file is."""
    return database_url.removeprefix("sqlite:///")


@pytest.fixture
def alone(typed: Typed, tmp_path: Path) -> Alone:
    """Run the printed verifier: exit code and standard output."""
    printed = tmp_path / "verify_record.py"
    printed.write_text(typed("audit", "verifier")[1])

    def run(*arguments: str | Path) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", printed, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout

    return run


def test_a_record_that_holds(typed: Typed, recorded: Callable[..., None]) -> None:
    """Empty or not it holds, with the anchors that were taken of it, from arguments and files."""
    empty = typed("audit", "verify")
    nothing = typed("audit", "anchor")
    recorded(*EVENTS[:3])
    early = anchor_of(typed)
    recorded(*EVENTS[3:])
    late = anchor_of(typed)

    code, out, err = typed("audit", "verify", "--anchor", early, "--anchor", f"`{late}`")

    where = empty[1].removeprefix("The record in ").partition(" holds")[0]
    assert empty == (0, f"The record in {where} holds: 0 events, each in its place.\n", "")
    assert nothing == (1, "", f"The record in {where} is empty: there is nothing to anchor.\n")
    assert (code, out, err) == (
        *(0, f"The record in {where} holds: 6 events, each in its place.\n"),
        "",
    )


def test_what_was_touched_is_named(
    typed: Typed, recorded: Callable[..., None], tampered: Callable[[str], None]
) -> None:
    """Changed in any column, removed, or no event any more: number, tag, time, change; exit 1."""
    recorded(*EVENTS)
    tampered("UPDATE audit_events SET actor = 'U0EVE' WHERE sequence = 2")
    tampered("DELETE FROM audit_events WHERE sequence = 4")
    tampered("UPDATE audit_events SET tag = 'nonsense' WHERE sequence = 6")

    code, out, _ = typed("audit", "verify")

    where = re.escape(out.splitlines()[-1].removeprefix("The record in ").partition(" is ")[0])
    assert code == 1
    assert re.sub(where, "HERE", out).splitlines() == [
        f"Event 2 ({ONE.format(2)}) was changed after it was written.",
        "Event 4 is missing.",
        (
            f"Event 6 ({ONE.format(6).replace('change.done', 'nonsense')}) was changed after it "
            "was written."
        ),
        "The record in HERE is broken: 3 of 6 events hold.",
    ]


def test_a_tail_that_was_cut_off(
    typed: Typed, recorded: Callable[..., None], tampered: Callable[[str], None], tmp_path: Path
) -> None:
    """By the head; and where that was set back as well, by an anchor that was pasted."""
    recorded(*EVENTS)
    late = anchor_of(typed)
    pasted = tmp_path / "pasted.txt"
    pasted.write_text(f"token-bot  09:00\nAudit anchor `{late}`\nKeep this message.\n")

    tampered("DELETE FROM audit_events WHERE sequence > 4")
    by_head = typed("audit", "verify")
    tampered(
        "UPDATE audit_head SET sequence = 4, "
        "hash = (SELECT hash FROM audit_events WHERE sequence = 4)"
    )
    unseen = typed("audit", "verify")
    by_anchor = typed("audit", "verify", "--anchors", pasted)
    tampered("DELETE FROM audit_head")
    without = typed("audit", "verify")
    tampered("DROP TABLE audit_head")
    dropped = typed("audit", "verify")

    assert [each[0] for each in (by_head, unseen, by_anchor, without)] == [1, 0, 1, 1]
    assert by_head[1].endswith(" is broken: 4 of 6 events hold.\n")
    assert by_anchor[1].endswith(" is broken: 4 of 6 events hold.\n")
    assert dropped == without
    assert by_head[1].startswith("Events 5 to 6 are missing at the end.\n")
    assert by_anchor[1].startswith(
        "Events 5 to 6 are missing at the end: an anchor names event 6.\n"
    )
    assert without[1].startswith("The head of the record, which names its last event, is missing.")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--anchor", MINTED),
        ("verify", "--anchors", MINTED),
        ("export", "--token", MINTED),
        ("export", "--output", MINTED),
        ("bundle", MINTED, "--output", "x.zip"),
        ("trim", "--before", MINTED, "--output", "x.jsonl"),
    ],
)
def test_a_secret_in_a_wrong_place_is_not_repeated(
    typed: Typed, arguments: tuple[str, ...]
) -> None:
    """Nothing that is asked of the record looks like one; what to do is said."""
    code, out, err = typed("audit", *arguments)

    assert (code, out) == (2, "")
    assert MINTED[:8] not in err
    assert "token-bot leak reads one from standard input" in err


@pytest.mark.parametrize("number", [0, -1, -(2**31)])
def test_what_was_put_before_the_first_is_named(
    typed: Typed, recorded: Callable[..., None], tampered: Callable[[str], None], number: int
) -> None:
    """Whatever its number: no event is left out since it stands where none can be."""
    recorded(*EVENTS)
    columns = "tag, at, actor, team, change_id, instance, authorization_id, detail, "
    columns += "previous_hash, hash"
    tampered(
        f"INSERT INTO audit_events (sequence, {columns}) "  # noqa: S608 - a test's own columns
        f"SELECT {number}, {columns} FROM audit_events WHERE sequence = 1"
    )

    code, out, _ = typed("audit", "verify")

    assert code == 1
    assert out.startswith(f"Event {number} ")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", ["actor", "at", "tag", "detail", "hash", "previous_hash"])
def test_bytes_that_are_no_text(
    typed: Typed,
    recorded: Callable[..., None],
    tampered: Callable[[str], None],
    alone: Alone,
    file: str,
    tmp_path: Path,
    column: str,
) -> None:
    """SQLite keeps any bytes as a text: the event is named, and can be exported as it is."""
    recorded(*EVENTS)
    tampered(f"UPDATE audit_events SET {column} = CAST(x'22ff22' AS TEXT) WHERE sequence = 3")  # noqa: S608 - as above

    code, out, err = typed("audit", "verify")
    exported = typed("audit", "export", "--output", tmp_path / "record.jsonl")
    csv = typed("audit", "export", "--format", "csv", "--output", tmp_path / "record.csv")
    hers = typed("audit", "export", "--person", "U0ALICE", "--output", tmp_path / "hers.jsonl")

    assert (code, err) == (1, "")
    assert out.startswith("Event 3 ")
    assert alone(file) == (1, out)
    assert (exported[0], csv[0], hers[0]) == (0, 0, 0)
    of_export = alone(tmp_path / "record.jsonl")
    assert of_export[0] == 1
    assert of_export[1].startswith("Event 3 ")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("head", ["sequence = 'abc'", "sequence = 6.5", "hash = X'00'"])
def test_a_head_that_is_none(
    typed: Typed,
    recorded: Callable[..., None],
    tampered: Callable[[str], None],
    alone: Alone,
    file: str,
    head: str,
) -> None:
    """SQLite takes anything for a number: it is missing then, and nothing is anchored by it."""
    recorded(*EVENTS)
    tampered(f"UPDATE audit_head SET {head}")  # noqa: S608 - as above

    code, out, err = typed("audit", "verify")
    anchored, _, said = typed("audit", "anchor")

    assert (code, err) == (1, "")
    assert out.startswith("The head of the record, which names its last event, is missing.\n")
    assert alone(file) == (1, out)
    assert anchored == 1
    assert said == (
        f"The head of the record in {file} is missing: audit verify says what else is wrong, and "
        "audit export writes the events as they are.\n"
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_lowest_number_there_is_hides_nothing(
    typed: Typed,
    recorded: Callable[..., None],
    tampered: Callable[[str], None],
    alone: Alone,
    file: str,
) -> None:
    """A number of SQLite's has 64 bits."""
    recorded(*EVENTS)
    tampered("UPDATE audit_events SET sequence = -9223372036854775808 WHERE sequence = 1")

    code, out, _ = typed("audit", "verify")

    assert code == 1
    assert out.startswith("Event -9223372036854775808 ")
    assert alone(file) == (1, out)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_anchor(typed: Typed, tmp_path: Path) -> None:
    """An anchor that cannot be read proves nothing, so nothing is said to hold; exit 2."""
    (tmp_path / "empty.txt").touch()

    short = typed("audit", "verify", "--anchor", "12:abc")
    none = typed("audit", "verify", "--anchors", tmp_path / "empty.txt")
    missing = typed("audit", "verify", "--anchors", tmp_path / "missing.txt")

    assert short == (2, "", "12:abc is no anchor: it is NUMBER:HASH, with 64 hex digits.\n")
    assert none == (2, "", "There is no anchor (NUMBER:HASH) in that file.\n")
    assert missing == (2, "", f"{tmp_path / 'missing.txt'}: No such file or directory.\n")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_verifier_stands_alone(
    typed: Typed,
    recorded: Callable[..., None],
    tampered: Callable[[str], None],
    alone: Alone,
    file: str,
    tmp_path: Path,
) -> None:
    """As it is printed, it checks a SQLite file with Python alone, and says the same."""
    recorded(*EVENTS)
    anchor = anchor_of(typed)

    assert alone(file, "--anchor", anchor) == typed("audit", "verify")[:2]
    tampered("UPDATE audit_events SET detail = '{}' WHERE sequence = 3")
    tampered("DELETE FROM audit_events WHERE sequence = 6")
    assert alone(file, "--anchor", anchor) == typed("audit", "verify", "--anchor", anchor)[:2]
    tampered("DROP TABLE audit_head")
    assert alone(file) == typed("audit", "verify")[:2]
    assert alone(tmp_path / "missing")[0] == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("content", ["", "hello\n" * 15, "[1]\n{}\n"])
def test_what_is_no_record_does_not_hold(typed: Typed, tmp_path: Path, content: str) -> None:
    """The printed verifier says so once, with the exit code for what cannot be read."""
    (tmp_path / "verify_record.py").write_text(typed("audit", "verifier")[1])
    (tmp_path / "file").write_text(content)
    command = [sys.executable, "-I", "-S", "verify_record.py", "file"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "file holds no event: it is no export of a record.\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_report_that_nobody_can_read(
    typed: Typed, recorded: Callable[..., None], tmp_path: Path
) -> None:
    """One line and an exit code, and no traceback, from export and from the printed verifier."""
    recorded(*EVENTS)
    (tmp_path / "verify_record.py").write_text(typed("audit", "verifier")[1])
    (tmp_path / "record.jsonl").write_text(typed("audit", "export")[1])
    alone = f"{sys.executable} -I -S verify_record.py record.jsonl"

    def shell(line: str) -> tuple[int, list[str]]:
        command = ["/bin/sh", "-c", line]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stderr.splitlines()

    for target in (">/dev/full", ">&-"):
        code, told = shell(f"{alone} {target}")
        assert (code, len(told)) == (2, 1)
        assert told[0].startswith("Standard output takes nothing: ")
    exporting = f"DATABASE_URL=sqlite:///bot.db {sys.executable} -m bot audit export"
    full = shell(f"{exporting} >/dev/full")
    closed = shell(f"{exporting} >&-")
    assert full == (
        1,
        ["Standard output takes nothing: No space left on device. Not all was written."],
    )
    assert closed == (2, ["Standard output is closed. Give --output."])


@pytest.mark.parametrize("content", ["", "not a database, though long enough to be one" * 9])
@pytest.mark.parametrize(
    "command",
    [
        ("verify",),
        ("anchor",),
        ("export",),
        ("bundle", "7F3K2Q", "--output", "x.zip"),
        ("trim", "--before", "2026-01-01", "--output", "x.jsonl"),
    ],
)
def test_a_file_that_is_no_database_of_a_bot_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: tuple[str, ...],
    content: str,
) -> None:
    """It is not made into one, and its record is not said to hold."""
    file = tmp_path / "bot.db"
    file.write_text(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["token-bot", "audit", *command])
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")

    code = main()

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith(str(file))
    assert err.endswith("Set DATABASE_URL to the bot's.\n")
    assert file.read_text() == content
    assert [each.name for each in tmp_path.iterdir()] == ["bot.db"]
