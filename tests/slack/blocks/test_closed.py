"""What is over before anything was sent: denied, expired, cancelled, void."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes import moving, stages
from bot.changes.as_shown import changed_since_shown
from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.changes.target import Target
from bot.slack.blocks.request import Offer, request_message
from tests.slack.blocks.samples import (
    BOB,
    OPERATOR,
    UPDATES,
    approval,
    read,
    several,
    to_come,
    waiting,
)

DENIED, CANCELLED, EXPIRED = RequestState.DENIED, RequestState.CANCELLED, RequestState.EXPIRED
ENABLE = UPDATES["enable"]
OPEN = waiting(to_come(ENABLE), approval=approval())
GRANTED = waiting(to_come(ENABLE), approval=approval(BOB, granted=True))


def _voided(changed: Target) -> Problem:
    """Say what voids an approval, as the executor does."""
    assert changed.before is not None
    found = replace(changed.before, permissions=OPERATOR, description="renamed")
    problem = changed_since_shown(changed, found)
    assert problem is not None
    return Problem(
        ErrorCode.APPROVAL_VOID, f"The approval is void: {problem.message}", problem.hint
    )


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            replace(OPEN, state=DENIED, closing=moving.closed_by(DENIED, "U0BOB", "audit runs")),
            id="denied",
        ),
        pytest.param(
            replace(OPEN, state=DENIED, closing=moving.closed_by(DENIED, "U0BOB", "")),
            id="denied without a reason",
        ),
        pytest.param(
            waiting(state=DENIED, closing=moving.closed_by(DENIED, "U0BOB", "audit runs")),
            id="denied for several",
        ),
        pytest.param(
            waiting(
                to_come(UPDATES["describe"]),
                state=DENIED,
                closing=moving.closed_by(DENIED, "U0BOB", "no names of people, please"),
            ),
            id="a description denied",
        ),
        pytest.param(
            waiting(state=CANCELLED, closing=moving.closed_by(CANCELLED, "U0ALICE", "")),
            id="cancelled",
        ),
        pytest.param(
            replace(OPEN, state=CANCELLED, closing=moving.closed_by(CANCELLED, "U0BOB", "")),
            id="cancelled by an approver",
        ),
        pytest.param(
            waiting(state=EXPIRED, closing=stages.expired(waiting())), id="not confirmed in time"
        ),
        pytest.param(
            replace(OPEN, state=EXPIRED, closing=stages.expired(OPEN)), id="not approved in time"
        ),
        pytest.param(
            replace(GRANTED, state=EXPIRED, closing=stages.expired(GRANTED)),
            id="approved and not carried out in time",
        ),
        pytest.param(
            replace(GRANTED, state=RequestState.VOIDED, closing=_voided(GRANTED.targets[0])),
            id="void",
        ),
        pytest.param(replace(OPEN, state=EXPIRED), id="nobody knows why"),
        pytest.param(
            several(
                *waiting().targets,
                state=CANCELLED,
                undo_of="5D2J1P",
                closing=moving.closed_by(CANCELLED, "U0ALICE", ""),
            ),
            id="an undo cancelled",
        ),
    ],
)
def test_it_is_over(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """What was asked for, who ended it and why, that nothing was changed; no button is left."""
    assert read(request_message(told, Offer(undo=True, retry=True))) == snapshot
