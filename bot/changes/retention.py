"""Which events of the record may be removed once they were exported."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# The watch over what was disabled takes a day, telling two more; whoever looks into an incident
# looks at history for weeks.
KEPT_AT_LEAST = timedelta(days=30)


@dataclass(frozen=True)
class Needed:
    """The oldest event that something which is not over still needs.

    Attributes:
        sequence: Its number.
        change_id: The change that it is about.
    """

    sequence: int
    change_id: str


def refusal(before: datetime, now: datetime, until: int, needed: Needed | None) -> str:
    """Say why the record cannot be trimmed so; empty if it can.

    Args:
        before: Events from this moment on are to be kept.
        now: The moment.
        until: The number of the last event that would be removed.
        needed: The oldest event that is still needed.
    """
    if before > now - KEPT_AT_LEAST:
        return (
            f"Events are kept for {KEPT_AT_LEAST.days} days at least: take "
            f"{now - KEPT_AT_LEAST:%Y-%m-%d} or an earlier day."
        )
    if needed is not None and needed.sequence <= until:
        return (
            f"Change {needed.change_id} is not over, and event {needed.sequence} is about it. Let "
            "it come to its end (/token pending shows what it waits for), or take an earlier day."
        )
    return ""
