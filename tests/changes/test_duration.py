"""Durations as people write and read them."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.duration import in_words, parse_duration
from tests.changes.samples import UNHURRIED

HOW = "is no duration such as 90s, 30m, 2h, 1d or 1h30m"


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("30min", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("2w", timedelta(days=14)),
        ("1h30m", timedelta(minutes=90)),
        (" 1 H 30 Min ", timedelta(minutes=90)),
        ("1d0h1s", timedelta(days=1, seconds=1)),
        ("0s", timedelta()),
        ("999999d", timedelta(days=999999)),
    ],
)
def test_what_people_write_is_read(text: str, duration: timedelta) -> None:
    """Weeks, days, hours, minutes and seconds, together or alone; bounds are the callers'."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "30",
        "m",
        "h30m",
        "30m1h",
        "1h1h",
        "-1h",
        "1.5h",
        "1 0m",
        "1y",
        "1000000d",
        "٣h",
        "²h",
    ],
)
def test_what_is_none_is_refused_in_plain_words(text: str) -> None:
    """Without a unit, out of order, twice, negative, broken, or in other digits: not guessed at."""
    with pytest.raises(ValueError, match=re.escape(HOW)):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=45.9), "45 s"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(minutes=30), "30 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=47, minutes=1), "47 h 1 min"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=30, hours=12), "30 d 12 h"),
    ],
)
def test_durations_are_written_for_people(duration: timedelta, words: str) -> None:
    """In the units in which they are meant, and without those that are nothing."""
    assert in_words(duration) == words


@UNHURRIED
@given(st.integers(0, 10**9).map(lambda seconds: timedelta(seconds=seconds)))
def test_what_is_written_can_be_read(duration: timedelta) -> None:
    """Reading what was written gives the same duration."""
    assert parse_duration(in_words(duration)) == duration


@UNHURRIED
@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_is_refused(text: str) -> None:
    """Nothing but ValueError comes of what people write."""
    try:
        assert parse_duration(text) >= timedelta()
    except ValueError as error:
        assert str(error) == HOW  # noqa: PT017 - most texts are refused, and some are not
