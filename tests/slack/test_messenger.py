"""The one message of a change, wherever it had to go, and whatever became of it since."""

from dataclasses import replace

import pytest

from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from tests.slack.disabled import disabled
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"
NOT_POSTED = "Sent to you alone: this bot cannot post in the channel where you asked."


@pytest.fixture
async def outside(here: World) -> World:
    """The bot is no member of the public channel where people ask."""
    channel = here.slack.workspace.channels["C0INCIDENTS"]
    here.slack.add_channel(replace(channel, bot_is_member=False))
    return here


def _delete(here: World, message: Message) -> None:
    here.slack.workspace.delete(message)


async def test_outside_the_channel_the_response_url_posts(outside: World) -> None:
    """Everybody in the channel sees it, and its Undo edits it."""
    message = await disabled(outside)
    buttons = [button.text for button in message.buttons]

    await outside.press(message, "Undo", user="U0BOB")

    assert buttons == ["Undo", "Details"]
    assert [m.plain for m in outside.channel()] == [message.plain]
    assert "Undone by @bob" in message.plain
    assert outside.slack.direct_messages("U0ALICE") == []


async def test_with_the_response_url_used_up_the_requester_is_told(outside: World) -> None:
    """The last way is a direct message that says why it went there; it can be undone."""
    outside.slack.faults.add("response_url", error="used_url", times=9)
    await outside.say(f"disable {TELEGRAF_EDGE_42}")
    (told,) = outside.slack.direct_messages("U0ALICE")
    first = told.plain

    await outside.press(told, "Undo")

    assert "Token disabled" in first
    assert NOT_POSTED in first
    assert outside.channel() == []
    assert "Token disabled, then undone" in told.plain


async def test_an_unknown_outcome_goes_where_it_can_be_edited(outside: World) -> None:
    """A post by the response URL could not be edited later, and would be repeated instead."""
    outside.influxdb.faults.add(Fault.RESET_AFTER, method="PATCH", times=2)
    patched = outside.influxdb.gate("PATCH", PATH, after=True)
    await outside.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await patched.reached.wait()
    outside.influxdb.faults.add(Fault.BAD_GATEWAY_HTML, method="GET", path=PATH, times=6)
    patched.release()
    (told,) = await outside.slack.wait_for(lambda: outside.slack.direct_messages("U0ALICE"))
    first = told.plain

    await outside.slack.wait_for(lambda: "read back at" in told.plain)

    assert "Disabling, outcome unknown" in first
    assert "Token disabled ·" in told.plain
    assert outside.slack.direct_messages("U0ALICE") == [told]
    assert outside.channel() == []


async def test_a_deleted_message_is_replaced_when_its_change_is_undone(here: World) -> None:
    """By command: there is nothing to edit any more, and the channel still learns of the undo."""
    _delete(here, await disabled(here))

    await here.say("undo")

    (message,) = here.channel()
    assert "Token disabled, then undone" in message.plain
    assert message.buttons == []


async def test_a_press_on_a_message_that_is_deleted_meanwhile_is_told(here: World) -> None:
    """By a click that was on its way: the same."""
    first = await disabled(here)
    _delete(here, first)

    await here.press(first, "Undo", outdated=True)

    (message,) = here.channel()
    assert "Token disabled, then undone" in message.plain
    assert len(here.patches()) == 2


async def test_both_copies_tell_of_the_undo(here: World) -> None:
    """Undone from somewhere else, it is the change's own message that is edited."""
    message = await disabled(here)

    await here.say("undo", channel="U0ALICE", user="U0ALICE")
    change_id = message.buttons[0].value
    await here.say(f"undo {change_id}", user="U0BOB")

    assert "Undone by @bob" in message.plain
    assert here.channel() == [message]
    assert "You have asked for no change in this channel that had an effect" in here.last("U0ALICE")


async def test_a_press_that_came_too_late_leaves_no_dead_message(here: World) -> None:
    """Bob is told that Alice is undoing it; her undo is refused, and the button is back."""
    message = await disabled(here)
    gate = here.influxdb.gate("GET", PATH)
    await here.slack.press("U0ALICE", message, "Undo")
    await gate.reached.wait()
    here.influxdb.edit(TELEGRAF_EDGE_42, description="renamed in the UI")
    await here.slack.press("U0BOB", message, "Undo")
    await here.slack.wait_for(lambda: "Undo asked for by @alice" in message.plain)
    meanwhile = list(message.buttons)

    gate.release()
    await here.settled()

    assert meanwhile == []
    assert [button.text for button in message.buttons] == ["Undo", "Details"]
    assert "Undo asked for" not in message.plain
    assert "The token has changed since" in here.last("U0ALICE")
    assert "is already being undone" in here.last("U0BOB")


async def test_an_undo_whose_outcome_is_unknown_says_so(here: World) -> None:
    """The message tells that an undo was asked for, and then what came of it."""
    message = await disabled(here)
    here.influxdb.faults.add(Fault.RESET_AFTER, method="PATCH", times=2)
    patched = here.influxdb.gate("PATCH", PATH, after=True)
    await here.slack.press("U0BOB", message, "Undo")
    await patched.reached.wait()
    here.influxdb.faults.add(Fault.BAD_GATEWAY_HTML, method="GET", path=PATH, times=6)
    patched.release()
    await here.slack.wait_for(lambda: message.edited)
    first, text = message.plain, message.text

    await here.slack.wait_for(lambda: "then undone" in message.plain)

    assert "Token disabled; outcome of the undo unknown" in first
    assert "Undo asked for by @bob" in first
    assert text.endswith("Undo asked for by <@U0BOB>.")
    assert here.channel() == [message]
