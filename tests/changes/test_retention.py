"""What may be removed from the record, and why the rest may not."""

from datetime import timedelta

from bot.changes.retention import KEPT_AT_LEAST, Needed, refusal
from tests.changes.samples import NOON


def test_thirty_days_are_kept() -> None:
    """To the moment, and the day that may be taken is said."""
    last = NOON - timedelta(days=30)

    assert refusal(last, NOON, 9, None) == ""
    assert refusal(last + timedelta(microseconds=1), NOON, 9, None) == (
        "Events are kept for 30 days at least: take 2026-10-25 or an earlier day."
    )


def test_what_is_not_over_keeps_its_events() -> None:
    """From the oldest that is about it; what is older may go."""
    before = NOON - 2 * KEPT_AT_LEAST

    assert refusal(before, NOON, 8, Needed(9, "7F3K2Q")) == ""
    assert refusal(before, NOON, 9, Needed(9, "7F3K2Q")) == (
        "Change 7F3K2Q is not over, and event 9 is about it. Let it come to its end "
        "(/token pending shows what it waits for), or take an earlier day."
    )
