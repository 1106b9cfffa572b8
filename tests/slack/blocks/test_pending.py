"""What waits, with the buttons that move it on."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.record_queries import PENDING_SHOWN, Pending
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.slack.blocks.pending import pending_message
from tests.slack.blocks.samples import (
    BOB,
    FROZEN,
    NOW,
    UPDATES,
    approval,
    change,
    checked,
    choices,
    glass,
    read,
    selection,
    several,
    target,
    timer,
    to_come,
    waiting,
)

ACCEPTED, EXECUTING = RequestState.ACCEPTED, RequestState.EXECUTING
ONE = waiting(
    to_come(UPDATES["enable"]),
    state=RequestState.AWAITING_APPROVAL,
    approval=approval(BOB, quorum=2),
    reason="pasted in a gist",
)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(ONE, id="an approval"),
        pytest.param(waiting(), id="a preview"),
        pytest.param(waiting(replace(to_come(), instance=""), choices=choices()), id="a choice"),
        pytest.param(waiting(to_come(), state=ACCEPTED, held_back=FROZEN), id="held back"),
        pytest.param(several(state=ACCEPTED, selection=selection()), id="next"),
        pytest.param(waiting(to_come(), state=EXECUTING), id="one under way"),
        pytest.param(waiting(state=EXECUTING, held_back=FROZEN), id="several held back midway"),
        pytest.param(waiting(state=EXECUTING, expires_at=None), id="several under way"),
        pytest.param(change(state=TargetState.UNKNOWN), id="outcome unknown"),
        pytest.param(change(timer=timer(running=True)), id="a timer"),
        pytest.param(change(break_glass=glass()), id="a break-glass"),
        pytest.param(
            waiting(to_come(), state=ACCEPTED, held_back=FROZEN, break_glass=glass()),
            id="a break-glass that is held back",
        ),
        pytest.param(
            several(target(number=1), target(number=2), timer=timer(running=True)),
            id="a timer for several",
        ),
        pytest.param(waiting(to_come(UPDATES["enable"]), undo_of="5D2J1P"), id="an undo"),
    ],
)
def test_each_state(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """What it is, for whom or what it waits, until when, who asked; and what can be done."""
    assert read(pending_message(Pending((told,), NOW))) == snapshot


@pytest.mark.parametrize(
    "pending",
    [
        pytest.param(Pending((), NOW), id="nothing"),
        pytest.param(Pending((ONE, replace(ONE, id="8G4M3R")), NOW), id="two"),
        pytest.param(Pending((ONE,), NOW, more=True), id="more than one"),
    ],
)
def test_how_many(pending: Pending, snapshot: SnapshotAssertion) -> None:
    """How many wait, and whether there are more than are shown."""
    assert read(pending_message(pending)) == snapshot


def test_the_longest_fits() -> None:
    """As many as are shown, with everything at its longest, fit into one message of Slack's."""
    long = "& <long>" * 1_000
    token = replace(choices()[0].token, description=long, user=long, org=long)
    longest = replace(ONE, targets=(to_come(token=token),), reason=long, held_back=long)

    checked(pending_message(Pending((longest,) * PENDING_SHOWN, NOW, more=True)))
