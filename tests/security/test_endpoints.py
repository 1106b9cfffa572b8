"""What anybody can ask the bot's port names nobody and nothing that is in its care."""

import aiohttp
import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.attacks import forge_form, forge_press
from tests.world import World

CHOSEN = "chosen-by-somebody"
PRIVATE = (
    *(CHOSEN, TELEGRAF_EDGE_42, "telegraf", "acme", cast.ALICE, cast.MALLORY, cast.INCIDENTS),
    *("T0HOME", "127.0.0.1", "sqlite", "/api/v2"),
)


async def answers(here: World) -> str:
    """Ask everything that needs no signature."""
    told = []
    async with aiohttp.ClientSession(here.url) as session:
        for path in ("/healthz", "/readyz", "/metrics", "/", "/docs", f"/{CHOSEN}"):
            async with session.get(path) as answer:
                told.append(f"{answer.headers} {await answer.text()}".replace(here.url, ""))
    return "\n".join(told)


@pytest.mark.parametrize("down", [False, True])
async def test_nobody_and_nothing_is_named(here: World, *, down: bool) -> None:
    """After changes, refusals and names that somebody has made up, in health and in trouble."""
    await here.say(f"disable {TELEGRAF_EDGE_42} --reason {CHOSEN}")
    await here.say(f"{CHOSEN} {TELEGRAF_EDGE_42}")
    await here.say(f"list {CHOSEN}", user=cast.MALLORY)
    await forge_press(here, cast.ALICE, CHOSEN, CHOSEN)
    await forge_form(here, cast.ALICE, CHOSEN, {CHOSEN: CHOSEN}, {CHOSEN: CHOSEN})
    if down:
        here.influxdb.faults.add(Fault.INTERNAL_ERROR, times=99)

    told = await answers(here)

    assert "token_bot_asked_total" in told
    assert ("InfluxDB default" in told) is down
    assert [each for each in PRIVATE if each in told] == []
