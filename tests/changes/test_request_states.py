"""The life of a request and of its targets."""

import re
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.change_ids import new_change_id, new_error_id
from bot.changes.states import (
    IllegalTransitionError,
    RequestState,
    TargetState,
    move_request,
    move_target,
)
from bot.commands.identifiers import as_change_id
from tests.changes.samples import UNHURRIED

REQUEST_ARROWS = {
    "accepted → previewed",
    "accepted → awaiting_approval",
    "accepted → executing",
    "accepted → expired",
    "accepted → cancelled",
    "accepted → voided",
    "previewed → accepted",
    "previewed → expired",
    "previewed → cancelled",
    "awaiting_approval → accepted",
    "awaiting_approval → denied",
    "awaiting_approval → expired",
    "awaiting_approval → cancelled",
    "executing → unresolved",
    "executing → finished",
    "unresolved → finished",
}
TARGET_ARROWS = {
    "pending → intended",
    "pending → unchanged",
    "pending → refused",
    "pending → failed",
    "pending → cancelled",
    "intended → done",
    "intended → applied",
    "intended → failed",
    "intended → refused",
    "intended → unchanged",
    "intended → unknown",
    "intended → lost",
    "intended → cancelled",
    "unknown → done",
    "unknown → applied",
    "unknown → failed",
    "unknown → lost",
    "done → returning",
    "returning → returned",
    "returning → done",
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
    """What is pending, on its way either way, or unknown has no outcome; all else has."""
    assert {"pending", "intended", "unknown", "returning"} == {
        s.value for s in TargetState if not s.final
    }


def test_what_a_state_means() -> None:
    """Who waits, what was closed before anything was sent, what is over, what may have changed."""
    requests = list(RequestState)

    assert {"previewed", "awaiting_approval"} == {s.value for s in requests if s.waiting}
    assert {"denied", "expired", "cancelled", "voided"} == {s.value for s in requests if s.closed}
    assert {s for s in requests if s.closed} | {RequestState.FINISHED} == {
        s for s in requests if s.final
    }
    effective = {s.value for s in TargetState if s.effective}
    assert effective == {"done", "applied", "unknown", "lost", "returning"}


MOVES = st.lists(st.sampled_from(RequestState), max_size=30)


@UNHURRIED
@given(MOVES)
def test_whatever_is_tried_a_request_keeps_to_its_machine(tried: list[RequestState]) -> None:
    """Nothing leaves a final state, and what was sent is never confirmed, denied or closed."""
    state = RequestState.ACCEPTED
    went = [state]
    for to in tried:
        with suppress(IllegalTransitionError):
            state = move_request(state, to)
            went.append(state)

    assert all(not each.final for each in went[:-1])
    begun = [each for each in went if each is RequestState.EXECUTING]
    after = went[went.index(RequestState.EXECUTING) :] if begun else []
    assert {s for s in after if s.waiting or s.closed or s is RequestState.ACCEPTED} == set()


def test_change_ids_can_be_read_out() -> None:
    """Six of Crockford's digits, and practically never the same twice."""
    drawn = {new_change_id() for _ in range(500)}

    assert [i for i in drawn if not re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{6}", i)] == []
    assert len(drawn) > 498


def test_an_errors_id_is_no_changes() -> None:
    """Whoever undoes what an error's id names is told that it is none."""
    drawn = {new_error_id() for _ in range(500)}

    assert [each for each in drawn if as_change_id(each) is not None] == []
    assert len(drawn) == 500
