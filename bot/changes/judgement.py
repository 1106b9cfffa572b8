"""Judge a change of one token once more, just before its PATCH, against what is true now."""

from dataclasses import dataclass

from bot.changes.as_shown import changed_since_shown, described_since, in_words
from bot.changes.errors import ErrorCode, Problem
from bot.changes.facts import Facts, Touch
from bot.changes.lockout import OwnToken, last_operator_problem, own_token_problem
from bot.changes.target import Target
from bot.changes.update import ChangeKind, conflict, differences

_TALK_TO_THEM = "Talk to them, then say what you want with disable, enable or describe."


@dataclass(frozen=True)
class Proceed:
    """The PATCH may be sent."""


@dataclass(frozen=True)
class NothingToDo:
    """The authorization already is as asked; no PATCH is sent.

    Attributes:
        made_so: Which change made it so, and who had asked for that, if the record has it.
    """

    made_so: Problem | None = None


@dataclass(frozen=True)
class Refuse:
    """The PATCH must not be sent."""

    problem: Problem


Judgement = Proceed | NothingToDo | Refuse


def judge(target: Target, facts: Facts) -> Judgement:
    """Decide whether the PATCH of a target may be sent now.

    The policy comes first, then whether the token still is what was shown, then whether an undo
    or a retry would trample on somebody's decision, then whether anything is to be done at all,
    then whether it has leaked although nobody asks to enable it, then whether a new description
    would trample on one that its author has not seen, then the bot's own branch.
    """
    if facts.barred is not None:
        return Refuse(facts.barred)
    if facts.shown:
        problem = changed_since_shown(target, facts.current)
        if problem is not None:
            return Refuse(problem)
    problem = _undo_conflict(facts) or _retry_conflict(target, facts.touch)
    if problem is not None:
        return Refuse(problem)
    if target.update.holds(facts.current):
        return NothingToDo()
    if facts.leaked:
        return Refuse(_LEAKED)
    problem = described_since(target, facts.current)
    if problem is not None:
        return Refuse(problem)
    if target.update.kind is ChangeKind.DISABLE:
        problem = own_token_problem(
            facts.current, facts.own or OwnToken()
        ) or last_operator_problem(facts.current, facts.seen, facts.active_users)
        if problem is not None:
            return Refuse(problem)
    return Proceed()


_LEAKED = Problem(
    ErrorCode.HAS_LEAKED,
    "The token was reported as leaked, so it is not enabled by itself. Nothing was changed.",
    "Delete it, or enable it with enable if it is safe.",
)


def _undo_conflict(facts: Facts) -> Problem | None:
    current, history = facts.current, facts.history
    if history is None:
        return None
    found = () if history.recorded is None else conflict(history.recorded, current)
    if history.undone is not None and not found:
        # A later change from here may be on record; what this one set must still be so.
        found = differences(history.undone.apply(current), current)
    if found:
        return Problem(
            ErrorCode.CHANGED_SINCE,
            f"The token has changed since, so it is not restored: {in_words(found)}. "
            "Nothing was changed.",
            "Look at it with show, and say what you want with disable, enable or describe.",
        )
    if history.touched_by is not None:
        return Problem(
            ErrorCode.CHANGED_SINCE,
            "Somebody has asked for another change of this token since, so it is not restored. "
            "Nothing was changed.",
            _TALK_TO_THEM,
            by=history.touched_by,
        )
    return None


def _retry_conflict(target: Target, touch: Touch | None) -> Problem | None:
    if touch is None:
        return None
    if touch.target.update != target.update:
        return Problem(
            ErrorCode.CHANGED_SINCE,
            f"Change {touch.change_id} has asked for something else of this token since, so it is "
            "not tried again. Nothing was changed.",
            _TALK_TO_THEM,
            by=touch.by,
        )
    if not touch.target.state.final:
        # It stands before this one in line; what there is to do is judged after it.
        return None
    return Problem(
        ErrorCode.ALREADY_RETRIED,
        f"The same was carried out meanwhile, as change {touch.change_id}, so it is not tried "
        "again. Nothing more was changed.",
        "If the token is not as you want it, say so with disable, enable or describe.",
        by=touch.by,
    )
