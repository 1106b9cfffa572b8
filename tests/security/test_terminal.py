"""What others have written is shown on the operator's terminal, and does not act on it."""

import pytest

from bot.cli.terminal import put, say


def test_what_is_written_does_not_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines stay lines; nothing moves the cursor, turns the direction or writes over a line."""
    for write in (put, say):
        write("one\ntwo\r\x1b[2J\x1b]0;title\x07 \x9b1A\u202egnp\u2066\x00\u2028")

    assert tuple(capsys.readouterr()) == ("one\ntwo[2J]0;title 1Agnp\n",) * 2
