"""The life of a request and of its targets."""

import re
from itertools import product

import pytest

from bot.changes.request import new_change_id
from bot.changes.states import (
    IllegalTransitionError,
    RequestState,
    TargetState,
    move_request,
    move_target,
)
from tests.changes.samples import change

REQUEST_ARROWS = {
    "accepted → executing",
    "executing → unresolved",
    "executing → finished",
    "unresolved → finished",
}
TARGET_ARROWS = {
    "pending → intended",
    "pending → unchanged",
    "pending → refused",
    "pending → failed",
    "intended → done",
    "intended → applied",
    "intended → failed",
    "intended → refused",
    "intended → unknown",
    "intended → lost",
    "unknown → done",
    "unknown → applied",
    "unknown → failed",
    "unknown → lost",
}


@pytest.mark.parametrize(("current", "to"), list(product(RequestState, RequestState)))
def test_requests_move_along_the_arrows_alone(current: RequestState, to: RequestState) -> None:
    """Every pair of states is either an arrow or an error that names both."""
    if f"{current} → {to}" in REQUEST_ARROWS:
        assert to is move_request(current, to)
    else:
        with pytest.raises(IllegalTransitionError, match=f"from {current} to {to}"):
            move_request(current, to)


@pytest.mark.parametrize(("current", "to"), list(product(TargetState, TargetState)))
def test_targets_move_along_the_arrows_alone(current: TargetState, to: TargetState) -> None:
    """Every pair of states is either an arrow or an error that names both."""
    if f"{current} → {to}" in TARGET_ARROWS:
        assert to is move_target(current, to)
    else:
        with pytest.raises(IllegalTransitionError, match=f"from {current} to {to}"):
            move_target(current, to)


def test_outcomes_are_final() -> None:
    """Pending, intended and unknown are no outcomes; all others are."""
    assert {"pending", "intended", "unknown"} == {s.value for s in TargetState if not s.final}


def test_change_ids_can_be_read_out() -> None:
    """Six of Crockford's digits, and practically never the same twice."""
    drawn = {new_change_id() for _ in range(500)}

    assert [i for i in drawn if not re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{6}", i)] == []
    assert len(drawn) > 498


def test_the_target_of_a_request_with_several_is_no_one() -> None:
    """Code that thinks of one target never takes the first of several."""
    one = change()

    with pytest.raises(ValueError, match="too many values"):
        _ = change(targets=(one.target, one.target)).target
