"""Dates as Slack's clients show them, in UTC.

https://docs.slack.dev/messaging/formatting-message-text#date-formatting
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

_TOKEN: Final = re.compile(r"\{(\w+)\}")
_AGES: Final = ((86400, "day"), (3600, "hour"), (60, "minute"))


def show_date(timestamp: int, template: str, now: datetime) -> str:
    """Fill in a date template such as ``{date_short_pretty} {time}``.

    Args:
        timestamp: Unix seconds.
        template: Text with Slack's date tokens; a token that Slack does not know stays as it is.
        now: What "today" and "ago" are counted from.

    Raises:
        ValueError: If the timestamp is beyond what a date can be.
    """
    try:
        moment = datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{timestamp} is no time") from error

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "ago":
            return _ago(moment, now)
        form = _FORMS.get(name.removesuffix("_pretty"))
        if form is None:
            return match.group(0)
        return (_relative(moment, now) if name.endswith("_pretty") else None) or form(moment)

    return _TOKEN.sub(fill, template)


def _ordinal(day: int) -> str:
    suffix = "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def _date(moment: datetime) -> str:
    return f"{moment:%B} {_ordinal(moment.day)}, {moment.year}"


_FORMS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "date": _date,
    "date_num": lambda moment: f"{moment:%Y-%m-%d}",
    "date_slash": lambda moment: f"{moment:%m/%d/%Y}",
    "date_short": lambda moment: f"{moment:%b} {moment.day}, {moment.year}",
    "date_long": lambda moment: f"{moment:%A}, {_date(moment)}",
    "time": lambda moment: f"{moment:%H:%M}",
    "time_secs": lambda moment: f"{moment:%H:%M:%S}",
}


def _relative(moment: datetime, now: datetime) -> str | None:
    days = (moment.date() - now.astimezone(UTC).date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)


def _ago(moment: datetime, now: datetime) -> str:
    seconds = int((now - moment).total_seconds())
    for length, name in _AGES:
        count = abs(seconds) // length
        if count:
            span = f"{count} {name}" + ("s" if count > 1 else "")
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "just now"
