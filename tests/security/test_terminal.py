"""What others have written is shown on the operator's terminal, and does not act on it."""

import re
import sys
from pathlib import Path

import pytest

from bot.cli.exit_codes import ExitCode
from bot.cli.terminal import printed, put, say

BOT = Path(__file__).parents[2] / "bot"
# It needs Python alone, and is handed on without the rest.
ALONE = "audit_verifier"
# It says a line of its own where a Ctrl-C comes before the terminal's module is there.
BEFORE = BOT / "__main__.py"


def test_what_is_written_does_not_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines stay lines; nothing moves the cursor, turns the direction or writes over a line."""
    for write in (put, say, printed):
        write("one\ntwo\r\x1b[2J\x1b]0;title\x07 \x9b1A\u202egnp\u2066\x00\u2028")

    shown = "one\ntwo[2J]0;title 1Agnp\n"
    assert tuple(capsys.readouterr()) == (shown * 2, shown)


def test_nothing_is_written_past_it() -> None:
    """No other module writes to standard output or standard error by itself."""
    past = re.compile(r"\bsys\.std(?:out|err)\.write\b|(?<![\w.])print\(")

    assert [
        path.relative_to(BOT).as_posix()
        for path in sorted(BOT.rglob("*.py"))
        if ALONE not in path.parts
        and path != BEFORE
        and past.search(path.read_text(encoding="utf-8"))
    ] == []


def test_what_is_there_to_be_printed_and_cannot_be_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk behind standard output is no manifest, and no exit code of 0."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        code = printed("the manifest\n")

    assert code is ExitCode.FAILED
    assert "Standard output takes nothing." in capsys.readouterr().err
