"""What waits, as metrics tell it."""

from datetime import timedelta

from bot.changes.backlog import Backlog, Stretch, Waiting
from tests.changes.samples import NOON


def test_how_long_the_oldest_waits() -> None:
    """In seconds; what is not due, or not there, waits for nothing."""
    ago, soon = NOON - timedelta(seconds=90), NOON + timedelta(seconds=5)
    told = Waiting(3, 1, ago)
    backlog = Backlog(
        NOON,
        {
            Stretch.TELL: told,
            Stretch.WATCH: Waiting(2),
            # Another machine's clock may be ahead of this one's.
            Stretch.DECIDE: Waiting(1, 1, soon),
        },
    )

    assert backlog.of(Stretch.TELL) is told
    assert backlog.of(Stretch.PERSON) == Waiting(0, 0, None)
    assert [backlog.seconds_due(each) for each in Stretch] == [0.0, 0.0, 0.0, 90.0, 0.0]
