"""How moments are told: in UTC, which is said beside them."""

from datetime import datetime


def clock_time(at: datetime) -> str:
    """Give a time of day, to the second."""
    return f"{at:%H:%M:%S} UTC"


def moment(at: datetime) -> str:
    """Give a day and a time of day, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def exact_moment(at: datetime) -> str:
    """Give a day and a time of day, to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
