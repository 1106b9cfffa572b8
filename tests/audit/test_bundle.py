"""`token-bot audit bundle`: all that concerns an incident, in one file."""

import asyncio
import json
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.audit_verifier.verify_record import anchors_in
from bot.cli.app import main
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import INACTIVE_LOAD_TEST, TELEGRAF_EDGE_42
from tests.reporting import report, secret_of
from tests.words import steady
from tests.world import World

POLICY = cast.TEAM.replace('"several"', '"several", "enable"')
Typed = Callable[..., Awaitable[int]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, idle_world: World) -> Typed:
    """Run the command line beside the bot, on the same database."""

    async def run(*arguments: str | Path) -> int:
        monkeypatch.setattr(sys, "argv", ["token-bot", *map(str, arguments)])
        monkeypatch.setenv("DATABASE_URL", idle_world.settings["database_url"])
        return await asyncio.to_thread(main)

    return run


def still(text: str) -> str:
    """Take out what differs from run to run."""
    text = re.sub(r"(?m)^\d+\. ", "N. ", steady(text))
    text = re.sub(r"policy [0-9a-f]{16}", "policy DIGEST", text)
    text = re.sub(r"\d+\.\d s\b", "SECONDS", text)
    return re.sub(
        r"\b(reported with|disable again after|of) [0-9A-HJKMNP-TV-Z]{6}\b", r"\1 ID", text
    )


async def test_a_leak_with_all_that_came_of_it(
    idle_world: World,
    typed: Typed,
    tmp_path: Path,
    snapshot: SnapshotAssertion,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Report, owner's other tokens, undo with its second person: told, and checked without it."""
    here = idle_world
    await here.start(policy=POLICY)
    await here.say(f"disable {INACTIVE_LOAD_TEST} --reason elsewhere", user=cast.BOB)
    await report(
        here,
        secret_of(TELEGRAF_EDGE_42),
        **{
            "Reason": "=1+1 <!channel>",
            "Other tokens of its owner": "Also disable every other active one",
        },
    )
    first = next(each for each in here.channel() if "proven dead" in each.plain)
    await here.press(first, "Undo")
    (asked,) = [each for each in here.channel() if "Votes: 0 of 1" in each.plain]
    await here.press(asked, "Approve", user=cast.CAROL)
    events = await here.events()
    change = next(e.change_id or "" for e in events if e.detail.get("asked") == "leak")
    undo = next(e.change_id for e in events if e.detail.get("undo_of"))
    one, same, by_undo = (tmp_path / f"{name}.zip" for name in ("one", "same", "undo"))

    codes = [
        await typed("audit", "bundle", change.lower(), "--output", one),
        await typed("audit", "bundle", change, "--output", same),
        await typed("audit", "bundle", undo, "--output", by_undo),
        await typed("audit", "bundle", change, "--output", one),
        await typed("audit", "bundle", "N0NE7H", "--output", tmp_path / "none.zip"),
    ]
    said = capsys.readouterr().err

    assert codes == [0, 0, 0, 1, 1]
    assert f"{one} is there already, and is left as it is." in said
    assert "There is no change 'N0NE7H' in" in said
    assert one.read_bytes() == same.read_bytes()
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    with zipfile.ZipFile(one) as archive:
        archive.extractall(tmp_path / "one")
        names = archive.namelist()
        dates = {each.date_time for each in archive.infolist()}
    with zipfile.ZipFile(by_undo) as archive:
        assert archive.read("events.jsonl") == (tmp_path / "one" / "events.jsonl").read_bytes()
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert names == [
        *("README.txt", "anchor.txt", "approvals.txt", "events.jsonl", "receipts.txt"),
        *("timeline.txt", "verify_record.py"),
    ]
    told = {name: (tmp_path / "one" / name).read_text() for name in names}
    assert (
        "\n\n".join(
            still(told[each])
            for each in names
            if each in ("approvals.txt", "receipts.txt", "timeline.txt")
        )
        == snapshot
    )
    lines = [json.loads(line) for line in told["events.jsonl"].splitlines()]
    assert {each["change"] for each in lines} >= {change, undo}
    assert [each for each in lines if "elsewhere" in str(each)] == []
    assert secret_of(TELEGRAF_EDGE_42) not in str(told)
    last = (await here.record())[-1]
    assert anchors_in(told["anchor.txt"]) == [(last.sequence, last.hash)]
    command = told["README.txt"].splitlines()[1].partition("python3 ")[2].split()
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-S", *command],
        cwd=tmp_path / "one",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(lines)} events, each in its place." in done.stdout
