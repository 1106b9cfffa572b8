"""What the requester alone is told of their change."""

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.errors import ErrorCode, Problem
from bot.changes.states import TargetState
from bot.slack.blocks.private import accepted_message, private_outcome
from tests.slack.blocks.samples import UPDATES, change, drawn, undo


@pytest.mark.parametrize("state", [TargetState.UNCHANGED, TargetState.REFUSED])
@pytest.mark.parametrize("update", list(UPDATES))
def test_nothing_came_of_it(update: str, state: TargetState, snapshot: SnapshotAssertion) -> None:
    """It was so already, or it was refused: why, and what to do next."""
    assert drawn(private_outcome(change(UPDATES[update], state))) == snapshot


@pytest.mark.parametrize("state", [TargetState.REFUSED, TargetState.FAILED, TargetState.UNCHANGED])
def test_nothing_came_of_an_undo(state: TargetState, snapshot: SnapshotAssertion) -> None:
    """An undo that changed nothing says so to whoever asked for it."""
    assert drawn(private_outcome(undo(state))) == snapshot


def test_somebody_else_was_first(snapshot: SnapshotAssertion) -> None:
    """Who it was is mentioned, in what is read out as well."""
    problem = Problem(
        ErrorCode.CHANGED_SINCE,
        "Somebody else has asked for a change of this token since, so it is not restored. "
        "Nothing was changed.",
        "Talk to them.",
        by="U0BOB",
    )

    message = private_outcome(change(state=TargetState.REFUSED, problem=problem, undo_of="A"))

    assert drawn(message) == snapshot


@pytest.mark.parametrize("update", list(UPDATES))
def test_it_is_stored(update: str, snapshot: SnapshotAssertion) -> None:
    """The ack of a change: under which id, and that more follows."""
    assert drawn(accepted_message(change(UPDATES[update], TargetState.PENDING))) == snapshot


def test_an_undo_is_stored(snapshot: SnapshotAssertion) -> None:
    """The ack of an undo names both changes."""
    assert drawn(accepted_message(undo(TargetState.PENDING))) == snapshot
