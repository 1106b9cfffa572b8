"""What is judged just before a PATCH, and in which order."""

from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.as_shown import description_digest
from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode
from bot.changes.facts import Facts, History, Touch
from bot.changes.judgement import NothingToDo, Proceed, Refuse, judge
from bot.changes.lockout import OwnToken
from bot.changes.stages import not_allowed_any_more
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from tests.changes.samples import OPERATOR, TOKEN_ID, authorization

BARRED = not_allowed_any_more(Denied("you are not in ALLOWED_USERS", "Ask."))
DISABLE = Target("default", TOKEN_ID, AuthorizationUpdate(Status.INACTIVE))
ENABLE = Target("default", TOKEN_ID, AuthorizationUpdate(Status.ACTIVE))
DESCRIBE = Target("default", TOKEN_ID, AuthorizationUpdate(description="new"))
INACTIVE = authorization(status=Status.INACTIVE)


def facts(**fields: Any) -> Facts:
    """Give the facts of an active token of somebody else, but for what is given."""
    return replace(Facts(authorization()), **fields)


def recorded(as_: Authorization | None, **more: Any) -> History:
    """Give what the record says, for an undo."""
    return History(recorded=as_, **more)


def code(target: Target, **fields: Any) -> ErrorCode | None:
    """Judge, and name what is refused."""
    verdict = judge(target, facts(**fields))
    return verdict.problem.code if isinstance(verdict, Refuse) else None


@pytest.mark.parametrize(
    ("target", "found", "undo"),
    [
        (DISABLE, authorization(), False),
        (ENABLE, INACTIVE, False),
        (DESCRIBE, authorization(), False),
        (ENABLE, INACTIVE, True),
    ],
)
def test_what_is_allowed_and_changes_something_proceeds(
    *, target: Target, found: Authorization, undo: bool
) -> None:
    """Nothing stands against it."""
    history = recorded(found) if undo else None

    assert judge(target, facts(current=found, history=history)) == Proceed()


@pytest.mark.parametrize(
    ("target", "found", "undo"),
    [
        (DISABLE, INACTIVE, False),
        (ENABLE, authorization(), False),
        (ENABLE, authorization(), True),
    ],
)
def test_what_is_so_already_is_not_sent(
    *, target: Target, found: Authorization, undo: bool
) -> None:
    """A PATCH that changes nothing would still move updatedAt."""
    history = recorded(found) if undo else None

    assert judge(target, facts(current=found, history=history)) == NothingToDo()


def test_the_policy_comes_first() -> None:
    """Whoever may no more is told that, and nothing of the token."""
    verdict = judge(
        DISABLE,
        facts(
            barred=BARRED,
            current=INACTIVE,
            history=recorded(authorization()),
            own=OwnToken(),
        ),
    )

    assert isinstance(verdict, Refuse)
    assert verdict.problem.code is ErrorCode.NOT_ALLOWED
    assert verdict.problem.message == (
        "Not allowed any more: you are not in ALLOWED_USERS. Nothing was changed."
    )
    assert verdict.problem.hint == "Ask."


OTHER_RIGHT = Permission("write", "buckets", "0a0a0a0a0a0a0001", "metrics")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (INACTIVE, "status was “active” and is “inactive”"),
        (authorization(description="new"), "description was “telegraf” and is “new”"),
        (authorization(user_id="0c0c0c0c0c0c0009", user="bob"), "owner was “alice” and is “bob”"),
        (
            authorization(permissions=(OTHER_RIGHT,)),
            "what it allows was “read bucket metrics” and is “write bucket metrics”",
        ),
    ],
)
def test_what_was_shown_must_still_be_so(found: Authorization, said: str) -> None:
    """Whoever confirmed or approved has agreed to what they saw, and to nothing else."""
    shown = replace(DISABLE, before=authorization())

    verdict = judge(shown, facts(current=found, shown=True))

    assert isinstance(verdict, Refuse)
    assert verdict.problem.code is ErrorCode.CHANGED_SINCE
    assert f"is not as it was shown any more: {said}. Nothing was changed." in (
        verdict.problem.message
    )


def test_what_nobody_was_shown_is_judged_by_what_there_is() -> None:
    """One named token is neither confirmed nor approved; what is there now is what counts."""
    seen = replace(DISABLE, before=authorization(description="old"))

    assert judge(seen, facts()) == Proceed()
    assert judge(seen, facts(shown=True, current=authorization(description="old"))) == Proceed()
    assert judge(DISABLE, facts(shown=True)) == Proceed()


def test_the_policy_comes_before_what_was_shown() -> None:
    """And what was shown before the conflicts of an undo."""
    shown = replace(ENABLE, before=INACTIVE)
    changed = authorization(description="new")
    touched = recorded(INACTIVE, touched_by="U0BOB")

    barred = judge(shown, facts(barred=BARRED, shown=True, current=changed, history=touched))
    drifted = judge(shown, facts(shown=True, current=changed, history=touched))

    assert isinstance(barred, Refuse)
    assert barred.problem == BARRED
    assert isinstance(drifted, Refuse)
    assert "is not as it was shown any more" in drifted.problem.message


def test_a_conflict_comes_before_nothing_to_do() -> None:
    """An undo whose end is reached by somebody else's hand is a conflict: they have decided."""
    problem = judge(ENABLE, facts(history=recorded(INACTIVE)))

    assert isinstance(problem, Refuse)
    assert problem.problem.code is ErrorCode.CHANGED_SINCE
    assert "status was “inactive” and is “active”" in problem.problem.message


