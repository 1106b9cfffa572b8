"""Which changes can be undone, and until when."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain, Target
from bot.changes.undoing import (
    already_disabled_again,
    already_retried,
    already_undone,
    no_such_change,
    nothing_active_again,
    nothing_to_undo,
    restoring,
    retryable,
    targets_to_disable_again,
    targets_to_restore,
    targets_to_retry,
    undoable,
)
from bot.changes.update import AuthorizationUpdate
from tests.changes.samples import (
    AUTHORIZATIONS,
    BOB,
    DISABLE,
    NOON,
    TOKEN_ID,
    UNHURRIED,
    UPDATES,
    authorization,
    change,
    done,
)

DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)
ENABLE = AuthorizationUpdate(Status.ACTIVE)


def several(*targets: Target, **fields: Any) -> ChangeRequest:
    """Make a change of several tokens that has ended, but for what is given."""
    return replace(done(), targets=targets, **fields)


def ended(number: int, state: TargetState, **fields: Any) -> Target:
    """Make a target that has ended at noon, with a token of its own, but for what is given."""
    before = authorization(id=f"0d0d0d0d0d0d000{number}", description=f"token {number}")
    usual = Target("default", before.id, DISABLE, state, before=before, finished_at=NOON)
    return replace(usual, **fields)


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
    found = targets_to_restore(done(), now, DAY, "/token")

    assert undoable(done(), now, DAY) is in_time
    if in_time:
        assert found == (Target("default", TOKEN_ID, ENABLE),)
    else:
        assert isinstance(found, Problem)
        assert found.code is ErrorCode.UNDO_WINDOW_OVER
        assert found.message == (
            "Change 7F3K2Q can no longer be undone: its 24 h are over. Nothing was changed."
        )


def test_the_window_is_the_policys() -> None:
    """A shorter window ends earlier, and its length is said in words."""
    found = targets_to_restore(done(), NOON + timedelta(hours=2), timedelta(minutes=90), "/token")

    assert isinstance(found, Problem)
    assert "its 1 h 30 min are over" in found.message


@pytest.mark.parametrize("state", sorted(state for state in RequestState if not state.final))
def test_what_is_not_finished_is_not_undone(state: RequestState) -> None:
    """Whoever undoes knows what was done."""
    found = targets_to_restore(replace(done(), state=state), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert (found.code, found.message) == (
        ErrorCode.NOT_FINISHED,
        "Change 7F3K2Q is not finished yet. Nothing was changed.",
    )
    # What was sent already cannot be cancelled any more.
    assert ("Cancel" in found.hint) == (state is not RequestState.UNRESOLVED)
    assert "undo it" in found.hint


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RequestState.DENIED, "was denied"),
        (RequestState.EXPIRED, "expired"),
        (RequestState.CANCELLED, "was cancelled"),
        (RequestState.VOIDED, "became void"),
    ],
)
def test_what_was_closed_is_not_undone(state: RequestState, said: str) -> None:
    """Nothing was sent, so there is nothing to take back."""
    found = targets_to_restore(change(state=state), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert (found.code, found.message) == (
        ErrorCode.NOT_UNDOABLE,
        f"Change 7F3K2Q {said}, so there is nothing to undo. Nothing was changed.",
    )


@pytest.mark.parametrize("state", sorted(set(TargetState) - {TargetState.DONE}))
def test_what_was_not_done_is_not_undone(state: TargetState) -> None:
    """Only a change that was read back has something to restore."""
    target = replace(done().targets[0], state=state)
    found = targets_to_restore(replace(done(), targets=(target,)), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert (found.code, found.message) == (
        ErrorCode.NOT_UNDOABLE,
        f"Change 7F3K2Q ended as {state.value}, so there is nothing to undo. Nothing was changed.",
    )
    assert found.hint == "See /token history 7F3K2Q."


@pytest.mark.parametrize("missing", [{"before": None}, {"finished_at": None}])
def test_without_its_record_nothing_is_restored(missing: dict[str, Any]) -> None:
    """What was before, and when it ended, must be known."""
    target = replace(done().targets[0], **missing)
    found = targets_to_restore(replace(done(), targets=(target,)), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert found.code is ErrorCode.NOT_UNDOABLE


def test_of_several_only_what_was_done_is_restored() -> None:
    """Each to what was before it itself; the others are left alone, in whichever state."""
    first = ended(1, TargetState.DONE)
    described = AuthorizationUpdate(Status.INACTIVE, "leaked")
    second = ended(2, TargetState.DONE, instance="lab", update=described)
    others = [
        ended(n, state) for n, state in enumerate(set(TargetState) - {TargetState.DONE}, start=3)
    ]
    lost = ended(0, TargetState.DONE, before=None)

    found = restoring(several(second, *others, first, lost))

    assert found == (
        Target("lab", second.authorization_id, AuthorizationUpdate(Status.ACTIVE, "token 2")),
        Target("default", first.authorization_id, ENABLE),
    )


def test_the_window_of_several_begins_with_the_last() -> None:
    """As long as one of them could be undone, all can."""
    early = ended(1, TargetState.DONE, finished_at=NOON - DAY)
    late = ended(2, TargetState.DONE)

    found = targets_to_restore(several(early, late), NOON + DAY, DAY, "/token")
    over = targets_to_restore(several(early, late), NOON + DAY + TICK, DAY, "/token")

    assert isinstance(found, tuple)
    assert [target.authorization_id for target in found] == [
        early.authorization_id,
        late.authorization_id,
    ]
    assert isinstance(over, Problem)
    assert over.code is ErrorCode.UNDO_WINDOW_OVER


def test_several_that_did_nothing_are_told_by_their_outcomes() -> None:
    """Each outcome once, in the order in which they came."""
    targets = (
        ended(1, TargetState.REFUSED),
        ended(2, TargetState.FAILED),
        ended(3, TargetState.REFUSED),
    )

    found = targets_to_restore(several(*targets), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert "ended as refused and failed, so there is nothing to undo." in found.message


def test_a_selection_of_nobody_came_to_nothing() -> None:
    """Without a target there is nothing to restore, and it is said so."""
    found = targets_to_restore(several(), NOON, DAY, "/token")

    assert isinstance(found, Problem)
    assert "Change 7F3K2Q came to nothing, so there is nothing to undo." in found.message


@UNHURRIED
@given(changed=st.lists(st.tuples(UPDATES, AUTHORIZATIONS), min_size=1, max_size=4))
def test_undoing_several_after_applying_them_is_identity(
    changed: list[tuple[AuthorizationUpdate, Authorization]],
) -> None:
    """Whatever was set on however many tokens, each is afterwards as it was before."""
    before = {
        f"{n:016x}": (update, replace(each, id=f"{n:016x}"))
        for n, (update, each) in enumerate(changed)
    }
    targets = tuple(
        Target(
            "default",
            key,
            update,
            TargetState.DONE,
            before=each,
            after=update.apply(each),
            finished_at=NOON,
        )
        for key, (update, each) in before.items()
    )

    undo = targets_to_restore(several(*targets), NOON, DAY, "/token")

    assert isinstance(undo, tuple)
    assert {
        target.authorization_id: target.update.apply(done_.after)
        for target, done_ in zip(undo, targets, strict=True)
        if done_.after is not None
    } == {key: each for key, (_, each) in before.items()}


def test_the_failed_are_tried_again() -> None:
    """As they were asked for, from their beginning; what has any other outcome is left alone."""
    described = AuthorizationUpdate(description="new")
    failed = ended(1, TargetState.FAILED, instance="lab", update=described)
    others = [
        ended(n, state) for n, state in enumerate(set(TargetState) - {TargetState.FAILED}, start=2)
    ]
    original = several(*others, failed)

    found = targets_to_retry(original, "/token")

    assert found == (Target("lab", failed.authorization_id, described),)
    assert retryable(original)
    assert not retryable(replace(original, retried_by="0000AC"))


@pytest.mark.parametrize(
    "original",
    [
        done(),
        several(),
        several(*(ended(n, s) for n, s in enumerate(TargetState) if s is not TargetState.FAILED)),
        *(
            several(ended(1, TargetState.FAILED), state=state)
            for state in RequestState
            if not state.final
        ),
    ],
)
def test_without_a_failure_there_is_nothing_to_try_again(original: ChangeRequest) -> None:
    """Nor before the change has ended: an executor may still be at it."""
    found = targets_to_retry(original, "/tok")

    assert not retryable(original)
    assert isinstance(found, Problem)
    assert (found.code, found.message, found.hint) == (
        ErrorCode.NOTHING_TO_RETRY,
        "Change 7F3K2Q has no failed token to try again. Nothing was changed.",
        "See /tok history 7F3K2Q.",
    )


@pytest.mark.parametrize(
    ("retry", "by"), [(change(id="0000AC", requester=BOB), "U0BOB"), (None, "")]
)
def test_the_loser_of_a_retry_is_told_who_won(retry: ChangeRequest | None, by: str) -> None:
    """The message names the winning change, and who asked for it if that is known."""
    problem = already_retried(done(retried_by="0000AC"), retry)

    assert (problem.code, problem.by) == (ErrorCode.ALREADY_RETRIED, by)
    assert problem.message == (
        "Change 7F3K2Q is already tried again, as change 0000AC. Nothing more was changed."
    )


def test_an_undo_is_not_undone() -> None:
    """Going to and fro is said in words, with a command."""
    found = targets_to_restore(done(undo_of="0000AB"), NOON, DAY, "/tok")

    assert isinstance(found, Problem)
    assert found.code is ErrorCode.NOT_UNDOABLE
    assert found.hint == "Say what you want instead: /tok disable, enable or describe it."


def test_a_change_that_is_being_undone_shows_no_button() -> None:
    """As soon as one undo has reserved it, there is nothing to press."""
    assert not undoable(done(undone_by="0000AB"), NOON, DAY)


@pytest.mark.parametrize(
    ("state", "said", "waits"),
    [
        (RequestState.FINISHED, "is already undone", ""),
        (RequestState.EXECUTING, "is already being undone", ""),
        (RequestState.UNRESOLVED, "is already being undone", ""),
        (
            RequestState.PREVIEWED,
            "is already being undone",
            ", which waits for its requester to confirm it",
        ),
        (
            RequestState.AWAITING_APPROVAL,
            "is already being undone",
            ", which waits for approval",
        ),
    ],
)
def test_the_loser_is_told_who_won(state: RequestState, said: str, waits: str) -> None:
    """The message says how far it is, and names the winning change, and who asked for it."""
    undo = change(id="0000AB", requester=BOB, state=state, undo_of="7F3K2Q")
    problem = already_undone(done(undone_by="0000AB"), undo)

    code = ErrorCode.ALREADY_UNDONE if state.final else ErrorCode.BEING_UNDONE
    assert (problem.code, problem.by) == (code, "U0BOB")
    assert problem.message == (
        f"Change 7F3K2Q {said}, as change 0000AB{waits}. Nothing more was changed."
    )


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
            "You have asked for no change in this channel that had an effect. Nothing was changed.",
            "Name the change: /tok undo CHANGE.",
        ),
    ]


def active(number: int, drift: int = 0, again_by: str | None = None) -> Target:
    """Make a token that was disabled, and found active again at a drift."""
    return ended(
        number,
        TargetState.DONE,
        active_again=ActiveAgain(authorization(revision=3), drift, again_by),
    )


def test_what_was_found_active_is_disabled_again_once() -> None:
    """What was found at that drift, by its status alone, unless another change sees to it."""
    found = several(
        active(1), active(2, drift=1), active(3, again_by="8G4L3R"), ended(4, TargetState.DONE)
    )

    assert targets_to_disable_again(found, 0) == (Target("default", "0d0d0d0d0d0d0001", DISABLE),)
    assert targets_to_disable_again(found, 1) == (Target("default", "0d0d0d0d0d0d0002", DISABLE),)


@pytest.mark.parametrize(
    "again",
    [
        None,
        change(id="8G4L3R", requester=BOB, state=RequestState.EXECUTING),
        change(id="8G4L3R", requester=BOB, state=RequestState.FINISHED),
    ],
    ids=["unknown", "under way", "finished"],
)
def test_whoever_disables_again_second_is_told_who_was_first(
    again: ChangeRequest | None, snapshot: SnapshotAssertion
) -> None:
    """And by which change, if it is known."""
    assert already_disabled_again(done(), again) == snapshot


def test_what_is_active_nowhere_is_not_disabled_again(snapshot: SnapshotAssertion) -> None:
    """The record says what became of the change."""
    assert nothing_active_again(done(), "/token") == snapshot


def test_what_is_disabled_again_is_the_later_change_s_to_undo(
    snapshot: SnapshotAssertion,
) -> None:
    """An undo restores what is left, and where nothing is, it says which change to undo instead."""
    again = active(1, again_by="8G4L3R")

    assert targets_to_restore(several(again, active(2)), NOON, DAY, "/token") == (
        Target("default", "0d0d0d0d0d0d0002", ENABLE),
    )
    assert targets_to_restore(several(again), NOON, DAY, "/token") == snapshot


def test_no_undo_is_offered_of_what_others_have_taken_back() -> None:
    """As long as something is left that an undo can restore, it is."""
    assert not undoable(several(active(1), active(2)), NOON, DAY)
    assert undoable(several(active(1), ended(2, TargetState.DONE)), NOON, DAY)


@pytest.mark.parametrize(
    "original",
    [
        pytest.param(done(undo_of="8G4L3R"), id="an undo"),
        pytest.param(several(state=RequestState.EXECUTING), id="under way"),
        pytest.param(several(state=RequestState.UNRESOLVED), id="not known"),
        pytest.param(change(state=RequestState.VOIDED), id="void"),
        pytest.param(
            several(ended(1, TargetState.FAILED), ended(2, TargetState.REFUSED)), id="in vain"
        ),
    ],
)
def test_what_cannot_be_undone_says_what_to_do(
    original: ChangeRequest, snapshot: SnapshotAssertion
) -> None:
    """And so does what is too old."""
    assert targets_to_restore(original, NOON, DAY, "/token") == snapshot
    assert targets_to_restore(done(), NOON + 2 * DAY, DAY, "/token") == snapshot(name="too old")


def test_a_retry_minds_what_its_author_had_seen() -> None:
    """A description that was to be replaced is replaced only where it still is the same."""
    failed = ended(1, TargetState.FAILED, replaces="0123456789abcdef")

    assert targets_to_retry(several(failed), "/token") == (
        Target("default", failed.authorization_id, DISABLE, replaces="0123456789abcdef"),
    )
