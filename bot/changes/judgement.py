"""Judge a change once more, just before its PATCH, against what is true now."""

from dataclasses import dataclass

from bot.changes.errors import ErrorCode, Problem
from bot.changes.facts import Facts
from bot.changes.lockout import OwnToken, last_operator_problem, own_token_problem
from bot.changes.policy import Allowed
from bot.changes.request import ChangeRequest
from bot.changes.update import ChangeKind, Difference, conflict, differences


@dataclass(frozen=True)
class Proceed:
    """The PATCH may be sent."""


@dataclass(frozen=True)
class NothingToDo:
    """The authorization already is as asked; no PATCH is sent."""


@dataclass(frozen=True)
class Refuse:
    """The PATCH must not be sent."""

    problem: Problem


Verdict = Proceed | NothingToDo | Refuse


def judge(request: ChangeRequest, facts: Facts) -> Verdict:
    """Decide whether the PATCH of a request may be sent now.

    The policy comes first, then whether an undo would trample on somebody's decision, then
    whether anything is to be done at all, then the bot's own branch.
    """
    if not isinstance(facts.decision, Allowed):
        return Refuse(
            Problem(
                ErrorCode.NOT_ALLOWED,
                f"Not allowed any more: {facts.decision.rule}. Nothing was changed.",
                facts.decision.hint,
            )
        )
    if request.undo_of is not None:
        problem = _undo_conflict(facts)
        if problem is not None:
            return Refuse(problem)
    if request.update.holds(facts.current):
        return NothingToDo()
    if request.update.kind is ChangeKind.DISABLE:
        problem = own_token_problem(
            facts.current, facts.own or OwnToken()
        ) or last_operator_problem(facts.current, facts.seen, facts.active_users)
        if problem is not None:
            return Refuse(problem)
    return Proceed()


def _undo_conflict(facts: Facts) -> Problem | None:
    current = facts.current
    found = () if facts.recorded is None else conflict(facts.recorded, current)
    if facts.undone is not None and not found:
        # A later change from here may be on record; what this one set must still be so.
        found = differences(facts.undone.apply(current), current)
    if found:
        return Problem(
            ErrorCode.CHANGED_SINCE,
            "The token has changed since, so it is not restored: "
            f"{'; '.join(_in_words(difference) for difference in found)}. Nothing was changed.",
            "Look at it with show, and say what you want with disable, enable or describe.",
        )
    if facts.touched_by is not None:
        return Problem(
            ErrorCode.CHANGED_SINCE,
            "Somebody else has asked for a change of this token since, so it is not restored. "
            "Nothing was changed.",
            "Talk to them, then say what you want with disable, enable or describe.",
            by=facts.touched_by,
        )
    return None


def _in_words(difference: Difference) -> str:
    return f"{difference.field} was “{difference.expected}” and is “{difference.found}”"