def test_every_difference_is_named() -> None:
    """Status and description, each with what was expected and what is there."""
    found = authorization(description="new")
    verdict = judge(ENABLE, facts(current=found, history=recorded(INACTIVE)))

    assert isinstance(verdict, Refuse)
    assert (
        "status was “inactive” and is “active”; description was “telegraf” and is “new”. "
        "Nothing was changed."
    ) in verdict.problem.message


def test_what_an_undo_takes_back_must_still_be_so() -> None:
    """A later change from here is on record as it is; what this one set is not so any more."""
    renamed = authorization(description="renamed")
    taken_back = AuthorizationUpdate(description="first")
    history = recorded(renamed, undone=taken_back)

    verdict = judge(DESCRIBE, facts(current=renamed, history=history))

    assert isinstance(verdict, Refuse)
    assert verdict.problem.code is ErrorCode.CHANGED_SINCE
    assert "description was “first” and is “renamed”" in verdict.problem.message


def test_an_undo_of_a_status_minds_no_new_description() -> None:
    """What was changed from here since, and is no part of it, stays."""
    renamed = authorization(status=Status.INACTIVE, description="renamed")
    taken_back = AuthorizationUpdate(Status.INACTIVE)
    history = recorded(renamed, undone=taken_back)

    assert judge(ENABLE, facts(current=renamed, history=history)) == Proceed()


def test_what_somebody_else_asked_for_is_a_conflict() -> None:
    """A later request of another person stands in the way, though nothing differs."""
    history = recorded(INACTIVE, touched_by="U0BOB")

    verdict = judge(ENABLE, facts(current=INACTIVE, history=history))

    assert isinstance(verdict, Refuse)
    assert verdict.problem.code is ErrorCode.CHANGED_SINCE
    assert verdict.problem.by == "U0BOB"


def test_only_an_undo_runs_into_conflicts() -> None:
    """Whoever asks anew has seen what there is now; the record of it is not even read."""
    touched = recorded(authorization(), touched_by="U0BOB")

    assert code(ENABLE, current=INACTIVE, history=None) is None
    assert code(ENABLE, current=INACTIVE, history=touched) is ErrorCode.CHANGED_SINCE


@pytest.mark.parametrize(
    ("target", "undo", "refused"),
    [
        (DISABLE, False, ErrorCode.OWN_TOKEN),
        (DISABLE, True, ErrorCode.OWN_TOKEN),
        (DESCRIBE, False, None),
    ],
)
def test_its_own_token_is_not_disabled(
    *, target: Target, undo: bool, refused: ErrorCode | None
) -> None:
    """Neither by a command nor by an undo; describing it harms nobody."""
    current = authorization(own=True)
    history = recorded(current) if undo else None

    assert code(target, current=current, history=history) is refused


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


FAILED_BEFORE = replace(DISABLE, state=TargetState.FAILED)


@pytest.mark.parametrize("done_since", [ENABLE, DESCRIBE])
def test_a_retry_does_not_trample_on_what_was_asked_for_since(
    done_since: Target, snapshot: SnapshotAssertion
) -> None:
    """Somebody has asked for something else of the token after it failed: they have decided."""
    touch = Touch("8G4L3R", "U0BOB", replace(done_since, state=TargetState.PENDING))

    verdict = judge(DISABLE, facts(touch=touch))

    assert isinstance(verdict, Refuse)
    assert verdict.problem == snapshot


def test_what_was_carried_out_meanwhile_is_not_tried_again(snapshot: SnapshotAssertion) -> None:
    """By another retry, however that has ended."""
    verdict = judge(DISABLE, facts(touch=Touch("8G4L3R", "U0BOB", FAILED_BEFORE)))

    assert isinstance(verdict, Refuse)
    assert verdict.problem == snapshot


@pytest.mark.parametrize("state", [TargetState.PENDING, TargetState.UNKNOWN])
def test_another_retry_that_is_under_way_is_no_conflict(state: TargetState) -> None:
    """It stands before this one in line; what there is to do is judged after it."""
    touch = Touch("8G4L3R", "U0BOB", replace(DISABLE, state=state))

    assert judge(DISABLE, facts(touch=touch)) == Proceed()


def test_what_has_leaked_is_not_enabled_by_itself(snapshot: SnapshotAssertion) -> None:
    """Whoever wants it enabled has to say so; unless others have done it already."""
    verdict = judge(ENABLE, facts(current=INACTIVE, leaked=True))

    assert isinstance(verdict, Refuse)
    assert verdict.problem == snapshot
    assert judge(ENABLE, facts(leaked=True)) == NothingToDo()


def test_a_description_that_its_author_has_not_seen_stays(snapshot: SnapshotAssertion) -> None:
    """A form says which description was before its author; where another is, it is not replaced."""
    seen = replace(DESCRIBE, replaces=description_digest(authorization()))

    verdict = judge(seen, facts(current=authorization(description="somebody's")))

    assert isinstance(verdict, Refuse)
    assert verdict.problem == snapshot
    assert judge(seen, facts()) == Proceed()


@pytest.mark.parametrize(
    "history",
    [recorded(INACTIVE), recorded(authorization(), touched_by="U0BOB")],
    ids=["it differs", "somebody has asked"],
)
def test_a_conflict_of_an_undo_says_what_to_do(
    history: History, snapshot: SnapshotAssertion
) -> None:
    """And that nothing was changed."""
    verdict = judge(ENABLE, facts(history=history))

    assert isinstance(verdict, Refuse)
    assert verdict.problem == snapshot


def test_without_a_record_an_undo_is_judged_by_what_it_takes_back() -> None:
    """A token that this bot has no record of has no conflict with it."""
    assert judge(ENABLE, facts(current=INACTIVE, history=History())) == Proceed()
