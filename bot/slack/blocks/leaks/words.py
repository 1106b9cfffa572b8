"""The words in which every message speaks of a leaked secret, and of what InfluxDB says to it."""

from bot.changes.leak_report import Lapse, LeakReport, Looked
from bot.changes.leaked import disabled
from bot.changes.moments import clock_time
from bot.changes.probe import Probe, ProbeVerdict, Search
from bot.changes.request import ChangeRequest
from bot.slack.blocks.rich import LONGEST_TOLD, Line, plain, quoted, shown
from bot.slack.blocks.wording import tokens

# How each verdict is told, as what InfluxDB does.
VERDICTS = {
    ProbeVerdict.LIVE: "accepted it",
    ProbeVerdict.INACTIVE: "refused it: the token is inactive",
    ProbeVerdict.UNKNOWN_TOKEN: "refused it: it knows no such token",
    ProbeVerdict.OWNER_INACTIVE: "refused it: its owner is inactive or deleted",
    ProbeVerdict.NOT_PROVEN: "did not say whether it accepts it",
}
_NOT_STOPPED = (
    "Disabling does not stop browser sessions of its owner, tasks, which run with their owner's "
    "permissions, or v1-compatibility credentials."
)
_NEXT = (
    "Next: give whoever used it a new token, look for what it was used for since it leaked, and "
    "delete it later."
)
_UNUSUAL = "It has not the form of a token that InfluxDB makes up itself."


def verdict(probe: Probe) -> str:
    """Say what an instance made of the secret, and when."""
    why = ""
    if probe.verdict is ProbeVerdict.NOT_PROVEN and probe.detail:
        why = f": {shown(probe.detail, LONGEST_TOLD).rstrip('.')}"
    return f"{VERDICTS[probe.verdict]}{why}, at {clock_time(probe.at)}"


def how_found(report: LeakReport, change: ChangeRequest, looked: Looked) -> str:
    """Say by what an instance's token was identified, or why it was not."""
    where = looked.instance
    if looked.matched:
        if looked.search is Search.ASKED:
            return f"Identified on {where}: InfluxDB Cloud named it."
        return f"Identified on {where}: it equals one of {tokens(looked.shown)} shown there."
    if looked.search is Search.IMPOSSIBLE:
        return (
            f"Not on {where}: it holds what no HTTP header can carry, so InfluxDB accepts no such "
            "token."
        )
    if looked.before.verdict is ProbeVerdict.LIVE:
        theirs = [target for target in change.targets if target.instance == where]
        tried = [t for t in theirs if report.attempt(t.instance, t.authorization_id) is not None]
        if not tried:
            return f"On {where} InfluxDB named its owner alone, who has {_active(len(theirs))}."
        count = f"{len(tried)} of {_active(len(theirs))}"
        return f"On {where} InfluxDB named its owner alone, of whose {count} were tried."
    if looked.search is Search.FAILED:
        why = shown(looked.why, LONGEST_TOLD)
        return f"The tokens of {where} were not looked at: {why}".rstrip(": ")
    return f"Not found on {where}: {_compared(looked)}."


def evidence(change: ChangeRequest, report: LeakReport) -> list[str]:
    """Say how the token was identified, and what was said to the secret before and after.

    One instance after the other, so that it is plain which has said what.
    """
    return [
        said
        for each in report.looked
        for said in (how_found(report, change, each), *_spoken_to(report, each))
    ]


def _spoken_to(report: LeakReport, looked: Looked) -> list[str]:
    """Say what an instance said to the secret, before and after."""
    if looked.search is Search.IMPOSSIBLE:
        return []
    where = looked.instance
    after = [each.after for each in report.attempts if each.instance == where]
    return [
        f"Before: {where} {verdict(looked.before)}.",
        *(f"After: {where} {verdict(each)}." for each in after[-1:]),
        *(_untried(lapse) for lapse in report.lapses if lapse.instance == where),
    ]


def _untried(lapse: Lapse) -> str:
    """Say why a token was not tried: the secret was shown once more before that."""
    by = ", so somebody else has seen to it" if lapse.probe.dead else ""
    return f"Before trying: {lapse.instance} {verdict(lapse.probe)}{by}. No token was tried then."


def context(change: ChangeRequest) -> list[str]:
    """Say that a request is about a leaked token, and where that was found; nothing otherwise."""
    report = change.leak
    if report is None:
        return []
    said = [f"Reported as leaked; found in {quoted(report.found_in)}."] if report.found_in else []
    if report.unusual:
        said.append(_UNUSUAL)
    if report.others:
        said.append("Every other active token of its owner is to be disabled after it, too.")
    return said


def context_lines(change: ChangeRequest) -> list[Line]:
    """Say the same as lines."""
    return [[plain(each)] for each in context(change)]


def what_remains(change: ChangeRequest) -> list[str]:
    """Say what disabling does not stop, and what to do next; nothing where none was disabled."""
    return [_NOT_STOPPED, _NEXT] if disabled(change) else []


def _compared(looked: Looked) -> str:
    hidden = f"{tokens(looked.hidden)} hidden there" if looked.hidden else "it shows no tokens"
    if looked.search is Search.ASKED:
        return "InfluxDB Cloud names no such token"
    if looked.search is Search.HIDDEN:
        return hidden
    also = f", and {hidden}" if looked.hidden else ""
    return f"compared with {tokens(looked.shown)} shown there{also}"


def _active(count: int) -> str:
    if count == 0:
        return "no active token that this bot can see"
    return f"{count} active {'token' if count == 1 else 'tokens'}"
