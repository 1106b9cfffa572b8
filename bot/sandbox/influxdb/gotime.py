"""Times and durations as Go writes them: RFC3339Nano with an offset, and ``1m24.7s``."""

import re
from datetime import UTC, datetime, timedelta

ZERO_TIME = "0001-01-01T00:00:00Z"
"""Go's zero time, which records from before times were kept hold."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")
_BELOW_MICROSECONDS = 283
"""Nanoseconds added to each clock reading: Go's clock has them, Python's datetime cannot."""


def nanoseconds(text: str) -> int:
    """Read RFC3339 with up to nine fractional digits as nanoseconds since 1970.

    Raises:
        ValueError: If the text is no such time.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC3339 time: {text!r}")
    seconds, fraction, offset = match.groups()
    whole = datetime.fromisoformat(seconds + offset.replace("Z", "+00:00")) - _EPOCH
    return (whole.days * 86_400 + whole.seconds) * 10**9 + int((fraction or "0").ljust(9, "0"))


def rfc3339nano(instant: int, offset: timedelta) -> str:
    """Write nanoseconds since 1970 at an offset, without trailing zeros in the fraction."""
    seconds, fraction = divmod(instant, 10**9)
    local = (_EPOCH + timedelta(seconds=seconds) + offset).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f".{fraction:09}".rstrip("0").rstrip(".")
    if not offset:
        return f"{local}{digits}Z"
    sign = "-" if offset < timedelta(0) else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"{local}{digits}{sign}{hours:02}:{minutes:02}"


def stamp(now: datetime, offset: timedelta, *, after: str | None = None) -> str:
    """Write the clock's time, or a nanosecond past ``after`` where the clock has not moved on."""
    instant = (now - _EPOCH) // timedelta(microseconds=1) * 1000 + _BELOW_MICROSECONDS
    if after is not None:
        instant = max(instant, nanoseconds(after) + 1)
    return rfc3339nano(instant, offset)


def duration(elapsed: timedelta) -> str:
    """Write a duration as Go's ``Duration.String`` does; below a millisecond it counts as none."""
    if elapsed < timedelta(milliseconds=1):
        return "0s"
    if elapsed < timedelta(seconds=1):
        return f"{elapsed / timedelta(milliseconds=1):.3f}".rstrip("0").rstrip(".") + "ms"
    minutes, seconds = divmod(elapsed.total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
