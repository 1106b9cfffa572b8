"""Lengths of time as people write and read them."""

import re
from datetime import timedelta

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "min": 60, "s": 1}
_PART = re.compile(r"(\d{1,6})(w|d|h|min|m|s)")
_NAMES = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def parse_duration(text: str) -> timedelta:
    """Read a length of time such as ``30m``, ``2h`` or ``1h30m``.

    Raises:
        ValueError: If it is none; the words say what is.
    """
    compact = text.strip().lower().replace(" ", "")
    parts = _PART.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError("is no length of time such as 30m, 2h or 1h30m")
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))


def in_words(span: timedelta) -> str:
    """Write a length of time such as ``2 h`` or ``1 h 30 min``, to the second."""
    left, written = int(span.total_seconds()), []
    for name, seconds in _NAMES:
        number, left = divmod(left, seconds)
        if number:
            written.append(f"{number} {name}")
    return " ".join(written) or "0 s"
