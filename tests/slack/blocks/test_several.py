"""The message of a change of several tokens, in every state that it can be in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.slack.blocks.request import Offer, request_message
from bot.slack.blocks.rich import Message
from bot.slack.blocks.under_way import progress_message
from tests.slack.blocks.samples import (
    BOB,
    FROZEN,
    NOW,
    UPDATES,
    approval,
    checked,
    drawn,
    glass,
    read,
    selection,
    several,
    target,
    timer,
    to_come,
    waiting,
)
from tests.slack.fit_for_people import inline

DONE = tuple(target(number=number) for number in range(1, 13))
FAILED = target(state=TargetState.FAILED, number=13)
LEAKED = several(*DONE, FAILED, selection=selection(), reason="pasted in a gist")
COMING = tuple(to_come(number=number) for number in range(6, 9))
ENDED = [state for state in TargetState if state.final]
EXECUTING = RequestState.EXECUTING


def _message(
    request: ChangeRequest, undo: ChangeRequest | None = None, *, offering: bool = False
) -> Message:
    done, failed = (request.in_state(s) for s in (TargetState.DONE, TargetState.FAILED))
    offer = Offer(undo=offering and bool(done), retry=offering and bool(failed))
    return request_message(request, offer, undo=undo)


def _undone(*targets: Target, state: RequestState = RequestState.FINISHED) -> ChangeRequest:
    return several(*targets, id="8G4M3R", requester=BOB, undo_of="7F3K2Q", state=state)


def _enabled(state: TargetState, *numbers: int) -> tuple[Target, ...]:
    return tuple(target(UPDATES["enable"], state, number=number) for number in numbers)


@pytest.mark.parametrize(
    ("told", "offering"),
    [
        pytest.param(LEAKED, True, id="12 disabled and 1 failed"),
        pytest.param(replace(LEAKED, retried_by="9H5N4S"), False, id="tried again"),
        pytest.param(several(*DONE[:2]), True, id="all done"),
        pytest.param(
            several(*DONE[:1], FAILED, break_glass=glass()), True, id="in part, by break-glass"
        ),
        pytest.param(
            several(*DONE[:1], target(number=2, instance="lab")), True, id="on two instances"
        ),
        pytest.param(
            several(*DONE[:1], FAILED, approval=approval(BOB, granted=True)), True, id="approved"
        ),
        pytest.param(
            several(
                *DONE[:2],
                *(target(state=TargetState.CANCELLED, number=n) for n in (3, 4)),
                cancelled_by="U0BOB",
            ),
            True,
            id="the rest cancelled",
        ),
        pytest.param(several(*DONE[:2], interrupted=1), True, id="interrupted"),
        pytest.param(
            several(FAILED, target(state=TargetState.REFUSED, number=14)), True, id="none done"
        ),
        pytest.param(
            several(*(target(state=state, number=n) for n, state in enumerate(ENDED, start=1))),
            True,
            id="every outcome",
        ),
        pytest.param(
            several(
                *DONE[:1],
                target(state=TargetState.UNKNOWN, number=2),
                state=RequestState.UNRESOLVED,
            ),
            False,
            id="one unknown",
        ),
        pytest.param(
            _undone(*_enabled(TargetState.DONE, 1, 2)), False, id="an undo in its own message"
        ),
        pytest.param(
            several(
                selection=selection(),
                closing=Problem(
                    ErrorCode.NOTHING_SELECTED,
                    "telegraf has no active token on prod that this bot can see. Nothing was "
                    "changed.",
                    "List the user's tokens with list --user.",
                ),
            ),
            False,
            id="none found after it was shown",
        ),
    ],
)
def test_the_outcome(told: ChangeRequest, *, offering: bool, snapshot: SnapshotAssertion) -> None:
    """What did not go as asked comes first, each with why and what to do; then what did."""
    assert read(_message(told, offering=offering)) == snapshot


@pytest.mark.parametrize(
    "undo",
    [
        pytest.param(_undone(*_enabled(TargetState.DONE, *range(1, 13))), id="all"),
        pytest.param(
            _undone(
                *_enabled(TargetState.DONE, *range(1, 11)),
                *_enabled(TargetState.FAILED, 11),
                *_enabled(TargetState.REFUSED, 12),
            ),
            id="in part",
        ),
        pytest.param(
            _undone(*_enabled(TargetState.DONE, 1), *_enabled(TargetState.UNCHANGED, 2)),
            id="one was so already",
        ),
        pytest.param(
            _undone(
                *_enabled(TargetState.DONE, *range(1, 12)),
                *_enabled(TargetState.UNKNOWN, 12),
                state=RequestState.UNRESOLVED,
            ),
            id="one unknown",
        ),
        pytest.param(
            _undone(*_enabled(TargetState.PENDING, *range(1, 13)), state=EXECUTING), id="under way"
        ),
    ],
)
def test_undone(undo: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """The title says so; below it, who undid it, as which change, and what came of that."""
    assert read(_message(LEAKED, undo)) == snapshot


def test_the_elements(snapshot: SnapshotAssertion) -> None:
    """Ids are code, other people's texts are plain, and no two buttons share an action id."""
    assert drawn(_message(LEAKED, offering=True)) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(waiting(state=EXECUTING), id="nothing sent yet"),
        pytest.param(waiting(*DONE[:5], *COMING, state=EXECUTING), id="some done"),
        pytest.param(
            waiting(*DONE[:5], *COMING, state=EXECUTING, held_back=FROZEN), id="held back midway"
        ),
        pytest.param(
            waiting(*DONE[:5], *COMING, state=EXECUTING, cancelled_by="U0BOB"),
            id="the rest cancelled",
        ),
        pytest.param(waiting(to_come(), state=EXECUTING), id="one token"),
        pytest.param(waiting(state=RequestState.ACCEPTED), id="its turn is next"),
        pytest.param(
            waiting(to_come(), state=RequestState.ACCEPTED, held_back=FROZEN), id="one held back"
        ),
        pytest.param(
            waiting(state=RequestState.ACCEPTED, held_back=FROZEN, timer=timer()),
            id="several held back",
        ),
        pytest.param(
            several(state=RequestState.ACCEPTED, held_back=FROZEN, selection=selection()),
            id="a user's tokens held back",
        ),
    ],
)
def test_under_way(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """How far it is; or why it waits although it is its turn, and that it goes on by itself."""
    assert read(_message(told)) == snapshot


def test_the_progress(snapshot: SnapshotAssertion) -> None:
    """How many were sent of those that were to be sent when it began, with a way to stop."""
    begun = waiting(*DONE[:2], FAILED, *COMING, state=EXECUTING)

    assert read(progress_message(begun, 1)) == snapshot


@pytest.mark.parametrize("state", ENDED)
def test_a_thousand_fit(state: TargetState) -> None:
    """However many tokens there are, the message says how many are not listed."""
    targets = [target(state=state, number=number) for number in range(1, 1_001)]
    mixed = [*targets[:500], *(target(number=number) for number in range(1_001, 1_501))]

    for told in (targets, mixed):
        message = checked(_message(several(*told), offering=True))

        words = "".join(str(element.get("text")) for element in inline(message.blocks))
        assert words.count("\n0e840d0499") == 15
        assert f"and {len(told) - 15} more" in words or "and 485 more" in words


def test_what_did_not_go_as_asked_is_never_cut_off() -> None:
    """A hundred done ones leave room for the one that failed."""
    targets = [target(number=number) for number in range(1, 101)]

    message = _message(several(*targets, replace(FAILED, authorization_id="f" * 16)))

    first = [element["text"] for element in inline(message.blocks) if "text" in element]
    assert first[0] == "100 tokens disabled, 1 failed"
    assert "f" * 16 in first[:8]
    assert "f" * 16 in message.text


def test_the_time_of_reading_back_is_that_of_the_last(snapshot: SnapshotAssertion) -> None:
    """They are read back together; where they are not, the last one is told."""
    late = replace(target(number=2), finished_at=NOW + timedelta(seconds=9))

    assert read(_message(several(target(number=1), late))) == snapshot
