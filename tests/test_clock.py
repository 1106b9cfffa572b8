from datetime import UTC, datetime

from freezegun import freeze_time

from bot.clock import system_clock


def test_the_system_clock_tells_utc() -> None:
    """Moments are aware, and in UTC."""
    with freeze_time("2026-03-04T05:06:07"):
        assert system_clock() == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
