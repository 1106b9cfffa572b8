"""`token-bot audit export`: what it writes, of what, and that it is checked without the bot."""

import csv
import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from bot.changes.audit import AuditEvent, EventTag
from tests.audit.chains import as_exported, written
from tests.audit.conftest import Typed
from tests.changes.samples import NOON

TOKENS = ("0d0d0d0d0d0d0003", "0d0d0d0d0d0d0001")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1")


def event(number: int, **more: object) -> AuditEvent:
    """Make one of the events."""
    made = AuditEvent(
        EventTag.CHANGE_DONE,
        NOON + timedelta(hours=number),
        "U0ALICE" if number % 2 else "U0BOB",
        "T0HOME",
        f"CHNG0{number // 2}",
        "default" if number < 4 else "lab",
        TOKENS[number % 2],
        {"reason": 'Ärger, "so"\nthere', "n": [1, None, 0.5]},
    )
    return replace(made, **more)  # type: ignore[arg-type] # each names a field with its value


EVENTS = [event(number) for number in range(6)]


def numbers(out: str) -> list[int]:
    """Give the numbers of exported events."""
    return [json.loads(line)["sequence"] for line in out.splitlines()]


def test_a_whole_export_is_checked_without_the_bot(
    typed: Typed, recorded: Callable[..., None], tmp_path: Path
) -> None:
    """As jsonl, in a file of its owner's alone, an event a line as it is hashed."""
    recorded(*EVENTS)
    file = tmp_path / "record.jsonl"
    printed = tmp_path / "verify_record.py"
    printed.write_text(typed("audit", "verifier")[1])
    anchor = typed("audit", "anchor")[1].split()[0]

    code, out, err = typed("audit", "export", "--output", file)
    again = typed("audit", "export", "--output", file)
    elsewhere = typed("audit", "export", "--output", tmp_path / "none" / "record.jsonl")
    lines = file.read_text().splitlines()
    alone = [sys.executable, "-I", "-S", str(printed), str(file), "--anchor", anchor]
    holds = subprocess.run(alone, capture_output=True, text=True, check=False)
    file.write_text("\n".join([*lines[:2], *lines[3:]]))
    broken = subprocess.run(alone, capture_output=True, text=True, check=False)

    assert (code, out) == (0, "")
    assert err.startswith("6 events of the record in ")
    assert [json.loads(line) for line in lines] == [as_exported(e) for e in written(EVENTS)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert again == (1, "", f"{file} is there already, and is left as it is.\n")
    assert elsewhere[0] == 2
    assert elsewhere[2] == f"{tmp_path / 'none' / 'record.jsonl'}: No such file or directory.\n"
    assert (holds.returncode, broken.returncode) == (0, 1)
    assert holds.stdout.endswith(f"The record in {file} holds: 6 events, each in its place.\n")
    assert broken.stdout.startswith("Event 3 is missing.\n")


def test_what_is_wanted(typed: Typed, recorded: Callable[..., None], tmp_path: Path) -> None:
    """By time, token, instance, person and change, alone or together; gaps are named as such."""
    recorded(*EVENTS)
    wanted = {
        "": [1, 2, 3, 4, 5, 6],
        f"--token {TOKENS[0]}": [1, 3, 5],
        f"--token {TOKENS[0]} --on lab": [5],
        "--person U0ALICE": [2, 4, 6],
        "--change CHNG01": [3, 4],
        f"--change chngoi --token {TOKENS[0].upper()}": [3],
        "--since 2026-11-24T13:00": [2, 3, 4, 5, 6],
        "--since 2026-11-24T15:00+01:00 --until 2026-11-24T15:00": [3],
        "--until 2026-11-24": [],
        f"--person U0ALICE --token {TOKENS[0]}": [],
    }

    found = {each: numbers(typed("audit", "export", *each.split())[1]) for each in wanted}

    assert found == wanted
    part = tmp_path / "part.jsonl"
    part.write_text(typed("audit", "export", "--token", TOKENS[0])[1])
    code = typed("audit", "verify")[0]
    printed = tmp_path / "verify_record.py"
    printed.write_text(typed("audit", "verifier")[1])
    alone = [sys.executable, "-I", "-S", str(printed), str(part)]
    strict = subprocess.run(alone, capture_output=True, text=True, check=False)
    filtered = subprocess.run([*alone, "--filtered"], capture_output=True, text=True, check=False)
    assert (code, strict.returncode, filtered.returncode) == (0, 1, 0)
    assert filtered.stdout.startswith("Not in this file: events 2, 4.\n")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_there_is_no_export(typed: Typed, recorded: Callable[..., None]) -> None:
    """A change that is not there exits 1, as of a bundle; a span that holds nothing exits 2."""
    recorded(*EVENTS)
    reversed_span = ("--since", "2026-11-25", "--until", "2026-11-24")

    absent = typed("audit", "export", "--change", "ZZZZZZ")
    spans = [
        typed("audit", "export", *span)
        for span in (reversed_span, ("--since", "2026-11-24", "--until", "2026-11-24"))
    ]

    assert absent[:2] == (1, "")
    assert absent[2].startswith("There is no change 'ZZZZZZ' in the record in ")
    assert {each[:2] for each in spans} == {(2, "")}
    assert all(each[2].startswith("--until is not later than --since") for each in spans)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_moment(typed: Typed) -> None:
    """It is named, nothing is written, and the exit code is 2."""
    assert typed("audit", "export", "--since", "yesterday") == (
        *(2, ""),
        "'yesterday' is no day or moment, such as 2026-11-01 or 2026-11-01T09:30.\n",
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("--token 0d0d", "“0d0d” is not an authorization's id"),
        ("--change nothing", "“nothing” is not a change's id"),
        ("--person alice", "“alice” is not a Slack user's id"),
        # A script's variable that is not set asks for nothing, not for everything.
        ("--token=", "“” is not an authorization's id"),
        ("--change=", "“” is not a change's id"),
        ("--person=", "“” is not a Slack user's id"),
        ("--since=", "'' is no day or moment"),
        ("--until=", "'' is no day or moment"),
    ],
)
def test_what_is_no_id(typed: Typed, asked: str, told: str) -> None:
    """It is named, rather than that an empty export looks like one of which nothing is known."""
    code, out, err = typed("audit", "export", *asked.split())

    assert (code, out) == (2, "")
    assert err.startswith(told)


