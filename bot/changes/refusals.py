"""Keep somebody who is refused again and again from filling the record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.changes.people import Person

WINDOW = timedelta(minutes=10)
# So many refusals of one person within the window get a line each; the others are counted.
RECORDED_EACH = 5


@dataclass(frozen=True)
class Refusals:
    """How often one person was refused since a moment."""

    person: Person
    since: datetime
    count: int

    @property
    def only_counted(self) -> int:
        """Give how many of them have no line of their own in the record."""
        return max(0, self.count - RECORDED_EACH)

    def over(self, now: datetime) -> bool:
        """Tell whether the window has ended, so that a new count begins."""
        return now - self.since >= WINDOW


def counted(earlier: Refusals | None, person: Person, now: datetime) -> Refusals:
    """Count one more refusal; with none within the window, it is the first."""
    if earlier is None or earlier.over(now):
        return Refusals(person, now, 1)
    return Refusals(person, earlier.since, earlier.count + 1)
