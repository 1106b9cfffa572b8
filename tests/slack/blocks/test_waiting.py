"""What waits for people: to be chosen, confirmed or approved."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.update import AuthorizationUpdate
from bot.slack.blocks.request import Offer, request_message
from bot.slack.blocks.rich import Message
from tests.slack.blocks.samples import (
    BOB,
    CAROL,
    OPERATOR,
    TOKEN,
    UPDATES,
    approval,
    checked,
    choices,
    drawn,
    read,
    selection,
    several,
    target,
    timer,
    to_come,
    waiting,
)
from tests.slack.fit_for_people import inline

ENABLE = UPDATES["enable"]
ASKING = RequestState.AWAITING_APPROVAL
OF_OTHERS = replace(TOKEN, id="0e840d0499003004", user_id="0e840d0499003009", user="grafana")
LEFT_OUT = (
    target(state=TargetState.REFUSED, number=50),
    target(state=TargetState.FAILED, number=51),
    target(state=TargetState.UNCHANGED, number=52),
)
UNFOUND = replace(to_come(), instance="", before=None)


def _described_anew(number: int) -> AuthorizationUpdate:
    return replace(ENABLE, description=f"telegraf on edge-{number}, before the leak")


def _message(request: ChangeRequest, note: str = "") -> Message:
    return request_message(request, Offer(undo=True, retry=True), note=note)


def _forty() -> list[ChangeRequest]:
    targets = [to_come(number=number) for number in range(1, 41)]
    return [waiting(*targets), waiting(*targets, selection=selection())]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(waiting(reason="pasted in a gist"), id="two tokens"),
        pytest.param(_forty()[0], id="forty tokens"),
        pytest.param(_forty()[1], id="forty tokens of one user"),
        pytest.param(waiting(to_come(number=1), to_come(number=2), *LEFT_OUT), id="some left out"),
        pytest.param(waiting(to_come(number=1), *LEFT_OUT), id="one left"),
        pytest.param(waiting(to_come(), selection=selection()), id="a user with one token"),
        pytest.param(waiting(timer=timer()), id="for two hours"),
        pytest.param(
            waiting(
                to_come(UPDATES["both"], number=1),
                to_come(UPDATES["both"], number=2),
            ),
            id="described as well",
        ),
        pytest.param(
            waiting(
                to_come(number=1),
                to_come(token=OF_OTHERS, instance="lab"),
            ),
            id="of several users on several instances",
        ),
        pytest.param(
            waiting(
                to_come(ENABLE, number=1),
                to_come(ENABLE, number=2),
                undo_of="5D2J1P",
            ),
            id="undo of several",
        ),
        pytest.param(
            waiting(
                to_come(_described_anew(1), number=1),
                to_come(_described_anew(2), number=2),
                undo_of="5D2J1P",
            ),
            id="undo that describes each anew",
        ),
        pytest.param(waiting(retry_of="5D2J1P"), id="retry of several"),
        pytest.param(
            waiting(
                to_come(token=replace(TOKEN, permissions=OPERATOR)),
                to_come(number=2),
            ),
            id="with an operator token",
        ),
    ],
)
def test_a_preview(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """What would be changed, what is left out and why, what that means, and until when."""
    assert read(_message(told)) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(waiting(UNFOUND, choices=choices()), id="two instances"),
        pytest.param(waiting(UNFOUND, choices=choices()[:1]), id="one answers"),
        pytest.param(waiting(UNFOUND, choices=choices(), timer=timer()), id="for two hours"),
        pytest.param(
            waiting(replace(UNFOUND, update=UPDATES["describe"]), choices=choices()), id="describe"
        ),
    ],
)
def test_a_choice(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """What each instance has under the id, and a button for each that says what it does."""
    assert drawn(_message(told)) == snapshot


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            waiting(to_come(ENABLE), state=ASKING, approval=approval(quorum=2)), id="0 of 2 votes"
        ),
        pytest.param(
            waiting(to_come(ENABLE), state=ASKING, approval=approval(BOB, quorum=2)),
            id="1 of 2 votes",
        ),
        pytest.param(
            waiting(to_come(ENABLE), state=ASKING, approval=approval(BOB, CAROL, quorum=2)),
            id="2 of 2 votes",
        ),
        pytest.param(
            waiting(to_come(UPDATES["describe"]), state=ASKING, approval=approval()), id="describe"
        ),
        pytest.param(
            waiting(to_come(UPDATES["both"]), state=ASKING, approval=approval()),
            id="disable and describe",
        ),
        pytest.param(waiting(state=ASKING, approval=approval()), id="several"),
        pytest.param(
            waiting(to_come(), state=ASKING, approval=approval(), timer=timer()), id="for two hours"
        ),
        pytest.param(
            waiting(to_come(ENABLE), state=ASKING, approval=approval(), undo_of="5D2J1P"),
            id="undo",
        ),
        *(
            pytest.param(
                waiting(
                    to_come(update, token=replace(TOKEN, permissions=OPERATOR)),
                    state=ASKING,
                    approval=approval(),
                ),
                id=f"{update.kind} an operator token",
            )
            for update in (ENABLE, UPDATES["disable"])
        ),
        pytest.param(
            waiting(
                to_come(ENABLE, token=replace(TOKEN, permissions=())),
                state=ASKING,
                approval=approval(),
            ),
            id="a token that allows nothing",
        ),
    ],
)
def test_an_approval(told: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """Why it needs one, who can give it, who has, what it would change, and until when."""
    assert read(_message(told)) == snapshot


def test_a_few_of_many_approvers_are_named() -> None:
    """A mention rings somebody's telephone; fifty of them would help nobody."""
    everybody = tuple(f"U{number:09}" for number in range(50))
    asked = replace(approval(), approvers=everybody)

    message = _message(waiting(to_come(ENABLE), state=ASKING, approval=asked))

    mentioned = [e["user_id"] for e in inline(message.blocks) if e["type"] == "user"]
    assert mentioned == [*everybody[:10], "U0ALICE"]
    assert message.text.count("<@") == 11
    assert message.text.endswith(" and 40 more.")


@pytest.mark.parametrize("state", [RequestState.PREVIEWED, ASKING, RequestState.ACCEPTED])
def test_a_note_is_the_last_line(state: RequestState) -> None:
    """Why it was sent to one person alone."""
    note = "Sent to you alone: a made-up reason."

    message = checked(_message(waiting(state=state, approval=approval()), note))

    assert [e for e in inline(message.blocks) if "text" in e][-1]["text"] == note


@pytest.mark.parametrize("state", [RequestState.PREVIEWED, ASKING])
def test_the_longest_fit(state: RequestState) -> None:
    """With everything at its longest, nothing has to be left out."""
    long = "& <long>" * 1_000
    token = replace(TOKEN, description=long, user=long, org=long)
    update = AuthorizationUpdate(TOKEN.status, description=long)
    targets = [
        replace(target(update, each, token=replace(token, id=f"{n:016x}", user_id=f"{n:x}")))
        for n, each in enumerate(
            [TargetState.PENDING, TargetState.REFUSED, TargetState.FAILED, TargetState.UNCHANGED]
            * 20
        )
    ]
    targets = [
        replace(each, problem=each.problem and replace(each.problem, message=long, hint=long))
        for each in targets
    ]
    asked = replace(approval(BOB), rule=long)

    for shown in (targets, targets[:1]):
        request = waiting(*shown, state=state, approval=asked, reason=long, timer=timer())
        checked(_message(replace(request, selection=selection()), note=long[:200]))
        checked(_message(several(*shown, reason=long, timer=timer(running=True))))
