"""What is said of how people are known while Slack does not answer, or not everything."""

from datetime import datetime, timedelta

from bot.changes.moments import moment
from bot.changes.people import Standing

_SILENT = "Slack does not answer, and nobody is told before it does."
_UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))


def what_counts(standing: Standing, now: datetime, *, slack_answers: bool) -> str:
    """Say by what it is decided who may do what, where Slack does not tell now.

    Args:
        standing: What is known of the person.
        now: The moment by which it is as old as is said.
        slack_answers: Whether Slack tells anything.

    Returns:
        An empty string where nothing counts but what Slack tells now.
    """
    told = "" if standing.as_of is None else _told_at(standing.as_of, now)
    if slack_answers:
        if not told:
            return ""
        said = f"Slack does not tell all of who this is now. What it told last counts, at {told}."
    elif not told:
        return f"{_SILENT} Only people who are listed by their own ids are known."
    else:
        said = f"{_SILENT} What counts is listed ids, and what Slack told last, at {told}."
    if not standing.unreadable:
        return said
    groups = ", ".join(sorted(standing.unreadable))
    return f"{said} It never told who is in {groups}, so nobody has a role by that."


def _told_at(as_of: datetime, now: datetime) -> str:
    return f"{moment(as_of)}, {age(now - as_of)} ago"


def age(passed: timedelta) -> str:
    """Write how long ago something was, in one unit."""
    seconds = max(0, int(passed.total_seconds()))
    for length, unit in _UNITS:
        # One of a unit would be far from exact.
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds" if seconds != 1 else "1 second"
