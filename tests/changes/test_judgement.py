"""What is judged just before a PATCH, and in which order."""

from dataclasses import replace
from typing import Any

import pytest

from bot.changes.authorization import Status
from bot.changes.decision import Allowed, Denied
from bot.changes.errors import ErrorCode
from bot.changes.facts import Facts
from bot.changes.judgement import NothingToDo, Proceed, Refuse, judge
from bot.changes.lockout import OwnToken
from bot.changes.request import ChangeRequest
from bot.changes.update import AuthorizationUpdate
from tests.changes.samples import OPERATOR, TOKEN_ID, authorization, change

ALLOWED = Allowed("you are in ALLOWED_USERS")
DENIED = Denied("you are not in ALLOWED_USERS", "Ask.")
DISABLE = change()
ENABLE = change(update=AuthorizationUpdate(Status.ACTIVE))
DESCRIBE = change(update=AuthorizationUpdate(description="new"))
UNDO = replace(ENABLE, undo_of="0000AB")
INACTIVE = authorization(status=Status.INACTIVE)


def facts(**fields: Any) -> Facts:
    """Give the facts of an active token of somebody else, but for what is given."""
    return replace(Facts(authorization(), ALLOWED), **fields)


def code(request: ChangeRequest, **fields: Any) -> ErrorCode | None:
    """Judge, and name what is refused."""
    verdict = judge(request, facts(**fields))
    return verdict.problem.code if isinstance(verdict, Refuse) else None


@pytest.mark.parametrize(
    ("request_", "found"),
    [(DISABLE, authorization()), (ENABLE, INACTIVE), (DESCRIBE, authorization()), (UNDO, INACTIVE)],
)
def test_what_is_allowed_and_changes_something_proceeds(
    request_: ChangeRequest, found: Any
) -> None:
    """Nothing stands against it."""
    assert judge(request_, facts(current=found, recorded=found)) == Proceed()


@pytest.mark.parametrize(
    ("request_", "found"), [(DISABLE, INACTIVE), (ENABLE, authorization()), (UNDO, authorization())]
)
def test_what_is_so_already_is_not_sent(request_: ChangeRequest, found: Any) -> None:
    """A PATCH that changes nothing would still move updatedAt."""
    assert judge(request_, facts(current=found, recorded=found)) == NothingToDo()


def test_the_policy_comes_first() -> None:
    """Whoever may no more is told that, and nothing of the token."""
    verdict = judge(
        replace(DISABLE, undo_of="0000AB"),
        facts(decision=DENIED, current=INACTIVE, recorded=authorization(), own=OwnToken()),
    )

    assert isinstance(verdict, Refuse)
    assert verdict.problem.code is ErrorCode.NOT_ALLOWED
    assert verdict.problem.message == (
        "Not allowed any more: you are not in ALLOWED_USERS. Nothing was changed."
    )
    assert verdict.problem.hint == "Ask."


def test_a_conflict_comes_before_nothing_to_do() -> None:
    """An undo whose end is reached by somebody else's hand is a conflict: they have decided."""
    problem = judge(UNDO, facts(recorded=INACTIVE))

    assert isinstance(problem, Refuse)
    assert problem.problem.code is ErrorCode.CHANGED_SINCE
    assert "status was “inactive” and is “active”" in problem.problem.message


def test_every_difference_is_named() -> None:
    """Status and description, each with what was expected and what is there."""
    found = authorization(description="new")
    verdict = judge(UNDO, facts(current=found, recorded=INACTIVE))

    assert isinstance(verdict, Refuse)
    assert (
        "status was “inactive” and is “active”; description was “telegraf” and is “new”. "
        "Nothing was changed."
    ) in verdict.problem.message


def test_what_an_undo_takes_back_must_still_be_so() -> None:
    """A later change from here is on record as it is; what this one set is not so any more."""
    renamed = authorization(description="renamed")
    taken_back = AuthorizationUpdate(description="first")
    undo = replace(DESCRIBE, undo_of="0000AB")

    verdict = judge(undo, facts(current=renamed, recorded=renamed, undone=taken_back))

    assert isinstance(verdict, Refuse)
    assert verdict.problem.code is ErrorCode.CHANGED_SINCE
    assert "description was “first” and is “renamed”" in verdict.problem.message


def test_an_undo_of_a_status_minds_no_new_description() -> None:
    """What was changed from here since, and is no part of it, stays."""
    renamed = authorization(status=Status.INACTIVE, description="renamed")
    taken_back = AuthorizationUpdate(Status.INACTIVE)

    assert judge(UNDO, facts(current=renamed, recorded=renamed, undone=taken_back)) == Proceed()


def test_what_somebody_else_asked_for_is_a_conflict() -> None:
    """A later request of another person stands in the way, though nothing differs."""
    verdict = judge(UNDO, facts(current=INACTIVE, recorded=INACTIVE, touched_by="U0BOB"))

    assert isinstance(verdict, Refuse)
    assert verdict.problem.code is ErrorCode.CHANGED_SINCE
    assert verdict.problem.by == "U0BOB"


def test_only_an_undo_runs_into_conflicts() -> None:
    """Whoever asks anew has seen what there is now."""
    assert code(ENABLE, current=INACTIVE, recorded=authorization(), touched_by="U0BOB") is None


@pytest.mark.parametrize(
    ("request_", "refused"),
    [
        (DISABLE, ErrorCode.OWN_TOKEN),
        (replace(DISABLE, undo_of="0000AB"), ErrorCode.OWN_TOKEN),
        (DESCRIBE, None),
    ],
)
def test_its_own_token_is_not_disabled(request_: ChangeRequest, refused: ErrorCode | None) -> None:
    """Neither by a command nor by an undo; describing it harms nobody."""
    assert code(request_, current=authorization(own=True)) is refused


def test_without_knowledge_of_its_own_token_disabling_is_refused() -> None:
    """No facts about the own token are the same as none that the server tells."""
    assert code(DISABLE, current=authorization(own=None)) is ErrorCode.OWN_TOKEN
    assert code(DISABLE, current=authorization(own=None), own=OwnToken()) is ErrorCode.OWN_TOKEN


def test_its_own_token_comes_before_the_last_operator_token() -> None:
    """Of two reasons the nearer one is told."""
    current = authorization(own=True, permissions=OPERATOR)

    assert code(DISABLE, current=current) is ErrorCode.OWN_TOKEN


def test_the_last_operator_token_is_not_disabled() -> None:
    """With another one, of an owner that is let in, it is."""
    current = authorization(permissions=OPERATOR)
    other = replace(current, id="0d0d0d0d0d0d0009")

    assert code(DISABLE, current=current, seen=[current]) is ErrorCode.LAST_OPERATOR
    assert code(DISABLE, current=current, seen=[current, other]) is ErrorCode.LAST_OPERATOR
    assert (
        code(
            DISABLE,
            current=current,
            seen=[current, other],
            active_users=frozenset({current.user_id}),
        )
        is None
    )


def test_an_inactive_own_token_has_nothing_to_do() -> None:
    """What is disabled already is not refused for being the bot's own."""
    current = authorization(own=True, status=Status.INACTIVE, id=TOKEN_ID)

    assert judge(DISABLE, facts(current=current)) == NothingToDo()
