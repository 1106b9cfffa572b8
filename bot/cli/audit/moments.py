from datetime import UTC, datetime


class NoMomentError(Exception):
    """What was typed is no day and no moment."""


def read_moment(typed: str) -> datetime:
    """Read a day or a moment, in UTC unless it says otherwise; a day is its beginning.

    Raises:
        NoMomentError: If it is none.
    """
    try:
        read = datetime.fromisoformat(typed)
    except ValueError:
        raise NoMomentError(
            f"{typed[:40]!a} is no day or moment, such as 2026-11-01 or 2026-11-01T09:30."
        ) from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
