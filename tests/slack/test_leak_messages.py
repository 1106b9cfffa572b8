"""What goes with a leaked secret's receipt: the thread, the owner's message, the feed."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Mode
from bot.sandbox.influxdb.organisation import BOT_AUTHORIZATION, TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from bot.sandbox.slack import Message
from tests.reporting import START, in_order, report, secret_of
from tests.world import World, world

SECRET = secret_of(TELEGRAF_EDGE_42)
OWNED = f"""
[roles]
operator = ["{cast.ONCALL_GROUP}"]
approver = ["{cast.SECURITY_GROUP}"]

[channels]
feed = "{cast.SECURITY}"

[approval]
needed_for = ["enable"]

[owners]
telegraf = "{cast.DAVE}"
"""


def top(here: World, channel: str = cast.INCIDENTS) -> list[Message]:
    """Give the messages of a channel that are no replies."""
    return [each for each in here.channel(channel) if each.thread_ts is None]


def thread(here: World, channel: str = cast.INCIDENTS) -> list[str]:
    """Give the replies in a channel."""
    return [each.plain for each in here.channel(channel) if each.thread_ts is not None]


def direct(here: World, user: str) -> list[str]:
    """Give what the bot has written to somebody directly."""
    return [each.plain for each in here.channel(here.slack.workspace.direct_channel(user).id)]


def lines(reply: str) -> list[str]:
    """Give a reply's lines without their times and whoever they are about."""
    return [re.sub(r"^[0-9-]+ [0-9:]+ UTC · ", "", each) for each in reply.split("\n")]


@pytest.mark.parametrize("milliseconds", [1, 300])
async def test_the_thread_is_the_timeline(idle_world: World, milliseconds: int) -> None:
    """One reply tells all that has happened, in its order, and of the owner who was told.

    Be it at once, or after the channel has waited for its next message while the owner is told.
    """
    here = idle_world
    here.timing = replace(here.timing, post_interval=timedelta(milliseconds=milliseconds))
    await here.start(policy=OWNED)

    await report(here, SECRET)

    (message,), (reply,) = top(here), thread(here)
    assert here.channel()[-1].thread_ts == message.ts
    told = lines(reply)
    assert told[0] == "Timeline"
    for line, begins in zip(
        told[1:],
        (
            "@alice reported a leaked token, found in “https://gist.example/42”",
            "The leaked token was looked for: default accepted it",
            f"@alice disabled {TELEGRAF_EDGE_42}: active → inactive",
            f"The secret was tried after the disable of {TELEGRAF_EDGE_42}: default refused it",
            "The leaked token is proven dead, ",
            "Told by direct message, as owner: @dave",
        ),
        strict=True,
    ):
        assert line.startswith(begins), line


async def test_what_happens_later_is_told_in_another_reply(tmp_path: Path) -> None:
    """Each announcement tells what is new, and nothing twice."""
    async with world(tmp_path, mode=Mode.HASHED) as here:
        await here.start(influxdb_own_authorization=BOT_AUTHORIZATION)
        await report(here, SECRET)
        (first,) = thread(here)
        order = in_order(TELEGRAF_EDGE_43, TELEGRAF_EDGE_42)

        await here.press(top(here)[0], START, chosen=order)

        before, after = thread(here)
        assert before == first
        assert "was asked which token is the leaked one" in before
        assert f"to be tried in the order {TELEGRAF_EDGE_43}, {TELEGRAF_EDGE_42}" in after
        assert f"put back {TELEGRAF_EDGE_43}, which is not the leaked token" in after
        assert "proven dead" in after
        assert "reported a leaked token" not in after


async def test_an_undo_is_part_of_the_timeline(here: World) -> None:
    """Whoever reads the thread learns that it is active again, and by whom."""
    await report(here, SECRET)

    await here.press(top(here)[0], "Undo", user=cast.BOB)

    assert len(thread(here)) == 2
    assert "@bob asked to undo change" in thread(here)[-1]
    assert "then undone" in top(here)[0].plain


