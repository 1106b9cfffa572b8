"""The drift watch: what was disabled, and is active again for a day, is told; by others alone."""

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.attacks import ACTIVE, INACTIVE, SIMPLE, freeze, reload, shows, texts
from tests.stale_page import StalePage
from tests.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def simple(idle_world: World) -> World:
    """The bot where nothing needs an approval."""
    await idle_world.start(policy=SIMPLE)
    return idle_world


def sent(here: World) -> list[str]:
    """Give the bodies of the bot's own PATCHes."""
    ours = (p for p in here.influxdb.patches() if p.authorization_id == BOT_AUTHORIZATION)
    return [str(patch.body) for patch in ours]


def drifts(here: World, channel: str = cast.INCIDENTS) -> list[Message]:
    """Give what tells in a channel that something is active again."""
    return [m for m in here.slack.messages(channel) if "that was loaded before" in m.plain]


def looks(here: World) -> int:
    """Count how often the bot has read anything from InfluxDB."""
    return len([e for e in here.influxdb.journal if e.method == "GET"])


async def disabled(here: World, text: str = f"disable {TELEGRAF_EDGE_42}") -> Message:
    """Disable, and give the message."""
    await here.say(text)
    message = here.channel()[-1]
    if "Confirm" in texts(message):
        await here.press(message, "Confirm")
    return message


async def later(here: World, pause: timedelta = MINUTE) -> None:
    """Let time pass, and the bot do what is due by then."""
    here.now.advance(pause + SECOND)
    assert here.bot is not None
    before = looks(here)
    async with asyncio.timeout(10):
        while looks(here) == before:
            await asyncio.sleep(0.01)
    await here.settled()


async def drifted(here: World, text: str = f"disable {TELEGRAF_EDGE_42}") -> Message:
    """Disable a token, have it re-enabled by a stale page, and give what tells of that."""
    page = await StalePage.of(here, TELEGRAF_EDGE_42)
    await disabled(here, text)
    await page.rename("telegraf, renamed")
    await later(here)
    return await shows(here, "Active again")


async def test_found_and_told_once(simple: World) -> None:
    """A stale page renames the token and so enables it: told in the thread, with a button, once."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    change = await disabled(simple)
    await page.rename("telegraf, renamed")

    await later(simple)

    (told,) = drifts(simple)
    assert told.thread_ts == change.ts
    assert texts(told) == ["Disable again", "Details"]
    assert "telegraf, renamed" in told.plain
    assert "@alice" in told.plain
    assert "and not by this bot" in change.plain
    assert texts(change) == ["Details"]
    tags = await simple.tags()
    assert tags.count("drift.found") == 1
    simple.now.advance(2 * HOUR)
    await simple.influxdb_quiet(seconds=0.3)
    assert len(drifts(simple)) == 1
    assert sent(simple) == [INACTIVE]


async def test_disable_again(simple: World) -> None:
    """Pressed, it disables again, as a change of its own; the message says by whom and has no
    button left.
    """
    told = await drifted(simple)

    await simple.press(told, "Disable again", user=cast.BOB)

    assert sent(simple) == [INACTIVE, INACTIVE]
    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert texts(told) == ["Details"]
    assert "Disabled again by @bob" in told.plain
    outcome = simple.channel()[-1]
    assert "Token disabled" in outcome.plain
    assert "again after" in outcome.plain


async def test_told_although_the_bot_ended(simple: World) -> None:
    """Re-enabled while no bot runs: the next one tells."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    change = await disabled(simple)
    await simple.stop()
    await page.rename("telegraf, renamed")
    simple.now.advance(HOUR)

    await simple.start(policy=SIMPLE)

    told = await shows(simple, "Active again")
    assert told.thread_ts in {None, change.ts}
    assert len(drifts(simple)) == 1
