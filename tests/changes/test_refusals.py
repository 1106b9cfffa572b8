"""Whoever is refused again and again does not fill the record."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.refusals import RECORDED_EACH, WINDOW, Refusals, counted
from tests.changes.samples import ALICE, NOON, UNHURRIED

TICK = timedelta(microseconds=1)


def test_the_first_begins_a_count() -> None:
    """At its own moment."""
    assert counted(None, ALICE, NOON) == Refusals(ALICE, NOON, 1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON, Refusals(ALICE, NOON, 6)),
        (NOON + WINDOW - TICK, Refusals(ALICE, NOON, 6)),
        (NOON + WINDOW, Refusals(ALICE, NOON + WINDOW, 1)),
        (NOON + 2 * WINDOW, Refusals(ALICE, NOON + 2 * WINDOW, 1)),
    ],
)
def test_within_ten_minutes_they_are_one_count(now: datetime, expected: Refusals) -> None:
    """Counted from the first of them; then a new count begins."""
    earlier = Refusals(ALICE, NOON, 5)

    assert counted(earlier, ALICE, now) == expected
    assert earlier.over(now) == (expected.count == 1)


@pytest.mark.parametrize(("count", "only_counted"), [(0, 0), (1, 0), (5, 0), (6, 1), (99, 94)])
def test_five_get_a_line_of_their_own(count: int, only_counted: int) -> None:
    """The sixth is the first that is only counted."""
    assert Refusals(ALICE, NOON, count).only_counted == only_counted


@UNHURRIED
@given(st.lists(st.integers(0, 700), max_size=60))
def test_every_refusal_is_recorded_or_counted(pauses: list[int]) -> None:
    """None is lost, whatever the pauses between them, in seconds."""
    now, earlier, lines, summed = NOON, None, 0, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        if earlier is not None and earlier.over(now):
            summed += earlier.only_counted
        earlier = counted(earlier, ALICE, now)
        lines += not earlier.only_counted
        assert earlier.only_counted + RECORDED_EACH >= earlier.count

    summed += 0 if earlier is None else earlier.only_counted
    assert lines + summed == len(pauses)