def cells(out: str) -> Iterable[dict[str, str]]:
    """Read a CSV back."""
    return csv.DictReader(StringIO(out, newline=""))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_spreadsheet_computes_nothing(
    typed: Typed, recorded: Callable[..., None], tampered: Callable[[str], None]
) -> None:
    """Whatever a text begins with, its cell is a text; the rest comes back as it was."""
    recorded(*(event(0, instance=each, change_id=None) for each in FORMULAS), event(1))
    tampered("UPDATE audit_events SET detail = '=HYPERLINK(1)', at = '=2' WHERE sequence = 2")

    code, out, _ = typed("audit", "export", "--format", "csv")

    rows = list(cells(out))
    links = written([event(0, instance=each, change_id=None) for each in FORMULAS])
    assert code == 0
    assert [row["instance"] for row in rows[: len(FORMULAS)]] == [f"'{each}" for each in FORMULAS]
    assert (rows[1]["detail"], rows[1]["at"]) == ("'=HYPERLINK(1)", "'=2+00:00")
    assert (rows[0]["sequence"], rows[0]["previous"], rows[0]["hash"]) == (
        *("1", "0" * 64),
        links[0].hash,
    )
    assert json.loads(rows[-1]["detail"]) == event(1).detail
    assert (rows[0]["change"], rows[-1]["change"]) == ("", "CHNG00")
