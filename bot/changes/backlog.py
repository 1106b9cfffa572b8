"""What waits in the database, counted, so that it shows whether anything moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Stretch(StrEnum):
    """What a request that is not over waits for next; a label of metrics.

    DECIDE: received, until Slack has said who it is from. PERSON: a confirmation or an approval.
    CARRY_OUT: the executor, or an InfluxDB. TELL: Slack is to take its outcome. WATCH: the end of a
    timer, another look at what it disabled, or telling approvers.
    """

    DECIDE = "decide"
    PERSON = "person"
    CARRY_OUT = "carry_out"
    TELL = "tell"
    WATCH = "watch"


@dataclass(frozen=True)
class Waiting:
    """What waits in one stretch.

    Attributes:
        count: How many there are, due or not.
        due: How many are due, and in nobody's hands.
        due_since: Since when the oldest of those is due; None if none is.
    """

    count: int = 0
    due: int = 0
    due_since: datetime | None = None


@dataclass(frozen=True)
class Backlog:
    """What waits on all replicas.

    Attributes:
        at: The moment.
        stretches: What waits, by what it waits for; what is not named has none.
        unreviewed: How many changes by break-glass nobody has reviewed yet.
        stopped: Whether all changes are stopped by ``token-bot freeze``.
    """

    at: datetime
    stretches: Mapping[Stretch, Waiting] = field(default_factory=dict)
    unreviewed: int = 0
    stopped: bool = False

    def of(self, stretch: Stretch) -> Waiting:
        """Give what waits in one stretch."""
        return self.stretches.get(stretch, Waiting())

    def seconds_due(self, stretch: Stretch) -> float:
        """Give for how long the oldest of a stretch is due; 0 if none is."""
        since = self.of(stretch).due_since
        return 0.0 if since is None else max(0.0, (self.at - since).total_seconds())
