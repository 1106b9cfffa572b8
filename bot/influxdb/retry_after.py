import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.influxdb.call import Answer

_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def retry_after(answer: Answer) -> float | None:
    """Read how many seconds a server asks to wait, or None if it does not say.

    A date counts from the server's own ``Date``, where it is given, since the server's clock may
    differ from the bot's.
    """
    stated = answer.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(stated):
        return float(stated)
    then = _date(stated)
    if then is None:
        return None
    now = _date(answer.headers.get("date", "")) or answer.received
    return max((then - now).total_seconds(), 0.0)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date
