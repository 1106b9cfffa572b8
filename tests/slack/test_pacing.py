"""No post goes faster than Slack allows, none is lost, and no change waits for one."""

import copy
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Timing
from bot.changes.audit import EventTag
from bot.changes.executor import Pace
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    CI_BACKUP,
    GRAFANA_DASHBOARDS,
    HOME_AUTOMATION,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
    realistic_fixture,
)
from bot.sandbox.slack import Message
from bot.sandbox.slack.rate_limits import POSTING
from tests.slack.traces import answers
from tests.world import BRISK, World, world

RUNNERS = tuple(f"0fd43095c7{number:03x}000" for number in range(1, 31))
POLICY = f"""
[roles]
operator = ["{cast.ALICE}"]
[limits]
targets_per_person = 1000
"""
A_TENTH = timedelta(milliseconds=100)
# Production's poll is so slow that only a look at the right moment keeps the pace.
SELDOM = Pace(lease=timedelta(seconds=3))
FOUR = (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43, GRAFANA_DASHBOARDS, HOME_AUTOMATION)


def _with_runners() -> dict[str, Any]:
    """Give the organisation with thirty further tokens."""
    fixture = realistic_fixture()
    first = next(a for a in fixture["authorizations"] if a["id"] == CI_BACKUP)
    fixture["authorizations"] += [
        {**copy.deepcopy(first), "id": each, "token": each.ljust(86, "y") + "=="}
        for each in RUNNERS
    ]
    return fixture


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[World]:
    """A Slack that takes a message every tenth of a second, and a bot, not started, that knows."""
    async with world(tmp_path, fixture=_with_runners(), posting=A_TENTH) as here:
        here.timing = replace(BRISK, tempo=replace(BRISK.tempo, pace=SELDOM), post_interval=A_TENTH)
        yield here


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    """A bot that may be asked for many changes."""
    async with world(tmp_path, fixture=_with_runners()) as here:
        await here.start(policy=POLICY)
        yield here


async def _disable(
    here: World, ids: Sequence[str], user: str = cast.ALICE, channel: str = cast.INCIDENTS
) -> None:
    for each in ids:
        await here.slack.command(user, channel, "/token", f"disable {each}")


async def _posted(here: World, count: int, within: float = 30) -> list[Message]:
    def enough() -> list[Message]:
        messages = here.channel()
        return messages if len(messages) >= count else []

    return await here.slack.wait_for(enough, within)


def _changes(messages: Sequence[Message]) -> list[str]:
    """Name the changes that messages tell of, in their order."""
    return [str(message.buttons[0].value) for message in messages]


async def _asked(here: World) -> list[str]:
    """Name the changes in the order in which they were asked for."""
    events = await here.events()
    return [str(event.change_id) for event in events if event.tag is EventTag.REQUEST_ACCEPTED]


async def test_thirty_changes_at_once_on_two_replicas(strict: World) -> None:
    """All are made at once; their messages come one by one, the oldest first, none too fast."""
    strict.replicas = 2
    await strict.start(policy=POLICY)
    # So that all of them wait, which is what makes an order.
    strict.slack.faults.add("chat.postMessage", status=429, retry_after=600)
    goes_on_at = strict.now() + timedelta(seconds=600)
    await _disable(strict, RUNNERS)
    # What one leaves, the other may take, after it had nothing to do.
    await strict.influxdb.changed.until(
        lambda: len(strict.patches()) == 30, 30, lambda: f"{len(strict.patches())} PATCHes"
    )
    # Time leaps while nobody holds anything: both would tell of what one of them held until then.
    await strict.settled()
    made, standing = len(strict.patches()), strict.channel()

    # Not beyond it: whoever comes late loses their place.
    strict.now.advance(goes_on_at - strict.now())
    messages = await _posted(strict, 30, within=30)

    took = float(messages[-1].ts) - float(messages[0].ts)
    assert (made, standing) == (30, [])
    assert answers(strict) == [429] + [200] * 30
    assert _changes(messages) == await _asked(strict)
    # Looking at each poll alone would take a minute.
    assert 29 * 0.1 <= took < 20


async def test_the_pace_in_production_is_slacks(tmp_path: Path) -> None:
    """Slack's own second, with nothing made brisk."""
    async with world(tmp_path, posting=POSTING) as here:
        here.timing = replace(BRISK, post_interval=Timing().post_interval)
        await here.start()

        await _disable(here, FOUR[:3])
        messages = await _posted(here, 3)

        assert answers(here) == [200] * 3
        assert 2 <= float(messages[-1].ts) - float(messages[0].ts) < 3


