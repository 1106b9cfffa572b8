"""The one message of a change, in every state that it can be in."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes import outcomes
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.slack.blocks.change import change_message
from tests.slack.blocks.samples import (
    BOB,
    BUSY,
    NOW,
    TOKEN,
    UPDATES,
    approval,
    change,
    checked,
    drawn,
    glass,
    read,
    undo,
)

UNREACHABLE = outcomes.instance_unknown("prod")
UNDONE = (TargetState.DONE, TargetState.APPLIED, TargetState.UNKNOWN)
POSTED = (TargetState.DONE, TargetState.APPLIED, TargetState.FAILED, TargetState.UNKNOWN)


@pytest.mark.parametrize("state", POSTED)
@pytest.mark.parametrize("update", list(UPDATES))
def test_each_kind_in_each_state(
    update: str, state: TargetState, snapshot: SnapshotAssertion
) -> None:
    """What happened, to which token, what changed and whether it did, by whom."""
    request = change(UPDATES[update], state)

    message = change_message(request, undoable=state is TargetState.DONE)

    assert drawn(message) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(change(reason="pasted in a gist"), id="with a reason"),
        pytest.param(change(interrupted=1), id="interrupted"),
        pytest.param(change(break_glass=glass()), id="by break-glass"),
        pytest.param(change(break_glass=glass(NOW)), id="by break-glass, reviewed"),
        pytest.param(
            change(state=TargetState.FAILED, break_glass=glass()), id="by break-glass, in vain"
        ),
        pytest.param(change(approval=approval(BOB, granted=True)), id="approved"),
        pytest.param(change(undo_of="5D2J1P"), id="an undo in its own message"),
        pytest.param(change(retry_of="5D2J1P"), id="a retry"),
        pytest.param(change(state=TargetState.FAILED, retried_by="8G4M3R"), id="tried again"),
        pytest.param(change(undone_by="8G4M3R"), id="no longer to be undone"),
        pytest.param(change(AuthorizationUpdate(description="")), id="to no description"),
        pytest.param(
            replace(
                change(),
                targets=(
                    Target(
                        "prod",
                        TOKEN.id,
                        UPDATES["disable"],
                        TargetState.FAILED,
                        problem=UNREACHABLE,
                    ),
                ),
            ),
            id="nothing was read",
        ),
    ],
)
def test_more_to_tell(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """A reason, an interruption, and what is left where something is missing."""
    assert drawn(change_message(told)) == snapshot


def test_a_break_glass_with_its_undo(snapshot: SnapshotAssertion) -> None:
    """It is to be reviewed all the same."""
    assert drawn(change_message(change(break_glass=glass()), undo=undo())) == snapshot


@pytest.mark.parametrize("state", [*UNDONE, TargetState.PENDING, TargetState.INTENDED])
def test_with_its_undo(state: TargetState, snapshot: SnapshotAssertion) -> None:
    """Done, or under way, or of unknown outcome: who asked for it, and what is so now."""
    assert drawn(change_message(change(), undo=undo(state))) == snapshot


def test_a_describe_with_its_undo(snapshot: SnapshotAssertion) -> None:
    """Both descriptions are told, each with when it was read back."""
    back = AuthorizationUpdate(description="telegraf on edge-42")

    message = change_message(change(UPDATES["describe"]), undo=undo(update=back))

    assert drawn(message) == snapshot


@pytest.mark.parametrize(
    "state", [TargetState.LOST, TargetState.REFUSED, TargetState.UNCHANGED, TargetState.CANCELLED]
)
def test_what_everybody_saw_waiting(state: TargetState, snapshot: SnapshotAssertion) -> None:
    """After an approval or a freeze, what came to nothing is told where it was shown."""
    request = change(UPDATES["enable"], state, approval=approval(BOB, granted=True))

    assert read(change_message(request)) == snapshot


@pytest.mark.parametrize("update", list(UPDATES))
def test_what_failed_can_be_tried_again(update: str, snapshot: SnapshotAssertion) -> None:
    """Retry stands where Undo would."""
    request = change(UPDATES[update], TargetState.FAILED)

    assert read(change_message(request, retryable=True)) == snapshot


def test_a_note_is_the_last_line(snapshot: SnapshotAssertion) -> None:
    """Why it was sent to one person alone."""
    assert drawn(change_message(change(), note="Sent to you alone: a made-up reason.")) == snapshot


def test_the_longest_message_fits() -> None:
    """With everything at its longest, nothing has to be left out."""
    long = "&" * 5_000
    token = replace(TOKEN, description=long, user=long, org=long)
    problem = replace(BUSY, message=long, hint=long)
    update = UPDATES["disable"]
    unknown = TargetState.UNKNOWN
    target = Target("i" * 32, TOKEN.id, update, unknown, before=token, problem=problem)
    request = replace(change(reason=long, interrupted=1), targets=(target,))

    message = change_message(request, undo=replace(request, id="8G4M3R"), note=long[:200])

    checked(message)
    assert message.text.endswith("… By <@U0ALICE>. Undo asked for by <@U0ALICE>.")
