"""Whoever is refused again and again is answered each time, and does not fill the record."""

import asyncio
from datetime import timedelta

from bot.changes import refusals
from bot.changes.sweeps import sweep
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.attacks import SIMPLE, forge_press
from tests.world import World

WINDOW = refusals.WINDOW + timedelta(seconds=1)


async def denials(here: World, user: str = cast.MALLORY) -> list[str]:
    """Give the tags of what the record says of a person."""
    return [event.tag.value for event in await here.events() if event.actor == user]


async def test_twenty_in_a_row(idle_world: World) -> None:
    """Twenty answers; five lines, and one that counts the other fifteen."""
    await idle_world.start(policy=SIMPLE)

    for _ in range(20):
        await idle_world.say(f"disable {TELEGRAF_EDGE_42}", user=cast.MALLORY)

    answers = [m.plain for m in idle_world.slack.ephemerals(cast.MALLORY)]
    assert len(answers) == 20
    assert len({answer.split("error")[0] for answer in answers}) == 1
    assert "Not allowed: you hold no role" in answers[-1]
    assert await denials(idle_world) == ["request.denied"] * 5

    idle_world.now.advance(WINDOW)
    async with idle_world.store() as store:
        await sweep(store, idle_world.now())
        await sweep(store, idle_world.now())
    assert await denials(idle_world) == ["request.denied"] * 5 + ["request.refusals_counted"]
    assert 15 in (await idle_world.events())[-1].detail.values()


async def test_the_next_window_begins_anew(idle_world: World) -> None:
    """After the window the next refusal has a line again, behind the one that counts."""
    await idle_world.start(policy=SIMPLE)
    for _ in range(7):
        await idle_world.say("list", user=cast.MALLORY)

    idle_world.now.advance(WINDOW)
    await idle_world.say("list", user=cast.MALLORY)

    assert await denials(idle_world) == [
        *["request.denied"] * 5,
        "request.refusals_counted",
        "request.denied",
    ]


async def test_all_at_once(idle_world: World) -> None:
    """Twenty at the same moment are counted as twenty."""
    await idle_world.start(policy=SIMPLE)

    await asyncio.gather(
        *(
            idle_world.slack.command(cast.MALLORY, cast.INCIDENTS, "/token", f"list {number}")
            for number in range(20)
        )
    )
    await idle_world.settled()

    assert len(idle_world.slack.ephemerals(cast.MALLORY)) == 20
    assert await denials(idle_world) == ["request.denied"] * 5


async def test_each_person_for_themselves(idle_world: World) -> None:
    """One person's refusals hide nobody else's."""
    await idle_world.start(policy=SIMPLE)
    for _ in range(9):
        await idle_world.say("list", user=cast.MALLORY)

    await idle_world.say("list", user=cast.GUEST)

    assert await denials(idle_world, cast.GUEST) == ["request.denied"]


async def test_clicks_count_too(idle_world: World) -> None:
    """Commands, clicks and refusals by other rules share one count."""
    await idle_world.start(policy=SIMPLE)
    for _ in range(3):
        await idle_world.say("undo ZZZZZZ")
        await forge_press(idle_world, cast.ALICE, "approve_change", "ZZZZZZ")

    assert len(await denials(idle_world, cast.ALICE)) == 5


async def test_what_is_allowed_is_recorded_all_the_same(idle_world: World) -> None:
    """Whoever has been refused too often still leaves a line for each change they make."""
    await idle_world.start(policy=SIMPLE)
    for _ in range(9):
        await idle_world.say("undo ZZZZZZ")

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    tags = await denials(idle_world, cast.ALICE)
    assert tags[-3:] == ["request.accepted", "change.intended", "change.done"]
