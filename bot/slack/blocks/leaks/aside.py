"""What became of the tokens beside the leaked one: put back, left as they are, or not tried."""

from collections.abc import Iterable, Sequence

from bot.changes.leaked import leaked
from bot.changes.report import LeakReport
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
    return [
        *(
            words.format(_named(theirs))
            for state, words in _ASIDE.items()
            if (theirs := change.in_state(state))
        ),
        *(
            _stuck(word, target)
            for state, word in _STUCK.items()
            for target in change.in_state(state)[:_LISTED]
        ),
        *_left(change, report),
    ]


def _left(change: ChangeRequest, report: LeakReport) -> Iterable[str]:
    """Say which tokens stay disabled without being proven to be the leaked one, and why."""
    left = {a.authorization_id: a.left for a in report.attempts if a.left is not None}
    for authorization_id, problem in left.items():
        why = f"{_cut(problem.message)} {_cut(problem.hint)}"
        yield sentence(f"Not it, and left disabled: {authorization_id}: {why}")
    found = leaked(change)
    maybe = [
        target
        for target in change.in_state(TargetState.DONE)
        if target not in found and target.authorization_id not in left
    ]
    if maybe:
        yield f"Left disabled, since it may be the leaked one: {_named(maybe)}."


def _stuck(word: str, target: Target) -> str:
    why = "" if target.problem is None else f": {_cut(target.problem.message)}"
    return sentence(f"{word}: {_which(target)}{why}")


def _named(targets: Sequence[Target]) -> str:
    more = len(targets) - _LISTED
    rest = f" and {tokens(more)} more" if more > 0 else ""
    return f"{', '.join(map(_which, targets[:_LISTED]))}{rest}"


def _which(target: Target) -> str:
    name = "" if target.seen is None else shown(target.seen.description, _LONGEST_NAME)
    return f"{target.authorization_id} ({name})" if name else target.authorization_id


def _cut(text: str) -> str:
    return shown(text, _LONGEST_WHY)
