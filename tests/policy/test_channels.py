"""Where the bot may be used, and who reads what comes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.attacks import APPROVALS, INACTIVE, SIMPLE, become, path, texts, told
from tests.policy.feed import FEED
from tests.world import World

ALLOWED = f"""{SIMPLE}
[channels]
allowed = ["C0INCIDENTS"]
"""
NOWHERE = f"""{SIMPLE}
[channels]
allowed = []
"""
NOT_DIRECT = f"""{SIMPLE}
[channels]
direct = false
"""
FEED_ALLOWED = f"""{SIMPLE}
[channels]
allowed = ["C0INCIDENTS"]
feed = "C0SECURITY"
"""
SHARED_LISTED = f"""{SIMPLE}
[channels]
allowed = ["C0SHARED"]
"""
DISABLE = f"disable {TELEGRAF_EDGE_42}"


def leave_channel(here: World, user: str, channel: str = cast.INCIDENTS) -> None:
    """Take somebody out of a channel, which is private from then on."""
    now = here.slack.workspace.channels[channel]
    members = frozenset(now.members) - {user}
    here.slack.add_channel(replace(now, members=members, is_private=True))


@pytest.mark.parametrize("text", [DISABLE, "list", "history", "undo", f"show {TELEGRAF_EDGE_42}"])
async def test_a_channel_that_is_not_listed(idle_world: World, text: str) -> None:
    """Nothing is changed or read out there, and the answer says where to ask."""
    await idle_world.start(policy=ALLOWED)

    await idle_world.say(text, user=cast.BOB, channel=cast.SECURITY)

    assert "this bot is not used in this channel" in idle_world.last(cast.BOB)
    assert "C0INCIDENTS" in idle_world.last(cast.BOB)
    assert idle_world.influxdb.journal == []


async def test_a_channel_that_is_listed(idle_world: World) -> None:
    """Where it is listed it works as ever."""
    await idle_world.start(policy=ALLOWED)

    await idle_world.say(DISABLE)

    assert idle_world.patches() == [(path(), INACTIVE)]


async def test_no_channel_is_listed(idle_world: World) -> None:
    """An empty list is nowhere, and not everywhere; direct messages are another matter."""
    await idle_world.start(policy=NOWHERE)

    await idle_world.say(DISABLE)
    refused = idle_world.last()
    await idle_world.say(DISABLE, channel=cast.ALICE)

    assert "this bot is not used in this channel" in refused
    assert idle_world.patches() == [(path(), INACTIVE)]


async def test_a_click_in_a_channel_that_is_not_listed_any_more(idle_world: World) -> None:
    """Clicks on messages are covered as commands are."""
    await idle_world.start(policy=SIMPLE)
    await idle_world.say(DISABLE, user=cast.BOB, channel=cast.SECURITY)
    (message,) = idle_world.channel(cast.SECURITY)
    idle_world.write_policy(ALLOWED)
    assert idle_world.bot is not None
    assert idle_world.bot.reload()

    await idle_world.press(message, "Undo", user=cast.BOB)

    assert "this bot is not used in this channel" in idle_world.last(cast.BOB)
    assert len(idle_world.patches()) == 1


async def test_whoami_and_help_work_everywhere(idle_world: World) -> None:
    """Who is lost finds out why."""
    await idle_world.start(policy=ALLOWED)

    await idle_world.say("whoami", user=cast.BOB, channel=cast.SECURITY)
    assert "Your roles" in idle_world.last(cast.BOB)
    await idle_world.say("help", user=cast.BOB, channel=cast.SECURITY)
    assert "/token disable" in idle_world.last(cast.BOB)


async def test_direct_messages_are_switched_off(idle_world: World) -> None:
    """Changes are refused there, readings are not."""
    await idle_world.start(policy=NOT_DIRECT)

    await idle_world.say(DISABLE, channel=cast.ALICE)
    refused = idle_world.last()
    await idle_world.say("list edge-42", channel=cast.ALICE)

    assert "changes from direct messages and Home are switched off" in refused
    assert "telegraf on edge-42" in idle_world.last()
    assert idle_world.patches() == []


async def test_a_button_in_a_direct_message_that_is_switched_off(idle_world: World) -> None:
    """A row's Disable in a direct message is a change from there."""
    await idle_world.start(policy=NOT_DIRECT)
    await idle_world.say("list edge-42", channel=cast.ALICE)

    await idle_world.press(idle_world.slack.ephemerals(cast.ALICE)[-1], "Disable")

    assert "changes from direct messages and Home are switched off" in idle_world.last()
    assert idle_world.patches() == []


async def test_what_waits_is_cancelled_from_a_direct_message(idle_world: World) -> None:
    """That is no change; so are votes, and Keep disabled under what the bot itself wrote there."""
    await idle_world.start(policy=NOT_DIRECT)
    await idle_world.say(f"{DISABLE} {TELEGRAF_EDGE_43}")
    await idle_world.say("pending", channel=cast.ALICE)

    await idle_world.press(idle_world.slack.ephemerals(cast.ALICE)[-1], "Cancel")

    (message,) = idle_world.channel()
    assert message.plain.startswith("Cancelled")


async def in_feed(here: World) -> Message:
    """Give the one message of the feed."""
    (copy,) = here.channel(cast.SECURITY)
    return copy


async def test_the_feed(idle_world: World) -> None:
    """Every change is posted there as well, and its copy is edited on undo."""
    await idle_world.start(policy=FEED)
    await idle_world.say(DISABLE)
    (message,) = idle_world.channel()
    copy = await in_feed(idle_world)
    assert copy.plain == message.plain

    await idle_world.press(message, "Undo", user=cast.BOB)

    assert "Undone by @bob" in message.plain
    assert "Undone by @bob" in copy.plain
    assert copy.buttons == message.buttons == []
    await in_feed(idle_world)


