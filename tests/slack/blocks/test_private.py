"""What the requester alone is told of their change."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes import moving, stages
from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.commands.answers import Moved, MoveName
from bot.slack.blocks.private import (
    accepted_message,
    decided_message,
    moved_message,
    private_outcome,
)
from tests.slack.blocks.samples import (
    BOB,
    UPDATES,
    approval,
    change,
    drawn,
    read,
    selection,
    several,
    target,
    timer,
    to_come,
    undo,
    waiting,
)


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


UNCHANGED = [target(state=TargetState.UNCHANGED, number=number) for number in (1, 2)]
REFUSED = target(state=TargetState.REFUSED, number=3)
NOTHING_FOUND = Problem(
    ErrorCode.NOTHING_SELECTED,
    "telegraf has no active token on prod that this bot can see. Nothing was changed.",
    "List the user's tokens with list --user.",
)
GRANTED = approval(BOB, granted=True)
ASKING, DENIED = RequestState.AWAITING_APPROVAL, RequestState.DENIED


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(several(*UNCHANGED), id="all were so already"),
        pytest.param(several(*UNCHANGED, REFUSED), id="one was refused"),
        pytest.param(several(selection=selection(), closing=NOTHING_FOUND), id="no token found"),
        pytest.param(
            several(
                selection=selection(),
                closing=Problem(
                    ErrorCode.NOT_ALLOWED, "Not allowed any more: x.", helpers=("S0ONCALL",)
                ),
            ),
            id="not allowed any more",
        ),
    ],
)
def test_nothing_came_of_several(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """Why, for each token, and that nothing was changed."""
    assert read(private_outcome(told)) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(several(to_come(), to_come(number=2)), id="several"),
        pytest.param(several(selection=selection()), id="all of a user"),
        pytest.param(
            several(to_come(), to_come(number=2), approval=approval()),
            id="several with an approval",
        ),
        pytest.param(several(to_come(UPDATES["enable"]), approval=approval()), id="an approval"),
        pytest.param(
            several(to_come(UPDATES["enable"]), undo_of="5D2J1P", approval=approval()),
            id="an undo with an approval",
        ),
        pytest.param(
            several(to_come(), to_come(number=2), undo_of="5D2J1P"), id="an undo of several"
        ),
        pytest.param(several(to_come(), retry_of="5D2J1P"), id="a retry"),
        pytest.param(
            several(to_come(), to_come(number=2), retry_of="5D2J1P"), id="a retry of several"
        ),
    ],
)
def test_more_is_stored(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """The ack says what comes next, and whether anything is changed before."""
    assert read(accepted_message(told)) == snapshot


@pytest.mark.parametrize(
    ("told", "move"),
    [
        pytest.param(waiting(state=RequestState.ACCEPTED), MoveName.CONFIRM, id="confirmed"),
        pytest.param(
            waiting(state=RequestState.ACCEPTED, approval=approval()),
            MoveName.CONFIRM,
            id="confirmed, then to be approved",
        ),
        pytest.param(
            waiting(to_come(), state=ASKING, approval=approval(BOB, quorum=2)),
            MoveName.APPROVE,
            id="one vote of two",
        ),
        pytest.param(
            waiting(to_come(), state=ASKING, approval=approval(BOB, quorum=3)),
            MoveName.APPROVE,
            id="one vote of three",
        ),
        pytest.param(
            waiting(to_come(), state=RequestState.ACCEPTED, approval=GRANTED),
            MoveName.APPROVE,
            id="the last vote",
        ),
        pytest.param(waiting(to_come(), state=DENIED), MoveName.DENY, id="denied"),
        pytest.param(waiting(state=RequestState.CANCELLED), MoveName.CANCEL, id="cancelled"),
        pytest.param(
            waiting(state=RequestState.EXECUTING), MoveName.CANCEL, id="the rest cancelled"
        ),
        pytest.param(
            change(timer=timer(stopped_by="U0BOB")), MoveName.CANCEL, id="a timer stopped"
        ),
    ],
)
def test_it_was_moved_on(told: ChangeRequest, move: MoveName, snapshot: SnapshotAssertion) -> None:
    """What they have done, to what, and what comes next by itself."""
    assert read(moved_message(Moved(told, move))) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(change(UPDATES["enable"], approval=GRANTED), id="done"),
        *(
            pytest.param(change(UPDATES["enable"], state, approval=GRANTED), id=state.value)
            for state in TargetState
            if state.final and state is not TargetState.DONE
        ),
        pytest.param(
            several(target(number=1), target(number=2), target(state=TargetState.FAILED, number=3)),
            id="several",
        ),
        pytest.param(
            waiting(to_come(), state=DENIED, closing=moving.closed_by(DENIED, "U0BOB", "audit")),
            id="denied",
        ),
        pytest.param(
            waiting(
                state=RequestState.EXPIRED, closing=stages.expired(waiting(approval=approval()))
            ),
            id="expired",
        ),
        pytest.param(
            replace(
                waiting(to_come(), state=RequestState.VOIDED),
                closing=Problem(
                    ErrorCode.APPROVAL_VOID,
                    "The approval is void: 0e840d0499003003 is not as it was shown any more: "
                    "status was “active” and is “inactive”. Nothing was changed.",
                    "Look at it with show, then ask again.",
                ),
            ),
            id="void",
        ),
    ],
)
def test_it_was_decided(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """Told directly: what has become of it, why, by whom, and whether anything was changed."""
    assert read(decided_message(told)) == snapshot
