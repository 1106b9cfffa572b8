"""What is said of outcomes that were not hoped for."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes import outcomes
from bot.changes.authorization import Status
from bot.changes.errors import ErrorCode, Problem
from bot.changes.states import TargetState
from tests.changes.samples import NOON, authorization, change, done

DOWN = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "default did not answer.", "Try again.", "U0BOB")
SENT = replace(done().targets[0], state=TargetState.INTENDED, before=authorization(), after=None)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("It is down.", "It is down. Nothing was changed."),
        ("It is down. Nothing was changed.", "It is down. Nothing was changed."),
    ],
)
def test_untouched_is_said_once(message: str, said: str) -> None:
    """A problem says that nothing was changed, and says it once; the rest of it stays."""
    assert outcomes.untouched(replace(DOWN, message=message)) == replace(DOWN, message=said)


def test_the_same_revision_is_that_of_before() -> None:
    """Nobody has touched what still has the revision that was read before."""
    assert outcomes.same_revision(SENT, authorization(revision=1))
    assert not outcomes.same_revision(SENT, authorization(revision=2))
    assert not outcomes.same_revision(change().targets[0], authorization(revision=1))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (None, "The token was read back and is as it was before: active."),
        (
            DOWN,
            "default did not answer. The token was read back and is as it was before: active.",
        ),
    ],
)
def test_what_was_never_applied(fault: Problem | None, said: str) -> None:
    """The same revision: the PATCH did not arrive."""
    problem = outcomes.not_in_effect(SENT, authorization(), fault)

    assert (problem.code, problem.message) == (ErrorCode.NOT_IN_EFFECT, said)


def test_what_was_applied_and_overwritten() -> None:
    """Another revision, and not as asked: somebody else has written."""
    problem = outcomes.not_in_effect(
        SENT, authorization(status=Status.ACTIVE, revision=3), fault=None
    )

    assert problem.code is ErrorCode.NOT_IN_EFFECT
    assert "is not in effect: the token was read back and is active." in problem.message
    assert "Something else has written to it" in problem.message


def test_what_cannot_be_read_back() -> None:
    """Applied, gone and unknown are three different things."""
    assert [
        (p.code, p.message)
        for p in (outcomes.applied_unread(DOWN), outcomes.gone(DOWN), outcomes.unknown(DOWN))
    ] == [
        (
            ErrorCode.INSTANCE_UNAVAILABLE,
            "Applied, but it cannot be read back. default did not answer.",
        ),
        (
            ErrorCode.INSTANCE_UNAVAILABLE,
            "Whether the change took effect cannot be read any more. default did not answer.",
        ),
        (
            ErrorCode.OUTCOME_UNKNOWN,
            "It is not known whether the change took effect. default did not answer.",
        ),
    ]


def test_what_stumbles_names_its_id() -> None:
    """The log can be searched for the id that the person sees."""
    problem = outcomes.fault("7F3K2Q")

    assert problem.code is ErrorCode.FAULT
    assert "7F3K2Q" in problem.message
    assert "Nothing was changed" not in outcomes.unknown(problem).message


def test_an_instance_that_is_gone_is_named() -> None:
    """A request may outlive the instance's configuration."""
    problem = outcomes.instance_unknown("prod")

    assert problem.code is ErrorCode.INSTANCE_UNKNOWN
    assert "instance prod is not configured any more" in problem.message


ACTIVE = authorization()


def test_each_outcome_says_what_to_do(snapshot: SnapshotAssertion) -> None:
    """What is known, whether anything was changed, and what comes next."""
    said = {
        "as before": outcomes.not_in_effect(SENT, ACTIVE, DOWN),
        "overwritten": outcomes.not_in_effect(SENT, authorization(revision=3), DOWN),
        "unconfirmed": outcomes.unconfirmed(DOWN, ACTIVE),
        "cancelled": outcomes.may_have_been_sent(ACTIVE, None),
        "not to be sent any more": outcomes.may_have_been_sent(ACTIVE, DOWN),
        "gone": outcomes.gone(DOWN),
        "unknown": outcomes.unknown(DOWN),
        "never known": outcomes.never_known(None),
        "never known, and why": outcomes.never_known(outcomes.unknown(DOWN)),
        "not configured any more": outcomes.instance_unknown("prod"),
        "fault": outcomes.fault("7F3K2Q"),
    }

    assert {name: (each.code, each.message, each.hint) for name, each in said.items()} == snapshot


@pytest.mark.parametrize(
    ("code", "late"),
    [(code, code is ErrorCode.INSTANCE_UNAVAILABLE) for code in ErrorCode],
)
def test_only_what_was_not_answered_may_arrive_late(code: ErrorCode, *, late: bool) -> None:
    """Whatever InfluxDB itself answers, it has ended its work on the request."""
    assert outcomes.may_arrive_late(Problem(code, "No.")) is late


def test_what_a_request_waits_for_is_named() -> None:
    """Until when, or for which change, if that is known."""
    assert outcomes.waits_for_instance(DOWN, NOON) == (
        "default did not answer. It is tried again until 12:00:00 UTC."
    )
    assert outcomes.waits_for_change("8G4L3R") == "Change 8G4L3R comes first."
    assert outcomes.waits_for_change("") == "Another change comes first."
