"""Which changes can be undone, and until when."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.changes.errors import ErrorCode, Problem
from bot.changes.states import RequestState, TargetState
from bot.changes.undoing import (
    already_undone,
    no_such_change,
    nothing_to_undo,
    state_to_restore,
    undoable,
)
from tests.changes.samples import BOB, NOON, authorization, change, done

DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "in_time"),
    [
        (NOON, True),
        (NOON + DAY - TICK, True),
        (NOON + DAY, True),
        (NOON + DAY + TICK, False),
        (NOON + 2 * DAY, False),
    ],
)
def test_the_window_ends_with_its_last_moment(*, now: datetime, in_time: bool) -> None:
    """Exactly 24 hours after the change's end is in time; a microsecond later is not."""
    found = state_to_restore(done(), now, DAY, "/token")

    assert undoable(done(), now, DAY) is in_time
    if in_time:
        assert found == authorization()
    else:
        assert isinstance(found, Problem)
        assert found.code is ErrorCode.UNDO_WINDOW_OVER
        assert found.message == (
            "Change 7F3K2Q can no longer be undone: its 24 hours are over. Nothing was changed."
        )


def test_the_window_is_the_policys() -> None:
    """A shorter window ends earlier, and its length is said in hours."""
    found = state_to_restore(done(), NOON + timedelta(hours=2), timedelta(minutes=90), "/token")

    assert isinstance(found, Problem)
    assert "its 1.5 hours are over" in found.message


@pytest.mark.parametrize("state", sorted(set(RequestState) - {RequestState.FINISHED}))
def test_what_is_not_finished_is_not_undone(state: RequestState) -> None:
    """Whoever undoes knows what was done."""
    found = state_to_restore(replace(done(), state=state), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert (found.code, found.message) == (
        ErrorCode.NOT_UNDOABLE,
        "Change 7F3K2Q is not finished yet. Nothing was changed.",
    )


@pytest.mark.parametrize("state", sorted(set(TargetState) - {TargetState.DONE}))
def test_what_was_not_done_is_not_undone(state: TargetState) -> None:
    """Only a change that was read back has something to restore."""
    target = replace(done().target, state=state)
    found = state_to_restore(replace(done(), targets=(target,)), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert (found.code, found.message) == (
        ErrorCode.NOT_UNDOABLE,
        f"Change 7F3K2Q ended as {state.value}, so there is nothing to undo. Nothing was changed.",
    )
    assert found.hint == "See /token history 0d0d0d0d0d0d0003."


@pytest.mark.parametrize("missing", [{"before": None}, {"finished_at": None}])
def test_without_its_record_nothing_is_restored(missing: dict[str, Any]) -> None:
    """What was before, and when it ended, must be known."""
    target = replace(done().target, **missing)
    found = state_to_restore(replace(done(), targets=(target,)), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert found.code is ErrorCode.NOT_UNDOABLE


def test_an_undo_is_not_undone() -> None:
    """Going to and fro is said in words, with a command."""
    found = state_to_restore(done(undo_of="0000AB"), NOON, DAY, "/tok")

    assert isinstance(found, Problem)
    assert found.code is ErrorCode.NOT_UNDOABLE
    assert found.hint == "Say what you want instead: /tok disable, enable or describe it."


def test_a_change_that_is_being_undone_shows_no_button() -> None:
    """As soon as one undo has reserved it, there is nothing to press."""
    assert not undoable(done(undone_by="0000AB"), NOON, DAY)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RequestState.FINISHED, "is already undone"),
        (RequestState.EXECUTING, "is already being undone"),
        (RequestState.UNRESOLVED, "is already being undone"),
    ],
)
def test_the_loser_is_told_who_won(state: RequestState, said: str) -> None:
    """The message names the winning change, and who asked for it."""
    undo = change(id="0000AB", requester=BOB, state=state, undo_of="7F3K2Q")
    problem = already_undone(done(undone_by="0000AB"), undo)

    assert (problem.code, problem.by) == (ErrorCode.ALREADY_UNDONE, "U0BOB")
    assert problem.message == (f"Change 7F3K2Q {said}, as change 0000AB. Nothing more was changed.")


def test_without_the_winners_record_the_change_is_named_nevertheless() -> None:
    """A reservation without a request is one that is being made."""
    problem = already_undone(done(undone_by="0000AB"), None)

    assert problem.by == ""
    assert "is already being undone, as change 0000AB." in problem.message


def test_what_is_not_there_is_not_undone() -> None:
    """An unknown id, and no change at all, are said with what to do next."""
    assert [
        (p.code, p.message, p.hint)
        for p in (no_such_change("ZZZZZZ", "/tok"), nothing_to_undo("/tok"))
    ] == [
        (
            ErrorCode.UNKNOWN_CHANGE,
            "There is no change ZZZZZZ. Nothing was changed.",
            "/tok history lists the changes.",
        ),
        (
            ErrorCode.UNKNOWN_CHANGE,
            "You have asked for no change in this channel. Nothing was changed.",
            "Name the change: /tok undo CHANGE.",
        ),
    ]
