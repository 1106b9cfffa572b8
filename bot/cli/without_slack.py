"""What is said of how people are known while Slack does not answer."""

from datetime import datetime, timedelta

from bot.changes.people import Standing

_SILENT = "Slack does not answer, and nobody is told before it does."
_UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))


def what_counts(standing: Standing, now: datetime) -> str:
    """Say by what it is decided who may do what: by listed ids, and what Slack told last."""
    if standing.as_of is None:
        return f"{_SILENT} Only people who are listed by their own ids are known."
    told = f"{standing.as_of:%Y-%m-%d %H:%M} UTC, {age(now - standing.as_of)} ago"
    said = f"{_SILENT} What counts is listed ids, and what Slack told last, at {told}."
    if not standing.unreadable:
        return said
    groups = ", ".join(sorted(standing.unreadable))
    return f"{said} It never told who is in {groups}, so nobody has a role by that."


def age(passed: timedelta) -> str:
    """Write how long ago something was, in one unit."""
    seconds = max(0, int(passed.total_seconds()))
    for length, unit in _UNITS:
        # One of a unit would be far from exact.
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds" if seconds != 1 else "1 second"
