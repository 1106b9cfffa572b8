"""What a change would do, where somebody asked for that alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.decision import Allowed, AllowedByBreakGlass, Denied, NeedsApproval
from bot.changes.errors import ErrorCode, Problem
from bot.changes.queries import Preview
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Ruling
from bot.changes.states import RequestState, TargetState
from bot.changes.update import AuthorizationUpdate
from bot.slack.blocks.dry_run import dry_run_message
from tests.slack.blocks.samples import (
    FROZEN,
    TOKEN,
    UPDATES,
    choices,
    glass,
    read,
    selection,
    target,
    timer,
    to_come,
    waiting,
)

ALLOWED = Ruling(Allowed("you are an operator"))
APPROVAL = Ruling(NeedsApproval("enabling needs an approval", frozenset({"S0SECURITY"}), 1))
DENIED = Ruling(
    Denied("you are a viewer, and this takes an operator", "Ask whoever runs this bot.")
)
STOPPED = Ruling(Allowed("you are an operator"), Denied(FROZEN, "Whoever runs this bot can."))
FIRST = AuthorizationUpdate(description="found on a build server")


def _asked(*targets: object, **fields: object) -> ChangeRequest:
    given = {"state": RequestState.ACCEPTED, "expires_at": None, **fields}
    return waiting(*targets, **given)  # type: ignore[arg-type]  # its own


def _preview(request: ChangeRequest, ruling: Ruling = ALLOWED) -> str:
    return read(dry_run_message(Preview(request, ruling)))


GLASS = Ruling(
    AllowedByBreakGlass(
        "break-glass by operator: disabling needs an approval",
        "disabling needs an approval",
        frozenset({"S0SECURITY"}),
    )
)


@pytest.mark.parametrize("earlier", [None, _asked(to_come(), id="5D2J1P")])
def test_break_glass(earlier: ChangeRequest | None, snapshot: SnapshotAssertion) -> None:
    """That it would run at once and be told, or what is to be reviewed before."""
    request = _asked(to_come(), break_glass=glass())

    assert read(dry_run_message(Preview(request, GLASS, unreviewed=earlier))) == snapshot


def test_break_glass_that_is_not_needed(snapshot: SnapshotAssertion) -> None:
    """That it would be an ordinary disable."""
    assert _preview(_asked(to_come(), break_glass=glass())) == snapshot


@pytest.mark.parametrize("update", list(UPDATES))
@pytest.mark.parametrize(
    "state", [TargetState.PENDING, TargetState.UNCHANGED, TargetState.REFUSED, TargetState.FAILED]
)
def test_one_token(update: str, state: TargetState, snapshot: SnapshotAssertion) -> None:
    """What would be changed, or why not; and that nothing was."""
    assert _preview(_asked(target(UPDATES[update], state))) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(_asked(replace(to_come(), before=None)), id="one token"),
        pytest.param(_asked(selection=selection()), id="of a user"),
    ],
)
def test_an_instance_that_is_away(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """The change would wait for it, and for how long; the policy speaks nevertheless."""
    away = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "prod cannot be reached.", "Ask again later.")

    assert read(dry_run_message(Preview(told, STOPPED, away, timedelta(hours=2)))) == snapshot


@pytest.mark.parametrize(
    ("ruling", "state"),
    [
        pytest.param(APPROVAL, TargetState.PENDING, id="needs an approval"),
        pytest.param(APPROVAL, TargetState.UNCHANGED, id="needs none for nothing"),
        pytest.param(DENIED, TargetState.PENDING, id="denied"),
        pytest.param(STOPPED, TargetState.PENDING, id="stopped"),
        pytest.param(
            replace(APPROVAL, stopped=STOPPED.stopped),
            TargetState.PENDING,
            id="stopped, and needs an approval",
        ),
    ],
)
def test_the_policy(ruling: Ruling, state: TargetState, snapshot: SnapshotAssertion) -> None:
    """What the policy would say: by which rule, and what to do."""
    assert _preview(_asked(target(UPDATES["enable"], state)), ruling) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(_asked(), id="several"),
        pytest.param(
            _asked(
                to_come(number=1),
                target(state=TargetState.REFUSED, number=2),
                target(state=TargetState.UNCHANGED, number=3),
                selection=selection(),
            ),
            id="some left out",
        ),
        pytest.param(
            _asked(*(target(state=TargetState.UNCHANGED, number=n) for n in (1, 2))),
            id="nothing to change",
        ),
        pytest.param(
            _asked(replace(to_come(), instance="", before=None), choices=choices()), id="a choice"
        ),
        pytest.param(_asked(to_come(), timer=timer()), id="for two hours"),
        pytest.param(
            _asked(to_come(FIRST, token=replace(TOKEN, description=""))), id="a first description"
        ),
    ],
)
def test_more_to_tell(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """Several tokens, a choice between instances, a timer, a first description."""
    assert _preview(told) == snapshot
