import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TIME = ("0000-", "0001-")


@dataclass(frozen=True)
class Moment:
    """Hold a time as InfluxDB states it.

    Attributes:
        at: In UTC, cut to microseconds.
        nanoseconds: Since 1970, exact.
    """

    at: datetime
    nanoseconds: int


def moment(text: str) -> Moment | None:
    """Read an RFC3339 time of 0 to 9 fractional digits in any offset.

    Go's zero time, which old records hold, begins year 1; west of Greenwich that is year 0.

    Returns:
        None for Go's zero time.

    Raises:
        ValueError: If it is no such time. The text is not repeated.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError("not an RFC3339 time")
    if text.startswith(_NO_TIME):
        return None
    seconds, fraction, offset = found.groups()
    at = datetime.fromisoformat(f"{seconds}{offset}")
    nanoseconds = int((fraction or "").ljust(9, "0"))
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time beyond the calendar") from None
    whole = (at - _EPOCH) // timedelta(seconds=1)
    return Moment(
        at + timedelta(microseconds=nanoseconds // 1000), whole * 1_000_000_000 + nanoseconds
    )