async def test_the_owner_is_told_once(idle_world: World) -> None:
    """By direct message; the receipt names them, and says nothing more of it later."""
    here = idle_world
    # The reply has to wait for its turn, and all of it is told anew then.
    here.timing = replace(here.timing, post_interval=timedelta(milliseconds=700))
    await here.start(policy=OWNED)

    await report(here, SECRET)
    await here.slack.wait_for(lambda: bool(thread(here)))

    (told,) = direct(here, cast.DAVE)
    assert told.startswith("A token of yours has leaked and was disabled\n")
    assert f"{TELEGRAF_EDGE_42} · telegraf on edge-42" in told
    assert "InfluxDB refuses it by now." in told
    assert "https://gist.example/42" in told
    assert "Owner told by direct message: @dave, who answers for telegraf." in top(here)[0].plain


async def test_an_owner_whom_nobody_knows_is_named(here: World) -> None:
    """Somebody has to tell them."""
    await report(here, SECRET)

    assert "Owner telegraf not told: no Slack user is mapped to that InfluxDB user." in (
        top(here)[0].plain
    )


async def test_an_owner_who_cannot_be_reached_is_told_as_such(idle_world: World) -> None:
    """The case ends all the same, and the receipt does not claim that they know."""
    here = idle_world
    await here.start(policy=OWNED.replace(cast.DAVE, cast.GONE))

    await report(here, SECRET)

    told = top(here)[0].plain
    assert re.search(r"Owner could not be told \(chat\.postMessage: \w+\): @", told), told
    assert "not told yet" not in told
    assert "proven dead" in thread(here)[-1]


async def test_the_undo_that_takes_two_says_so(idle_world: World) -> None:
    """What was disabled as leaked comes back only with a second person, and Undo says that."""
    here = idle_world
    await here.start(policy=OWNED)

    await report(here, SECRET)
    told = top(here)[0].plain
    await here.press(top(here)[0], "Undo")

    assert "Undo needs a second person: enabling needs an approval." in told
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_the_feed_gets_a_copy(idle_world: World) -> None:
    """As of every change; the timeline stands in one thread alone."""
    here = idle_world
    await here.start(policy=OWNED)

    await report(here, SECRET)

    assert top(here, cast.SECURITY)[0].plain.startswith("Leaked token disabled and proven dead")
    assert thread(here, cast.SECURITY) == []


@pytest.mark.parametrize("place", [cast.SHARED])
async def test_where_strangers_read_along_the_reporter_alone_is_told(
    here: World, place: str
) -> None:
    """Neither the receipt nor its thread is for them to read."""
    await report(here, SECRET, channel=place)

    assert here.channel(place) == []
    told = direct(here, cast.ALICE)
    assert told[0].startswith("Leaked token disabled and proven dead")
    assert told[1].startswith("Timeline")


async def test_nothing_goes_into_a_thread_where_strangers_read_along_by_now(
    idle_world: World,
) -> None:
    """A channel may be shared with others once its message is there."""
    here = idle_world
    await here.start(policy=OWNED.replace('["enable"]', '["enable", "disable"]'))
    await report(here, SECRET)
    (first,) = thread(here)
    channel = here.slack.workspace.channels[cast.INCIDENTS]
    here.slack.add_channel(replace(channel, is_ext_shared=True))
    here.now.advance(timedelta(minutes=11))

    await here.press(top(here)[0], "Approve", user=cast.CAROL)

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert thread(here) == [first]


async def test_a_report_from_a_direct_message_goes_to_the_feed(idle_world: World) -> None:
    """As every change that nobody else would see."""
    here = idle_world
    await here.start(policy=OWNED)

    await report(here, SECRET, user=cast.BOB, channel=cast.BOB)

    assert top(here, cast.SECURITY)[0].plain.startswith("Leaked token disabled and proven dead")
    assert thread(here, cast.SECURITY)[0].startswith("Timeline")


async def test_history_tells_it_in_words(here: World) -> None:
    """Each event of a case has a sentence of its own."""
    await report(here, SECRET)

    await here.say(f"history {TELEGRAF_EDGE_42}")

    assert "The secret was tried after the disable of" in here.last()
    assert "_" not in here.last()
