"""What people do to a request that waits: confirm, approve, deny, cancel; whoever they are."""

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from bot.sandbox.influxdb.state import api_token
from bot.sandbox.slack import Message
from bot.sandbox.slack.modal_view import View
from tests.attacks import freeze, reload, texts, unfreeze
from tests.slack.listeners.asking import ENABLE, FREE, PATH, POLICY, TWO, asked, statuses
from tests.world import World

INACTIVE, ACTIVE = '{"status":"inactive"}', '{"status":"active"}'


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, where enabling needs somebody of the security group."""
    await idle_world.start(policy=POLICY)
    return idle_world


async def _deny(here: World, message: Message, user: str = cast.CAROL) -> View:
    """Have somebody press Deny, and give the modal that they then have in front of them."""
    await here.press(message, "Deny", user=user)
    view = here.slack.open_view(user)
    assert view is not None
    return view


async def test_the_requester_confirms(here: World) -> None:
    """Nothing is sent before; then both are, and the one message tells of it."""
    message = await asked(here, f"{TWO} --reason stolen")
    before = (texts(message), here.patches(), message.plain)

    delivery = await here.press(message, "Confirm")

    assert before[:2] == (["Confirm", "Cancel"], [])
    assert before[2].startswith("To confirm: disable 2 tokens on default\n")
    assert (delivery.status, delivery.body) == (200, "")
    assert statuses(here) == [INACTIVE, INACTIVE]
    assert message.plain.startswith("2 tokens disabled · on default\n")
    assert texts(message) == ["Undo 2"]
    assert len(here.slack.ephemerals("U0ALICE")) == 1, "the ack of the command is enough"


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (cast.BOB, "can confirm it. Nothing was changed. By @alice."),
        (cast.DAVE, "Not allowed: you hold no role, and this takes an operator."),
    ],
)
async def test_nobody_else_confirms(here: World, user: str, expected: str) -> None:
    """Whoever it is, they learn why; the message stays, and its requester can go on."""
    message = await asked(here, TWO)

    await here.press(message, "Confirm", user=user)

    assert expected in here.last(user)
    assert here.patches() == []
    assert texts(message) == ["Confirm", "Cancel"]
    await here.press(message, "Confirm")
    assert len(here.patches()) == 2


async def test_a_preview_is_good_for_ten_minutes(here: World) -> None:
    """Pressed too late, it says so; the message says what has become of it, without buttons."""
    message = await asked(here, TWO)
    here.now.advance(timedelta(minutes=10, seconds=1))

    await here.press(message, "Confirm", outdated=True)
    await here.slack.wait_for(lambda: message.plain.startswith("Expired"))

    assert "has expired" in here.last()
    assert "Nobody confirmed it in time. Nothing was changed." in message.plain
    assert (here.patches(), message.buttons) == ([], [])


async def test_an_approver_agrees(here: World) -> None:
    """Told who can; then it is done, read back, and the requester is told directly as well."""
    message = await asked(here, ENABLE)
    before = message.plain

    await here.press(message, "Approve", user=cast.CAROL)

    (told,) = here.slack.direct_messages("U0ALICE")
    assert "Votes: 0 of 1\nCan approve: @security" in before
    assert statuses(here) == [ACTIVE]
    assert message.plain.startswith("Token enabled · load test of June\n")
    assert "approved by @carol" in message.plain
    assert told.plain.splitlines()[0].endswith(" is done")


async def test_the_requester_cannot_agree(here: World) -> None:
    """Bob is an approver, and may not approve what he has asked for himself."""
    message = await asked(here, ENABLE, cast.BOB)

    await here.press(message, "Approve", user=cast.BOB)

    assert "you asked for this change yourself, and self_approval is off" in here.last("U0BOB")
    assert "Can help: @security" in here.last("U0BOB")
    assert (here.patches(), texts(message)[0]) == ([], "Approve")


async def test_who_is_no_approver_can_neither_agree_nor_deny(here: World) -> None:
    """Alice may ask, and no more; a modal would promise more than it holds."""
    message = await asked(here, ENABLE)

    for button in ("Approve", "Deny"):
        await here.press(message, button)

        assert "Not allowed: you are an operator, and this takes an approver." in here.last()
    assert here.slack.open_view("U0ALICE") is None
    assert (here.patches(), texts(message)[0]) == ([], "Approve")


async def test_an_approver_denies_with_a_reason(here: World) -> None:
    """The modal names the change; everybody learns who said no, and why; nothing is sent."""
    message = await asked(here, ENABLE)
    view = await _deny(here, message)
    change_id = message.buttons[0].value

    delivery = await here.slack.submit(cast.CAROL, {"Reason": "the audit runs"})
    await here.settled()

    assert view.title == f"Deny change {change_id}"
    assert (delivery.status, delivery.body, view.is_open) == (200, "", False)
    assert message.plain.startswith("Denied: enable load test of June\nBy @carol. Nothing was")
    assert "“the audit runs”" in message.plain
    assert (message.buttons, here.patches()) == ([], [])
    (told,) = here.slack.direct_messages("U0ALICE")
    assert "“the audit runs” By @carol." in told.plain
    assert "approval.denied" in await here.tags()


async def test_a_secret_as_the_reason_stays_in_the_form(here: World) -> None:
    """It is refused where it was typed, and is stored nowhere; written anew, it works."""
    message = await asked(here, ENABLE)
    view = await _deny(here, message)
    secret = api_token("somebody's secret")

    await here.slack.submit(cast.CAROL, {"Reason": f"it is {secret}"})
    await here.settled()
    complaint, still_open = view.plain, view.is_open

    await here.slack.submit(cast.CAROL, {"Reason": "it is in the vault"})
    await here.settled()

    assert "The reason holds what looks like a secret." in complaint
    assert (still_open, view.is_open) == (True, False)
    assert "“it is in the vault”" in message.plain
    assert secret not in str([event.detail for event in await here.events()])


async def test_a_denial_that_comes_too_late_says_so_in_the_form(here: World) -> None:
    """While Carol thinks about why, Bob approves: her form tells her by name."""
    message = await asked(here, ENABLE)
    view = await _deny(here, message)
    await here.press(message, "Approve", user=cast.BOB)

    await here.slack.submit(cast.CAROL, {"Reason": "wait"})
    await here.settled()

    assert (view.is_open, view.title) == (True, "Not denied")
    assert "Nothing more was changed. By @bob." in view.plain
    assert statuses(here) == [ACTIVE]


async def test_a_denial_whose_sender_slack_must_be_asked_about(here: World) -> None:
    """So long after, nobody knows any more who Carol is: the form closes, and she is told alone."""
    message = await asked(here, ENABLE)
    view = await _deny(here, message)
    await here.press(message, "Approve", user=cast.BOB)
    here.now.advance(timedelta(minutes=20))

    delivery = await here.slack.submit(cast.CAROL, {"Reason": "wait"})
    await here.settled()

    assert (delivery.status, delivery.body, view.is_open) == (200, "", False)
    assert "Nothing more was changed. By @bob." in here.last("U0CAROL")


async def test_a_form_that_slack_does_not_open_is_answered(here: World) -> None:
    """No dead button: whoever pressed learns that Slack did not open it."""
    message = await asked(here, ENABLE)
    here.slack.faults.add("views.open", error="fatal_error")

    await here.press(message, "Deny", user=cast.CAROL)

    assert "Slack did not open the form. Nothing was changed." in here.last("U0CAROL")
    assert texts(message)[:2] == ["Approve", "Deny"]


@pytest.mark.parametrize("user", [cast.ALICE, cast.BOB, cast.CAROL])
async def test_the_requester_and_approvers_cancel(here: World, user: str) -> None:
    """What waits is over; everybody sees who ended it."""
    message = await asked(here, TWO)

    await here.press(message, "Cancel", user=user)

    name = here.slack.workspace.people[user].name
    assert message.plain.startswith("Cancelled: disable 2 tokens on default\n")
    assert f"By @{name}. Nothing was changed." in message.plain
    assert (message.buttons, here.patches()) == ([], [])


async def test_nobody_else_cancels(here: World) -> None:
    """Alice cannot cancel what Bob has asked for: that takes an approver."""
    message = await asked(here, TWO, cast.BOB)

    await here.press(message, "Cancel")

    assert "you are an operator, and this takes an approver" in here.last()
    assert texts(message) == ["Confirm", "Cancel"]


async def test_what_failed_is_tried_again(here: World) -> None:
    """One of two fails; Retry sends that one alone, and the first message names the new change."""
    here.influxdb.faults.add(
        Fault.INTERNAL_ERROR, method="PATCH", path=f"{PATH}/{TELEGRAF_EDGE_43}", times=9
    )
    message = await asked(here, TWO)
    await here.press(message, "Confirm")
    first = (message.plain, texts(message))
    here.influxdb.faults.clear()

    await here.press(message, "Retry 1", user=cast.BOB)

    retried = here.channel()[-1]
    assert first[0].startswith("1 token disabled, 1 failed · on default\nFailed, not in effect: 1")
    assert first[1] == ["Undo 1", "Retry 1"]
    assert retried.plain.startswith("Token disabled · telegraf on edge-43\n")
    assert "by @bob" in retried.plain
    assert "What failed was asked for again: change " in message.plain
    assert texts(message) == ["Undo 1"]
    assert here.influxdb.authorization(TELEGRAF_EDGE_43).status == "inactive"


async def test_what_several_had_done_is_undone_after_a_preview(here: World) -> None:
    """The undo is shown in a message of its own; the first one says what came of it."""
    reload(here, FREE)
    message = await asked(here, TWO, cast.BOB)
    await here.press(message, "Confirm", user=cast.BOB)
    await here.press(message, "Undo 2", user=cast.BOB)
    shown = here.channel()[-1]
    before = (shown.plain, texts(shown))

    await here.press(shown, "Confirm", user=cast.BOB)

    assert before[0].startswith("To confirm: enable 2 tokens on default\n")
    assert ", undo of " in before[0]
    assert before[1] == ["Confirm", "Cancel"]
    assert message.plain.startswith("2 tokens disabled, then undone · on default\n")
    assert "Undone by @bob as change " in message.plain
    assert shown.plain.startswith("2 tokens enabled · on default\n")
    assert statuses(here) == [INACTIVE, INACTIVE, ACTIVE, ACTIVE]


async def test_a_timer_is_stopped(here: World) -> None:
    """Keep disabled, whoever of the operators presses it: the message says who did."""
    reload(here, FREE)
    message = await asked(here, f"disable {TELEGRAF_EDGE_42} --for 2h")
    before = texts(message)

    await here.press(message, "Keep disabled", user=cast.BOB)
    await here.slack.wait_for(lambda: "stopped the timer" in message.plain)

    assert before == ["Undo", "Keep disabled", "Details"]
    assert "Stays disabled: @bob stopped the timer." in message.plain
    assert texts(message) == ["Undo", "Details"]
    here.now.advance(timedelta(hours=3))
    await here.settled()
    assert statuses(here) == [INACTIVE]


async def test_a_stop_of_all_changes_holds_back_what_is_confirmed(here: World) -> None:
    """The message says why it waits, and that it goes on by itself, which it does."""
    message = await asked(here, TWO)
    await freeze(here)
    await here.press(message, "Confirm")
    await here.slack.wait_for(lambda: message.plain.startswith("Waiting"))
    waiting = (message.plain, texts(message), here.patches())

    await unfreeze(here)
    await here.slack.wait_for(lambda: message.plain.startswith("2 tokens disabled"))

    assert waiting[0].startswith("Waiting: disable 2 tokens on default\n")
    assert "by token-bot freeze (drill).\nNothing was changed. It is carried out" in waiting[0]
    assert waiting[1:] == (["Cancel"], [])
    assert len(here.patches()) == 2


async def test_many_presses_at_once_move_it_once(here: World) -> None:
    """Everybody hammers on Confirm and Approve: one execution each, and every loser is told."""
    preview, approval = await asked(here, TWO), await asked(here, ENABLE)

    answers = await asyncio.gather(
        *(here.slack.press(cast.ALICE, preview, "Confirm") for _ in range(5)),
        *(here.slack.press(each, approval, "Approve") for each in (cast.BOB, cast.CAROL) * 3),
    )
    await here.settled()

    assert {answer.status for answer in answers} == {200}
    assert sorted(map(str, statuses(here))) == [ACTIVE, INACTIVE, INACTIVE]
    lost = [
        told.plain
        for user in (cast.ALICE, cast.BOB, cast.CAROL)
        for told in here.slack.ephemerals(user)
        if "Nothing more was changed." in told.plain
    ]
    assert len(lost) == 4 + 5
