from datetime import UTC, datetime


def system_clock() -> datetime:
    """Tell the time, in UTC. Everything else gets the time as a value or this function."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine
