"""A disable that ends by itself, from its outcome to its end."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.slack.blocks.request import Offer, request_message
from bot.slack.blocks.timers import end_message, ended_message
from tests.slack.blocks.samples import (
    ALICE,
    UPDATES,
    change,
    checked,
    read,
    several,
    target,
    timer,
    undo,
)

SEVERAL = several(target(number=1), target(number=2), target(state=TargetState.FAILED, number=3))
ENABLED = several(
    *(target(UPDATES["enable"], number=number) for number in (1, 2)),
    id="8G4M3R",
    undo_of="7F3K2Q",
    automatic=True,
)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(change(timer=timer(running=True)), id="runs"),
        pytest.param(replace(SEVERAL, timer=timer(running=True)), id="runs for several"),
        pytest.param(change(timer=timer(stopped_by="U0BOB")), id="stopped"),
        pytest.param(replace(SEVERAL, timer=timer(stopped_by="U0BOB")), id="stopped for several"),
        pytest.param(change(state=TargetState.FAILED, timer=timer()), id="nothing was disabled"),
    ],
)
def test_while_it_runs(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """When it ends, with a button that keeps it disabled; or who has stopped that."""
    offer = Offer(undo=bool(told.in_state(TargetState.DONE)))

    assert read(request_message(told, offer)) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(change(timer=timer(running=True)), id="one"),
        pytest.param(replace(SEVERAL, timer=timer(running=True)), id="several"),
    ],
)
def test_it_is_about_to_end(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """Which tokens, when, as who asked; those that failed do not count."""
    assert read(end_message(told)) == snapshot


@pytest.mark.parametrize(
    ("told", "ended"),
    [
        pytest.param(
            change(timer=timer()), undo(requester=ALICE, automatic=True), id="enabled again"
        ),
        pytest.param(
            change(timer=timer()),
            undo(TargetState.UNKNOWN, requester=ALICE, automatic=True),
            id="unknown",
        ),
        pytest.param(
            change(timer=timer()),
            undo(TargetState.PENDING, requester=ALICE, automatic=True),
            id="under way",
        ),
        pytest.param(replace(SEVERAL, timer=timer()), ENABLED, id="several"),
        *(
            pytest.param(
                change(timer=timer()), undo(state, requester=ALICE, automatic=True), id=state.value
            )
            for state in (TargetState.REFUSED, TargetState.FAILED, TargetState.UNCHANGED)
        ),
    ],
)
def test_it_has_ended(
    told: ChangeRequest, ended: ChangeRequest, snapshot: SnapshotAssertion
) -> None:
    """Nobody asked for the undo: its time was over; where that did not work, it is said."""
    assert read(request_message(told, Offer(), undo=ended)) == snapshot


@pytest.mark.parametrize(
    ("told", "ended"),
    [
        pytest.param(change(timer=timer(stopped_by="U0BOB")), None, id="stopped"),
        pytest.param(
            change(timer=timer()), undo(requester=ALICE, automatic=True), id="enabled again"
        ),
        pytest.param(change(timer=timer()), undo(), id="undone"),
        pytest.param(
            change(timer=timer()),
            undo(TargetState.REFUSED, requester=ALICE, automatic=True),
            id="refused",
        ),
        pytest.param(
            replace(SEVERAL, timer=timer()),
            replace(ENABLED, targets=(target(UPDATES["enable"], TargetState.FAILED),)),
            id="several failed",
        ),
    ],
)
def test_the_note_afterwards(
    told: ChangeRequest, ended: ChangeRequest | None, snapshot: SnapshotAssertion
) -> None:
    """What became of the timer, without a button."""
    assert read(ended_message(told, ended)) == snapshot


def test_without_a_timer_there_is_nothing_to_keep() -> None:
    """The note about the end says no more than is recorded, whatever that is."""
    assert "About to be enabled again" in checked(end_message(change())).text
