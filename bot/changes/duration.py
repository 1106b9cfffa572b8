"""Durations as people write and read them."""

import re
from datetime import timedelta

# Six digits hold any number of seconds that matters here, and no number that Python cannot take.
_WRITTEN = re.compile(
    r"(?:(?P<weeks>[0-9]{1,6}) ?w ?)?"
    r"(?:(?P<days>[0-9]{1,6}) ?d ?)?(?:(?P<hours>[0-9]{1,6}) ?h ?)?"
    r"(?:(?P<minutes>[0-9]{1,6}) ?m(?:in)? ?)?(?:(?P<seconds>[0-9]{1,6}) ?s)?"
)
_HOUR = 3600
_DAY = 24 * _HOUR
# "24 h" and "36 h" are read as they are meant; "120 h" is not.
_IN_DAYS_FROM = 2 * _DAY


def parse_duration(text: str) -> timedelta:
    """Read a duration such as ``30m``, ``2h``, ``1d`` or ``1h30m``; the larger unit comes first.

    Raises:
        ValueError: If it is none; the text says how to write one, and does not repeat it.
    """
    bare = text.strip().lower()
    found = _WRITTEN.fullmatch(bare)
    if found is None or not bare:
        raise ValueError("is no duration such as 90s, 30m, 2h, 1d or 1h30m")
    return timedelta(**{unit: int(number or 0) for unit, number in found.groupdict().items()})


def in_words(duration: timedelta) -> str:
    """Write a duration for people, such as ``2 h`` or ``1 h 30 min``, in whole seconds."""
    seconds = max(0, int(duration.total_seconds()))
    days, rest = divmod(seconds, _DAY) if seconds >= _IN_DAYS_FROM else (0, seconds)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
