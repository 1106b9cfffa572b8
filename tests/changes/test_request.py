"""What a request says of itself."""

from dataclasses import replace

import pytest
from hypothesis import given

from bot.changes.approval import Approval
from bot.changes.authorization import Status
from bot.changes.leak_report import LeakReport
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import ActiveAgain, Selection, Target
from bot.changes.update import AuthorizationUpdate, ChangeKind
from tests.changes.leak_samples import looked
from tests.changes.samples import (
    DISABLE,
    NOON,
    REQUESTS,
    TARGETS,
    TOKEN_ID,
    UNHURRIED,
    authorization,
    change,
    done,
)

ENABLE = AuthorizationUpdate(Status.ACTIVE)
DESCRIBE = AuthorizationUpdate(description="new")
BOTH = AuthorizationUpdate(Status.INACTIVE, "leaked")


def of(*updates: AuthorizationUpdate) -> ChangeRequest:
    """Make a request with a token for each update."""
    return change(targets=tuple(Target("d", f"{n:016x}", u) for n, u in enumerate(updates)))


def selecting(*targets: Target) -> ChangeRequest:
    """Make a request for a user's tokens, with those that were looked up."""
    return change(targets=targets, selection=Selection("d", "alice", DISABLE))


@pytest.mark.parametrize(
    ("request_", "several"),
    [
        (of(DISABLE), False),
        (of(DISABLE, DISABLE), True),
        (selecting(), True),
        (selecting(Target("d", TOKEN_ID, DISABLE)), True),
    ],
)
def test_several_is_more_than_one_named_token(*, request_: ChangeRequest, several: bool) -> None:
    """What a user has is not known when it is asked for, so it is shown in any case."""
    assert request_.several is several


@pytest.mark.parametrize(
    ("request_", "kind", "kinds"),
    [
        (of(DISABLE), ChangeKind.DISABLE, {ChangeKind.DISABLE}),
        (of(DESCRIBE), ChangeKind.DESCRIBE, {ChangeKind.DESCRIBE}),
        (of(BOTH), ChangeKind.DISABLE, {ChangeKind.DISABLE, ChangeKind.DESCRIBE}),
        (of(DISABLE, ENABLE), ChangeKind.ENABLE, {ChangeKind.DISABLE, ChangeKind.ENABLE}),
        (of(DESCRIBE, DISABLE), ChangeKind.DISABLE, {ChangeKind.DISABLE, ChangeKind.DESCRIBE}),
        (
            of(DESCRIBE, BOTH, ENABLE),
            ChangeKind.ENABLE,
            {ChangeKind.DISABLE, ChangeKind.DESCRIBE, ChangeKind.ENABLE},
        ),
        (selecting(), ChangeKind.DISABLE, {ChangeKind.DISABLE}),
    ],
)
def test_it_is_judged_by_everything_and_named_by_what_weighs_most(
    request_: ChangeRequest, kind: ChangeKind, kinds: set[ChangeKind]
) -> None:
    """Letting a token work again weighs most, then stopping one."""
    assert request_.kind is kind
    assert request_.kinds == kinds


@UNHURRIED
@given(request_=REQUESTS, other=TARGETS)
def test_targets_are_put_in_their_places(request_: ChangeRequest, other: Target) -> None:
    """Each by its id; the order stays, and what is not among them is not added."""
    last = request_.targets[-1]
    moved = replace(other, authorization_id=last.authorization_id)

    changed = request_.with_targets(moved, replace(other, authorization_id="f" * 17))

    assert changed == replace(request_, targets=(*request_.targets[:-1], moved))


def test_targets_by_what_became_of_them() -> None:
    """By their states, and by whether the change took effect or may have."""
    targets = tuple(Target("d", f"{n:016x}", DISABLE, state) for n, state in enumerate(TargetState))
    request = change(targets=targets)

    assert [t.state for t in request.in_state(TargetState.DONE, TargetState.PENDING)] == [
        TargetState.PENDING,
        TargetState.DONE,
    ]
    assert [t.state for t in request.effective] == [
        TargetState.DONE,
        TargetState.APPLIED,
        TargetState.UNKNOWN,
        TargetState.LOST,
        TargetState.RETURNING,
    ]


def test_what_was_seen_last_of_a_token() -> None:
    """After the change, else before it, else nothing; and what the update does to it."""
    active, inactive = authorization(), authorization(status=Status.INACTIVE)
    target = Target("d", TOKEN_ID, BOTH)

    seen = [
        target.seen,
        replace(target, before=active).seen,
        replace(target, before=active, after=inactive).seen,
    ]

    assert seen == [None, active, inactive]
    assert [replace(target, before=before).effect for before in (None, active, inactive)] == [
        ChangeKind.DISABLE,
        ChangeKind.DISABLE,
        ChangeKind.DESCRIBE,
    ]


def test_a_drift_is_disabled_again_by_one_change() -> None:
    """Whichever of its tokens that change was about; those of another drift do not count."""
    (one,) = done().targets
    found = [
        replace(one, authorization_id=f"{n}", active_again=ActiveAgain(authorization(), drift, by))
        for n, (drift, by) in enumerate([(0, None), (0, "8G4L3R"), (1, "8G4L3S"), (2, None)])
    ]
    request = replace(done(), targets=tuple(found))

    assert [request.again_by(drift) for drift in range(4)] == ["8G4L3R", "8G4L3S", None, None]


def test_a_token_takes_the_place_of_the_same_one() -> None:
    """By instance and id, since two instances may have one id; by its id where that is all."""
    here, there = Target("default", TOKEN_ID, DISABLE), Target("lab", TOKEN_ID, DISABLE)
    done_there, lost = replace(there, state=TargetState.DONE), Target("", TOKEN_ID, DISABLE)
    other = Target("", "0d0d0d0d0d0d0009", DISABLE)

    assert change(targets=(here, there)).with_targets(done_there).targets == (here, done_there)
    assert change(targets=(lost, other)).with_targets(done_there).targets == (done_there, other)


@pytest.mark.parametrize(
    ("request_", "holds"),
    [
        (change(), False),
        (change(confirmed_at=NOON), True),
        (change(approval=Approval("r", ("U0CAROL",), 1)), True),
        (change(confirmed_at=NOON, leak=LeakReport(looked=(looked(),))), True),
        (change(confirmed_at=NOON, leak=LeakReport(looked=(looked(matched=1),))), False),
        (change(confirmed_at=NOON, leak=LeakReport(looked=(looked("lab", matched=1),))), True),
    ],
)
def test_what_was_agreed_to_holds_as_it_was_shown(request_: ChangeRequest, *, holds: bool) -> None:
    """But for the leaked token itself, which is disabled whatever has become of it."""
    assert request_.holds_as_shown(request_.targets[0]) is holds
