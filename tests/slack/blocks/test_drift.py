"""What was disabled is active again, and not by this bot."""

from dataclasses import replace
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.request import ChangeRequest, Drift
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain, Target
from bot.slack.blocks.action_ids import drift_number
from bot.slack.blocks.drift import drift_message
from bot.slack.blocks.request import Offer, request_message
from tests.slack.blocks.samples import (
    BOB,
    NOW,
    TOKEN,
    UPDATES,
    change,
    checked,
    drawn,
    read,
    several,
    target,
    timer,
    to_come,
    undo,
    waiting,
)

LATER = NOW + timedelta(minutes=7)


def active(was: Target, drift: int = 0, again_by: str | None = None, **fields: object) -> Target:
    """Let a target be found active again."""
    token = replace(was.before or TOKEN, updated_at=LATER, **fields)  # type: ignore[arg-type]  # its own
    return replace(was, active_again=ActiveAgain(token, drift, again_by))


def found(request: ChangeRequest, *targets: Target) -> ChangeRequest:
    """Let targets of a request be found active again at one look."""
    return replace(request.with_targets(*targets), drifts=(Drift(0, LATER), Drift(1, LATER)))


def nameless() -> Target:
    """Let a token without a description be found, on a server that does not tell when."""
    was = active(target())
    token = replace(TOKEN, updated_at=None, description="")
    return replace(was, active_again=ActiveAgain(token, 0))


ONE = found(change(reason="pasted in a gist"), active(target()))
RENAMED = found(change(), active(target(), description="telegraf, renamed"))
TOKENS = [target(number=number) for number in range(1, 21)]
TWO = found(several(*TOKENS[:3]), *(active(each) for each in TOKENS[:2]))
MANY = found(several(*TOKENS), *(active(each) for each in TOKENS))
LAST = found(several(*TOKENS[:3]), active(TOKENS[0]), active(TOKENS[1], 1))
ELSEWHERE = found(
    several(target(number=1), target(number=2, instance="lab")),
    *(active(target(number=n, instance=name)) for n, name in ((1, "prod"), (2, "lab"))),
)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(ONE, id="one"),
        pytest.param(RENAMED, id="one, renamed"),
        pytest.param(found(change(), nameless()), id="an old server"),
        pytest.param(TWO, id="two of three"),
        pytest.param(ELSEWHERE, id="on two instances"),
        pytest.param(LAST, id="one of three"),
        pytest.param(found(undo(update=UPDATES["disable"]), active(target())), id="of an undo"),
    ],
)
def test_active_again(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """Which tokens, since when, that it was not this bot, how it may have come; a button."""
    assert read(drift_message(told, 0, None)) == snapshot


def test_its_blocks(snapshot: SnapshotAssertion) -> None:
    """Each element, as Slack gets it."""
    assert drawn(drift_message(ONE, 0, None, "Sent to you alone.")) == snapshot


def test_many(snapshot: SnapshotAssertion) -> None:
    """As many as fit are listed, and the others counted."""
    assert read(drift_message(MANY, 0, None)) == snapshot


def test_a_later_look_has_a_button_of_its_own(snapshot: SnapshotAssertion) -> None:
    """Its place names the drift, so that it disables no more than it says."""
    assert read(drift_message(LAST, 1, None)) == snapshot


AGAIN = {
    "waits": waiting(id="8G4M3R", requester=BOB, again_of="7F3K2Q"),
    "under way": several(
        to_come(), id="8G4M3R", requester=BOB, state=RequestState.EXECUTING, again_of="7F3K2Q"
    ),
    "done": change(id="8G4M3R", requester=BOB, again_of="7F3K2Q"),
    "in part": several(
        target(number=1),
        target(number=2, state=TargetState.FAILED),
        id="8G4M3R",
        requester=BOB,
        again_of="7F3K2Q",
    ),
}


@pytest.mark.parametrize("how", AGAIN)
@pytest.mark.parametrize("told", [ONE, TWO], ids=["one", "two"])
def test_disabled_again(told: ChangeRequest, how: str, snapshot: SnapshotAssertion) -> None:
    """By whom and as which change; no button is left against it."""
    assert read(drift_message(told, 0, AGAIN[how])) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(ONE, id="one"),
        pytest.param(found(change(), active(target(), again_by="8G4M3R")), id="one, again"),
        pytest.param(TWO, id="two of three"),
        pytest.param(MANY, id="many"),
        pytest.param(
            found(
                several(*TOKENS[:3]),
                active(TOKENS[0], 0, "8G4M3R"),
                active(TOKENS[1], 1, "9H5N4S"),
            ),
            id="two looks",
        ),
    ],
)
def test_the_changes_own_message(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """It says so as well, and what becomes of it."""
    assert read(request_message(told, Offer())) == snapshot


def test_the_message_of_an_undone_enable(snapshot: SnapshotAssertion) -> None:
    """What an undo had disabled is told where the undo is."""
    enabled = change(UPDATES["enable"])
    back = found(undo(update=UPDATES["disable"]), active(target()))

    assert read(request_message(enabled, Offer(), undo=back)) == snapshot


@pytest.mark.parametrize(
    "text", ["<!channel>", "*x* <@U0BOB> `y`", "<https://example.org|y>", "\u202etxt", "a" * 5_000]
)
def test_nothing_comes_out_of_a_description(text: str) -> None:
    """Whatever somebody has written into it."""
    told = found(several(*TOKENS[:2]), *(active(each, description=text) for each in TOKENS[:2]))

    checked(drift_message(found(change(reason=text), active(target(), description=text)), 0, None))
    checked(drift_message(told, 0, None))


@pytest.mark.parametrize(
    ("place", "number"), [("", 0), ("1", 1), ("12", 12), ("x", -1), ("-1", -1), ("٣", -1)]
)
def test_the_place_of_a_button(place: str, number: int) -> None:
    """What is no place names no drift that there is."""
    assert drift_number(place) == number


def test_disabled_since_by_others(snapshot: SnapshotAssertion) -> None:
    """Disabled by somebody's command meanwhile: by whom, as which change; no button against it."""
    since = change(id="5CCAT4", requester=BOB)

    assert read(drift_message(ONE, 0, None, since=[since])) == snapshot


@pytest.mark.parametrize("stopped_by", ["", "U0BOB"], ids=["runs", "stopped"])
@pytest.mark.parametrize("told", [pytest.param(ONE, id="all"), pytest.param(TWO, id="some")])
def test_with_a_timer(told: ChangeRequest, stopped_by: str, snapshot: SnapshotAssertion) -> None:
    """What is active again does not end by itself, nor stay disabled; the others do."""
    timed = replace(told, timer=timer(running=not stopped_by, stopped_by=stopped_by))

    assert read(request_message(timed, Offer())) == snapshot
