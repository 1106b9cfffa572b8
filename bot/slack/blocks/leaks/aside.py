"""What became of the tokens beside the leaked one: put back, left as they are, or not tried."""

from collections.abc import Iterable, Sequence

from bot.changes.leak_plan import is_wrong
from bot.changes.leak_report import ComingBack, LeakReport, Proof
from bot.changes.leaked import leaked
from bot.changes.moments import moment
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.slack.blocks.rich import shown
from bot.slack.blocks.wording import sentence, tokens

_LISTED = 10
_LONGEST_NAME = 50
_LONGEST_WHY = 200
# What became of tokens that turned out not to be the leaked one, or were not tried.
_ASIDE = {
    TargetState.RETURNED: "Not it, and put back: {}.",
    TargetState.CANCELLED: "Not tried: {}.",
    TargetState.UNCHANGED: "Inactive already: {}.",
}
_STUCK = {
    TargetState.REFUSED: "Refused",
    TargetState.FAILED: "Failed",
    TargetState.UNKNOWN: "Outcome unknown",
    TargetState.LOST: "Outcome lost",
    TargetState.APPLIED: "Applied, not read back",
    TargetState.RETURNING: "Being put back",
}


def aside(change: ChangeRequest, report: LeakReport) -> list[str]:
    """Say what became of the tokens that are not it, or were not to be touched."""
    several = on_several(change)
    return [
        *(
            words.format(_named(theirs, several=several))
            for state, words in _ASIDE.items()
            if (theirs := change.in_state(state))
        ),
        *(
            _stuck(word, target, several=several)
            for state, word in _STUCK.items()
            for target in change.in_state(state)[:_LISTED]
        ),
        *_left(change, report),
        *_coming_back(report),
    ]


def to_be_put_back(change: ChangeRequest) -> str:
    """Say which tokens are not the leaked one and still disabled; nothing if none is."""
    report = change.leak
    if report is None:
        return ""
    wrong = [
        target
        for target in change.in_state(TargetState.DONE, TargetState.RETURNING)
        if target.state is TargetState.RETURNING or is_wrong(report, target)
    ]
    named = _named(wrong, several=on_several(change))
    return f"Not it, and disabled until it can be put back: {named}." if wrong else ""


def _coming_back(report: LeakReport) -> Iterable[str]:
    """Say what was, or is, to be enabled again by itself, by id, and what to do about it."""
    for each in report.kept[:_LISTED]:
        yield (
            f"Change {each.change_id} was to enable {each.authorization_id} on {each.instance} "
            f"again by itself at {moment(each.at)}. It does not; the token stays disabled."
        )
    found = report.may_return
    if found:
        one = len(found) == 1
        named = "; ".join(map(_returning, found[:_LISTED]))
        more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        yield (
            f"{'This may be it, and is' if one else 'One of these may be it, and they are'} to be "
            f"enabled again by {'itself' if one else 'themselves'}: {named}{more}. Take Keep "
            "disabled in pending for each that may be the leaked one."
        )


def _returning(each: ComingBack) -> str:
    name = shown(each.description, _LONGEST_NAME)
    named = f" ({name})" if name else ""
    where = f"{each.authorization_id} on {each.instance}{named}"
    return f"{where}, at {moment(each.at)}, as change {each.change_id} ends"


def _left(change: ChangeRequest, report: LeakReport) -> Iterable[str]:
    """Say which tokens stay disabled without being proven to be the leaked one, and why."""
    several = on_several(change)
    left = {a.key: (a, a.left) for a in report.attempts if a.left is not None}
    for attempt, problem in left.values():
        why = f"{_cut(problem.message)} {_cut(problem.hint)}"
        where = f" on {attempt.instance}" if several else ""
        yield sentence(f"Not it, and left disabled: {attempt.authorization_id}{where}: {why}")
    found = leaked(change)
    maybe = [
        target
        for target in change.in_state(TargetState.DONE)
        if target not in found and target.key not in left
    ]
    if maybe:
        named = _named(maybe, several=several)
        yield f"Left disabled, since it may be the leaked one: {named}."
        yield (
            "Next: report the secret again. If InfluxDB refuses it as inactive then, keep "
            f"{named} disabled. If it accepts it, another token is the leaked one: enable {named}."
        )
    elif report.proof is Proof.NOT_PROVEN and change.in_state(TargetState.DONE):
        yield "Next: report the secret again, to see whether InfluxDB refuses it."


def on_several(change: ChangeRequest) -> bool:
    """Tell whether the tokens of a report are on several instances, so that each is named."""
    return len({target.instance for target in change.targets}) > 1


def _stuck(word: str, target: Target, *, several: bool) -> str:
    why = "" if target.problem is None else f": {_cut(target.problem.message)}"
    return sentence(f"{word}: {_which(target, several=several)}{why}")


def _named(targets: Sequence[Target], *, several: bool) -> str:
    more = len(targets) - _LISTED
    rest = f" and {tokens(more)} more" if more > 0 else ""
    named = (_which(each, several=several) for each in targets[:_LISTED])
    return f"{', '.join(named)}{rest}"


def _which(target: Target, *, several: bool) -> str:
    name = "" if target.seen is None else shown(target.seen.description, _LONGEST_NAME)
    which = (
        f"{target.authorization_id} on {target.instance}" if several else (target.authorization_id)
    )
    return f"{which} ({name})" if name else which


def _cut(text: str) -> str:
    return shown(text, _LONGEST_WHY)