async def test_channels_do_not_wait_for_each_other(strict: World) -> None:
    """Of two messages for one channel and one for another, the other's does not wait."""
    strict.timing = replace(strict.timing, post_interval=timedelta(minutes=1))
    await strict.start()

    await _disable(strict, FOUR[:2])
    await _disable(strict, FOUR[2:3], cast.BOB, cast.SECURITY)

    (elsewhere,) = await strict.slack.wait_for(lambda: strict.channel(cast.SECURITY))
    assert "Token disabled · grafana" in elsewhere.plain
    assert len(strict.channel()) == 1
    assert len(strict.patches()) == 3


async def test_what_waits_for_slack_is_in_nobodys_way(here: World) -> None:
    """More messages wait than changes are carried out at once; the next change is made at once."""
    here.slack.faults.add("chat.postMessage", status=429, retry_after=60)
    await _disable(here, RUNNERS[:20])
    await here.settled()

    await here.say(f"disable {TELEGRAF_EDGE_42}")
    calls, standing = answers(here), here.channel()

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert len(here.patches()) == 21
    assert (calls, standing) == ([429], [])
    here.now.advance(timedelta(seconds=60))
    assert len(await _posted(here, 21)) == 21
    assert answers(here) == [429] + [200] * 21


async def test_what_slack_asks_to_wait_holds_for_all_edits(here: World) -> None:
    """The second undo does not even try; both messages say so when the time has come."""
    await _disable(here, FOUR[:2])
    first, second = await _posted(here, 2)
    here.slack.faults.add("chat.update", status=429, retry_after=60)

    await here.press(first, "Undo")
    await here.press(second, "Undo")
    calls = answers(here, "chat.update")

    assert calls == [429]
    assert len(here.patches()) == 4
    here.now.advance(timedelta(seconds=60))
    await here.slack.wait_for(lambda: first.edited and second.edited)
    assert ["then undone" in message.plain for message in here.channel()] == [True, True]
    assert answers(here, "chat.update") == [429, 200, 200]


async def test_what_slack_asks_to_wait_holds_for_whispers(here: World) -> None:
    """Whoever cannot be told in the channel is told directly, and does not wait."""
    here.slack.faults.add("response_url", error="used_url", times=9)
    here.slack.faults.add("chat.postEphemeral", status=429, retry_after=60)

    await here.say("list telegraf")
    await here.say("list telegraf")
    told = here.slack.direct_messages(cast.ALICE)
    here.now.advance(timedelta(seconds=60))
    await here.say("list telegraf")

    assert len(told) == 2
    assert answers(here, "chat.postEphemeral") == [429, 200]
    assert [message.plain == here.last() for message in told] == [True, True]


async def test_a_turn_that_nobody_takes_is_passed_on(strict: World) -> None:
    """What was first in the line went elsewhere meanwhile; those behind do not wait for it."""
    await strict.start()
    async with strict.store() as store, store.transaction() as slots:
        now = strict.now()
        await slots.stand_in_line(cast.INCIDENTS, "GONE00", now - timedelta(hours=1), now)

    await _disable(strict, FOUR[:1])
    before = strict.channel()
    strict.now.advance(timedelta(seconds=10))
    (message,) = await strict.slack.wait_for(strict.channel)

    assert before == []
    assert "Token disabled" in message.plain


async def test_whom_slack_asks_to_wait_keeps_their_place(strict: World) -> None:
    """It was its turn, and Slack said 429: whoever came later stays behind it."""
    await strict.start()
    strict.slack.faults.add("chat.postMessage", status=429, retry_after=60)
    await _disable(strict, FOUR[:1])
    assert strict.bot is not None
    await strict.bot.settled()

    async with strict.store() as store, store.reading() as slots:
        now = strict.now()
        in_front = await slots.in_front(cast.INCIDENTS, "LATER0", now, now)

    assert (in_front, strict.channel()) == (1, [])


async def test_an_answer_does_not_wait_for_the_database(here: World) -> None:
    """What one person asked is told directly even if nobody can say whose turn it is."""
    here.slack.faults.add("response_url", error="used_url", times=9)
    here.slack.faults.add("chat.postEphemeral", error="user_not_in_channel", times=9)

    gate = here.influxdb.gate("GET", "/api/v2/authorizations")
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", "list telegraf")
    await here.reached(gate)

    async with here.locked_database():
        gate.release()
        (told,) = await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE), 10)

    assert "telegraf on edge-42" in told.plain
