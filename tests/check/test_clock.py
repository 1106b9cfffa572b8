"""How far this machine's clock may be off."""

from datetime import timedelta

import pytest

from bot.check.clock import ahead, clock_findings
from tests.changes.samples import NOON


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (0, "ok"),
        (5, "ok"),
        (-5, "ok"),
        (5.5, "note"),
        (-60, "note"),
        (60, "note"),
        (60.5, "problem"),
        (-300, "problem"),
    ],
)
def test_how_far(seconds: float, verdict: str) -> None:
    """Up to 5 s nothing, up to 60 s a note, beyond that a problem, either way."""
    (found,) = clock_findings(timedelta(seconds=seconds))

    assert found.severity.value == verdict


def test_directions_are_told() -> None:
    """Ahead is later than Slack's."""
    assert "120 s ahead of" in clock_findings(timedelta(minutes=2))[0].what
    assert "120 s behind" in clock_findings(timedelta(minutes=-2))[0].what


def test_an_untold_date_is_a_note() -> None:
    """What cannot be compared is not taken for right."""
    assert clock_findings(None)[0].severity.value == "note"


def test_half_the_answers_way_and_the_cut_off_second_are_allowed_for() -> None:
    """A right clock passes for right, however long the answer took."""
    sent, received = NOON, NOON + timedelta(seconds=4)

    off = ahead(NOON + timedelta(seconds=1.5), sent, received)

    assert off == timedelta()
