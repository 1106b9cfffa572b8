"""P5: whatever Slack does, the change is made at once, and each message comes, once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.attacks import ACTIVE, INACTIVE, SIMPLE, told
from tests.slack.traces import answers
from tests.world import World

POST = "chat.postMessage"
# The feed gets a copy of each outcome; enabling needs somebody of the security group.
FEED = cast.SECOND_PERSON
CHANNELS_WITH_FEED = f"""{SIMPLE}
[channels]
feed = "{cast.SECURITY}"
"""


def trouble(here: World, method: str, *, after: int = 0, times: int = 2) -> None:
    """Have calls go wrong after some that go well."""
    if after:
        here.slack.faults.add(method, times=after)
    here.slack.faults.add(method, status=500, times=times)


async def disable(here: World, token: str = TELEGRAF_EDGE_42) -> None:
    """Have somebody ask for a disable, and do not wait for its outcome."""
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {token}")


async def posted(here: World, channel: str = cast.INCIDENTS, count: int = 1) -> list[Message]:
    """Wait until there are so many messages in a channel, and give what is there at last."""
    await here.slack.wait_for(lambda: len(here.channel(channel)) >= count, 10)
    await here.settled()
    return here.channel(channel)


async def announced(here: World) -> None:
    """Wait until every request is announced, with nothing left to be tried again."""
    requests = [event.change_id for event in await here.events() if event.change_id]
    async with asyncio.timeout(10):
        for change_id in dict.fromkeys(requests):
            while not (await here.request(change_id)).announced:
                await here.settled()


async def test_slack_answers_429_500_and_503_to_the_first_posts(here: World) -> None:
    """InfluxDB is changed while nothing can be posted; the message comes when Slack does."""
    here.slack.faults.add(POST, status=429, retry_after=1)
    here.slack.faults.add(POST, status=500)
    here.slack.faults.add(POST, status=503)

    await disable(here)
    await here.slack.wait_for(lambda: answers(here) == [429])
    changed = here.influxdb.authorization(TELEGRAF_EDGE_42).status
    standing = here.channel()
    (message,) = await posted(here)

    assert (changed, standing) == ("inactive", [])
    assert answers(here) == [429, 500, 503, 200]
    assert [body for _, body in here.patches()] == [INACTIVE]
    assert message.plain.startswith("Token disabled · telegraf on edge-42")
    first, second = [call.at for call in here.slack.journal if call.method == POST][:2]
    assert second - first >= timedelta(seconds=1)


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"error": "ratelimited"}, {"error": "token_revoked"}, {"drop": True}]
)
async def test_slack_is_down_for_longer_than_a_restart(here: World, fault: dict[str, Any]) -> None:
    """The next process posts what this one could not."""
    here.slack.faults.add(POST, times=10_000, **fault)
    await disable(here)
    await here.slack.wait_for(lambda: len(answers(here)) >= 2)
    await here.stop()

    await here.start()
    tried = len(answers(here))
    await here.slack.wait_for(lambda: len(answers(here)) > tried)
    standing = here.channel()
    here.slack.faults.clear()
    messages = await posted(here)

    assert standing == []
    assert ["Token disabled" in message.plain for message in messages] == [True]
    assert len(here.patches()) == 1


async def test_stopped_while_a_message_waits_for_its_turn(idle_world: World) -> None:
    """The stop does not wait for it; the next process posts it, and the first one not again."""
    here = idle_world
    here.timing = replace(here.timing, post_interval=timedelta(minutes=10))
    await here.start()
    await disable(here)
    await posted(here)
    gate = here.influxdb.gate("PATCH", f"/api/v2/authorizations/{TELEGRAF_EDGE_43}")
    await disable(here, TELEGRAF_EDGE_43)
    await here.reached(gate)
    gate.release()
    await here.stop()
    standing = len(here.channel())

    here.now.advance(timedelta(minutes=10))
    await here.start()
    messages = await posted(here, count=2)

    assert standing == 1
    assert ["edge-42" in messages[0].plain, "edge-43" in messages[1].plain] == [True, True]
    assert (len(messages), len(here.patches())) == (2, 2)


async def test_the_copy_in_the_feed_fails(idle_world: World) -> None:
    """It is tried again; what everybody has seen in the channel is not posted again."""
    here = idle_world
    await here.start(policy=CHANNELS_WITH_FEED)
    trouble(here, POST, after=1)

    await disable(here)
    (copy,) = await posted(here, cast.SECURITY)
    await announced(here)

    assert answers(here) == [200, 500, 500, 200]
    assert len(here.channel()) == 1
    assert copy.plain == here.channel()[0].plain


async def test_the_copy_fails_after_a_response_url_posted(idle_world: World) -> None:
    """What was posted by a response URL leaves no place to edit, and is not posted again."""
    here = idle_world
    channel = here.slack.workspace.channels[cast.INCIDENTS]
    here.slack.add_channel(replace(channel, bot_is_member=False))
    await here.start(policy=CHANNELS_WITH_FEED)
    trouble(here, POST, after=1)

    await disable(here)
    await posted(here, cast.SECURITY)
    await announced(here)

    assert answers(here, "response_url") == [200]
    assert len(here.channel()) == len(here.channel(cast.SECURITY)) == 1
    assert here.slack.direct_messages(cast.ALICE) == []


async def test_the_direct_message_to_the_requester_fails(idle_world: World) -> None:
    """Whoever waited for an approval is told of the outcome, and nobody reads it twice."""
    here = idle_world
    await here.start(policy=FEED)
    await here.say(f"enable {INACTIVE_LOAD_TEST} --reason load test")
    (message,) = here.channel()
    # The copy in the feed, and then what fails.
    trouble(here, POST, after=1)

    await here.slack.press(cast.CAROL, message, "Approve")
    await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE), 10)
    await announced(here)

    (note,) = here.slack.direct_messages(cast.ALICE)
    assert note.plain.startswith("Your change ")
    assert answers(here) == [200, 200, 500, 500, 200]
    assert (len(here.channel()), len(here.channel(cast.SECURITY))) == (1, 1)


async def test_the_note_before_a_timers_end_fails(idle_world: World) -> None:
    """It is tried again, and read once; the end itself does not wait for it."""
    here = idle_world
    await here.start(policy=SIMPLE)
    await here.say(f"disable {TELEGRAF_EDGE_42} --for 1h")
    trouble(here, POST)

    here.now.advance(timedelta(minutes=51))
    await told(here, "About to be enabled again")
    here.now.advance(timedelta(minutes=9))
    await here.slack.wait_for(lambda: "then undone" in here.channel()[0].plain, 10)

    assert len(here.slack.direct_messages(cast.ALICE)) == 1
    assert answers(here) == [200, 500, 500, 200]


async def test_a_timer_ends_while_slack_is_down(idle_world: World) -> None:
    """The token is enabled again at its time; once Slack is back, one message tells of both."""
    here = idle_world
    # What has failed for an hour is tried again in an hour: the undo, which is younger, is first.
    pauses = replace(here.timing.tempo.pauses, longest=timedelta(hours=1))
    tempo = replace(here.timing.tempo, pauses=pauses)
    here.timing = replace(here.timing, tempo=tempo)
    await here.start(policy=SIMPLE)
    trouble(here, POST, times=999)
    timed = f"disable {TELEGRAF_EDGE_42} --for 1h"
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", timed)
    await here.slack.wait_for(lambda: len(here.patches()) == 1, 10)

    here.now.advance(timedelta(hours=1))
    await here.slack.wait_for(lambda: len(here.patches()) == 2, 10)
    assert here.channel() == []
    here.slack.faults.clear()
    await posted(here)
    here.now.advance(timedelta(hours=1))
    await announced(here)

    assert [body for _, body in here.patches()] == [INACTIVE, ACTIVE]
    (message,) = here.channel()
    assert "then undone" in message.plain
    assert message.buttons == []


async def test_the_answer_to_an_undo_fails_after_its_copy_was_posted(idle_world: World) -> None:
    """The copy in the feed was deleted, so the undo is posted there, once."""
    here = idle_world
    await here.start(policy=CHANNELS_WITH_FEED)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (copy,) = here.channel(cast.SECURITY)
    here.slack.workspace.delete(copy)
    here.slack.faults.add("response_url", error="used_url", times=9)
    here.slack.faults.add("chat.postEphemeral", status=500, times=9)
    trouble(here, POST, after=1)

    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", "undo")
    await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE), 10)
    await announced(here)

    (again,) = here.channel(cast.SECURITY)
    assert "then undone" in again.plain
    assert len(here.slack.direct_messages(cast.ALICE)) == 1
    assert len(here.channel()) == 1
