"""Whether a break-glass awaits its review, and what is said where it does not."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.break_glass import BreakGlass
from bot.changes.request import ChangeRequest
from bot.changes.reviewing import (
    already_reviewed,
    cannot_be_reviewed,
    not_reviewed_yet,
    reviewable,
    reviewers,
)
from bot.changes.states import RequestState, TargetState
from tests.changes.samples import NOON, change, done

GLASS = BreakGlass("disabling needs an approval", ("S0SECURITY", "U0ALICE", "U0CAROL"))
BROKEN = done(break_glass=GLASS)
REVIEWED = done(break_glass=replace(GLASS, reviewed_by="U0CAROL", reviewed_at=NOON))
UNDER_WAY = replace(BROKEN, state=RequestState.EXECUTING)
UNSENT = change(break_glass=GLASS, state=RequestState.CANCELLED)


@pytest.mark.parametrize(
    ("request_", "open_"),
    [
        pytest.param(BROKEN, True, id="it has changed something"),
        pytest.param(UNDER_WAY, False, id="it is under way"),
        pytest.param(REVIEWED, False, id="it is reviewed"),
        pytest.param(UNSENT, False, id="it has changed nothing"),
        pytest.param(done(), False, id="it was no break-glass"),
    ],
)
def test_what_can_be_reviewed(
    request_: ChangeRequest, *, open_: bool, snapshot: SnapshotAssertion
) -> None:
    """A break-glass whose outcome is known and that somebody has still to look at; else why not."""
    assert reviewable(request_) is open_
    assert (cannot_be_reviewed(request_, "/token") is None) is open_
    assert cannot_be_reviewed(request_, "/token") == snapshot


def test_nobody_reviews_their_own() -> None:
    """The approvers of then can, but for the requester; of no break-glass nobody."""
    assert reviewers(BROKEN) == ("S0SECURITY", "U0CAROL")
    assert reviewers(done()) == ()


def test_an_earlier_one_has_to_be_reviewed_first(snapshot: SnapshotAssertion) -> None:
    """Three who can review it are named, by their ids' order, and never its requester."""
    approvers = ("U0GRACE", "U0CAROL", "U0ALICE", "U0DAVE", "S0SECURITY")

    problem = not_reviewed_yet(BROKEN, approvers, "/token")

    assert problem.helpers == ("S0SECURITY", "U0CAROL", "U0DAVE")
    assert problem == snapshot


@pytest.mark.parametrize("request_", [REVIEWED, BROKEN, done()])
def test_whoever_comes_second_is_told_who_was_first(
    request_: ChangeRequest, snapshot: SnapshotAssertion
) -> None:
    """And when; if that is not on record, that it was reviewed all the same."""
    assert already_reviewed(request_) == snapshot


@pytest.mark.parametrize("state", [TargetState.UNKNOWN, TargetState.LOST])
def test_what_may_have_changed_something_is_reviewed(state: TargetState) -> None:
    """An outcome that nobody knows is no reason to look away."""
    unsure = replace(BROKEN.targets[0], state=state)

    assert reviewable(BROKEN.with_targets(unsure))