async def test_an_undo_in_the_feed(idle_world: World) -> None:
    """Undone from its copy, both say so."""
    await idle_world.start(policy=FEED_ALLOWED)
    await idle_world.say(DISABLE)
    copy = await in_feed(idle_world)

    await idle_world.press(copy, "Undo", user=cast.CAROL)

    assert "Undone by @carol" in copy.plain
    assert "Undone by @carol" in idle_world.channel()[0].plain
    assert len(idle_world.patches()) == 2


async def test_a_change_from_a_direct_message_goes_to_the_feed(idle_world: World) -> None:
    """What is done where nobody reads along is posted where somebody does, once."""
    await idle_world.start(policy=FEED)

    await idle_world.say(DISABLE, channel=cast.ALICE)

    copy = await in_feed(idle_world)
    assert "Token disabled" in copy.plain
    assert texts(copy) == ["Undo", "Details"]


async def test_several_in_the_feed(idle_world: World) -> None:
    """A change of several is copied when it is finished; its undo edits the copy."""
    await idle_world.start(policy=FEED)
    await idle_world.say(f"{DISABLE} {TELEGRAF_EDGE_43}")
    message = idle_world.channel()[0]
    assert idle_world.channel(cast.SECURITY) == []
    await idle_world.press(message, "Confirm")
    copy = await in_feed(idle_world)
    assert copy.plain == message.plain

    await idle_world.press(message, "Undo 2")
    await idle_world.press(idle_world.channel()[-1], "Confirm")

    assert "Undone by @alice" in message.plain
    assert "Undone by @alice" in copy.plain
    assert copy.buttons == []


async def test_a_requester_out_of_reach_holds_up_nothing(
    idle_world: World,
) -> None:
    """Alice is gone when it is approved: it is refused, and told as far as it can be."""
    await idle_world.start(policy=f'{APPROVALS}\n[channels]\nfeed = "C0SECURITY"\n')
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    (message,) = idle_world.channel()
    change_id = str(message.buttons[0].value)
    become(idle_world, cast.ALICE, deleted=True)
    idle_world.now.advance(timedelta(minutes=10))

    await idle_world.press(message, "Approve", user=cast.BOB)

    change = await idle_world.request(change_id)
    assert change.announced
    assert change.feed_message is not None
    await in_feed(idle_world)
    assert "Not allowed any more" in message.plain


async def test_a_feed_that_cannot_be_reached(idle_world: World) -> None:
    """Failing to post there stops no change and no message."""
    security = idle_world.slack.workspace.channels[cast.SECURITY]
    idle_world.slack.add_channel(replace(security, is_archived=True))
    await idle_world.start(policy=FEED)

    await idle_world.say(DISABLE)

    assert idle_world.patches() == [(path(), INACTIVE)]
    assert "Token disabled" in idle_world.channel()[0].plain


async def test_a_shared_channel(idle_world: World) -> None:
    """In a channel shared with others, details go to the requester alone."""
    await idle_world.start(policy=SIMPLE)

    await idle_world.say(DISABLE, channel=cast.SHARED)

    assert idle_world.channel(cast.SHARED) == []
    words = await told(idle_world, "Token disabled")
    assert "shared with another organisation" in words


async def test_a_shared_channel_that_is_listed(idle_world: World) -> None:
    """Whoever runs the bot has listed it: it is posted there."""
    await idle_world.start(policy=SHARED_LISTED)

    await idle_world.say(DISABLE, channel=cast.SHARED)

    (message,) = idle_world.channel(cast.SHARED)
    assert "Token disabled" in message.plain
    await idle_world.press(message, "Undo", user=cast.VISITOR)
    assert "you belong to another Slack workspace" in idle_world.last(cast.VISITOR)
    assert len(idle_world.patches()) == 1


async def test_the_requester_has_left_the_channel(idle_world: World) -> None:
    """Approved after they left: they are told in a direct message."""
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    (message,) = idle_world.channel()
    leave_channel(idle_world, cast.ALICE)

    await idle_world.press(message, "Approve", user=cast.BOB)

    (direct,) = idle_world.slack.direct_messages(cast.ALICE)
    assert "is done" in direct.plain
    assert "load test of June" in direct.plain


async def test_the_requester_of_a_denied_change_has_left(idle_world: World) -> None:
    """So they are when it was denied, with the reason and by whom."""
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    (message,) = idle_world.channel()
    leave_channel(idle_world, cast.ALICE)
    await idle_world.press(message, "Deny", user=cast.BOB)

    await idle_world.slack.submit(cast.BOB, {"Reason": "ask the owner first"})
    await idle_world.settled()

    (direct,) = idle_world.slack.direct_messages(cast.ALICE)
    assert "was not carried out" in direct.plain
    assert "ask the owner first" in direct.plain
    assert "@bob" in direct.plain


async def test_a_requester_who_cancels_is_not_told_so(idle_world: World) -> None:
    """Whoever takes a request back knows that it was."""
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    (message,) = idle_world.channel()

    await idle_world.press(message, "Cancel")

    assert message.plain.startswith("Cancelled")
    assert idle_world.slack.direct_messages(cast.ALICE) == []


async def test_the_requester_of_an_expired_change_has_left(idle_world: World) -> None:
    """And when nobody agreed in time."""
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    change = await idle_world.request(str(idle_world.channel()[0].buttons[0].value))
    leave_channel(idle_world, cast.ALICE)
    assert change.expires_at is not None
    idle_world.now.advance(change.expires_at - idle_world.now())

    words = await told(idle_world, "was not carried out")

    assert "Not enough approvers agreed in time" in words
