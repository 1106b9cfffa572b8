"""What is said where somebody cannot move a request on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.changes.approval import Approval, Vote
from bot.changes.errors import ErrorCode, Problem
from bot.changes.moving import (
    already_decided,
    closed_by,
    not_cancellable,
    not_chosen,
    not_the_requester,
    too_late,
    voted_before,
)
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Choice
from tests.changes.samples import BOB, NOON, authorization, change, done
from tests.changes.workshop import CAROL

S = RequestState
VOTES = (Vote(CAROL, NOON), Vote(BOB, NOON))
ASKED = Approval("rule", ("U0BOB", "U0CAROL"), 2, VOTES[:1])
GRANTED = Approval("rule", ("U0BOB", "U0CAROL"), 2, VOTES, granted_at=NOON)
CLOSED_BY_BOB = Problem(ErrorCode.DENIED, "Denied.", by="U0BOB")


@pytest.mark.parametrize(
    ("request_", "is_now", "by"),
    [
        (change(state=S.ACCEPTED), "is under way", ""),
        (
            change(state=S.ACCEPTED, confirmed_at=NOON),
            "is already confirmed and under way",
            "",
        ),
        (change(state=S.PREVIEWED), "waits for its requester to confirm it", ""),
        (change(state=S.AWAITING_APPROVAL), "waits for approval", ""),
        (change(state=S.AWAITING_APPROVAL, approval=ASKED), "waits for approval", ""),
        (change(state=S.EXECUTING), "is being carried out", ""),
        (change(state=S.UNRESOLVED), "was carried out, and its outcome is not known yet", ""),
        (change(state=S.FINISHED), "is finished", ""),
        (change(state=S.DENIED, closing=CLOSED_BY_BOB), "was denied", "U0BOB"),
        (change(state=S.EXPIRED, closing=CLOSED_BY_BOB), "has expired", "U0BOB"),
        (change(state=S.EXPIRED), "has expired", ""),
        (change(state=S.CANCELLED, closing=CLOSED_BY_BOB), "was cancelled", "U0BOB"),
        (
            change(state=S.VOIDED),
            "is void, since a token is not as it was shown any more",
            "",
        ),
        # With enough votes the last of them decided.
        (
            change(state=S.ACCEPTED, approval=replace(GRANTED, quorum=1, votes=VOTES[:1])),
            "is already approved and under way",
            "U0CAROL",
        ),
        (change(state=S.ACCEPTED, approval=GRANTED), "is already approved and under way", "U0BOB"),
        (
            change(state=S.ACCEPTED, approval=GRANTED, confirmed_at=NOON),
            "is already approved and under way",
            "U0BOB",
        ),
        (change(state=S.EXECUTING, approval=GRANTED), "is already approved and under way", "U0BOB"),
        (
            change(state=S.UNRESOLVED, approval=GRANTED),
            "is already approved and under way",
            "U0BOB",
        ),
        (change(state=S.FINISHED, approval=GRANTED), "is already approved", "U0BOB"),
        (
            change(state=S.CANCELLED, approval=GRANTED, closing=CLOSED_BY_BOB),
            "was cancelled",
            "U0BOB",
        ),
        (change(state=S.EXPIRED, approval=GRANTED), "has expired", ""),
        (
            change(state=S.VOIDED, approval=GRANTED),
            "is void, since a token is not as it was shown any more",
            "",
        ),
    ],
)
def test_what_has_become_of_it_and_by_whom(request_: ChangeRequest, is_now: str, by: str) -> None:
    """Whoever comes later is told who was first, in every state."""
    problem = already_decided(request_)

    assert (problem.code, problem.message, problem.by) == (
        ErrorCode.ALREADY_DECIDED,
        f"Change 7F3K2Q {is_now}. Nothing more was changed.",
        by,
    )


@pytest.mark.parametrize("state", list(RequestState))
def test_there_are_words_for_every_state(state: RequestState) -> None:
    """No message has a hole where a state should stand."""
    said = (
        already_decided(change(state=state)).message,
        not_cancellable(change(state=state), "/token").message,
    )

    assert [text for text in said if "  " in text or "7F3K2Q." in text or "7F3K2Q," in text] == []


def test_its_time_is_over_at_its_moment() -> None:
    """Not before; and what has no end is never late."""
    waiting = change(state=S.PREVIEWED, expires_at=NOON)

    late = too_late(waiting, NOON)

    assert too_late(waiting, NOON - timedelta(microseconds=1)) is None
    assert too_late(change(state=S.PREVIEWED), NOON) is None
    assert late is not None
    assert (late.code, late.message, late.hint) == (
        ErrorCode.EXPIRED,
        "Change 7F3K2Q has expired at 12:00:00 UTC. Nothing was changed.",
        "Ask again if it is still wanted.",
    )


def test_whoever_agreed_already_is_told_how_many_did() -> None:
    """One person is one vote."""
    problem = voted_before(change(state=S.AWAITING_APPROVAL, approval=ASKED))

    assert (problem.code, problem.message, problem.hint) == (
        ErrorCode.ALREADY_DECIDED,
        "You have agreed to change 7F3K2Q already; it has 1 of 2 votes. Nothing more was changed.",
        "Another approver has to agree.",
    )


def test_only_the_requester_confirms() -> None:
    """Whoever else presses is told who can."""
    problem = not_the_requester(change())

    assert problem == Problem(
        ErrorCode.NOT_YOURS,
        "Only who asked for change 7F3K2Q can confirm it. Nothing was changed.",
        "To ask for the same yourself, type the command.",
        by="U0ALICE",
    )


@pytest.mark.parametrize(
    ("request_", "message", "hint", "by"),
    [
        (done(), "is finished", "What it changed can be taken back: /tok undo 7F3K2Q.", ""),
        (
            change(replace(done().targets[0], state=TargetState.FAILED), state=S.FINISHED),
            "is finished",
            "",
            "",
        ),
        (change(state=S.EXECUTING, cancelled_by="U0BOB"), "is being carried out", "", ""),
        (change(state=S.DENIED, closing=CLOSED_BY_BOB), "was denied", "", "U0BOB"),
    ],
)
def test_there_is_nothing_to_cancel(
    request_: ChangeRequest, message: str, hint: str, by: str
) -> None:
    """What was changed can be undone, if anything was."""
    problem = not_cancellable(request_, "/tok")
    more = "" if request_.state.closed else "more "

    assert (problem.code, problem.message, problem.hint, problem.by) == (
        ErrorCode.NOT_CANCELLABLE,
        f"Change 7F3K2Q {message}, so there is nothing to cancel. Nothing {more}was changed.",
        hint,
        by,
    )


def test_a_choice_names_what_was_offered() -> None:
    """A confirmation without one of the instances is none."""
    choices = tuple(Choice(name, authorization()) for name in ("default", "lab"))

    problem = not_chosen(change(choices=choices))

    assert problem == Problem(
        ErrorCode.AMBIGUOUS,
        "Change 7F3K2Q needs one of the instances default or lab. Nothing was changed.",
        "Press the button of the one that is meant.",
    )


@pytest.mark.parametrize(
    ("state", "reason", "code", "message"),
    [
        (S.DENIED, "", ErrorCode.DENIED, "Nothing was changed."),
        (
            S.DENIED,
            "still in use",
            ErrorCode.DENIED,
            "Nothing was changed. The reason: “still in use”",
        ),
        (S.CANCELLED, "", ErrorCode.CANCELLED, "Nothing was changed."),
    ],
)
def test_who_closed_it_and_why(
    state: RequestState, reason: str, code: ErrorCode, message: str
) -> None:
    """For the message of the request."""
    assert closed_by(state, "U0BOB", reason) == Problem(code, message, by="U0BOB")
