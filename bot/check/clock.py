"""Whether this machine's clock is right: Slack's signatures are good for five minutes alone."""

from datetime import datetime, timedelta

from bot.check.findings import Finding, note, ok, problem

_TOO_FAR = timedelta(seconds=60)
_FAR = timedelta(seconds=5)
_REMEDY = "Have the clock set from the network, such as by chrony or systemd-timesyncd."
# Dates in HTTP have no fractions of seconds; on average half of one is cut off.
_CUT_OFF = timedelta(seconds=0.5)


def ahead(dated: datetime, sent: datetime, received: datetime) -> timedelta:
    """Give how far the clock is ahead of Slack's, to half a second and half the answer's way.

    Args:
        dated: The date in Slack's answer.
        sent: When it was asked, by the clock.
        received: When the answer came, by the clock.
    """
    return sent + (received - sent) / 2 - (dated + _CUT_OFF)


def clock_findings(off: timedelta | None) -> list[Finding]:
    """Judge by how much the clock is ahead of Slack's; None if Slack did not tell the date."""
    if off is None:
        return [note("The clock was not compared: Slack told no date.")]
    seconds = round(abs(off).total_seconds())
    direction = "ahead of" if off > timedelta() else "behind"
    differs = f"This machine's clock is {seconds} s {direction} Slack's"
    if abs(off) > _TOO_FAR:
        return [problem(f"{differs}; from 300 s on every request is refused.", _REMEDY)]
    if abs(off) > _FAR:
        return [note(f"{differs}; from 300 s on every request is refused.", _REMEDY)]
    return [ok("This machine's clock agrees with Slack's.")]
