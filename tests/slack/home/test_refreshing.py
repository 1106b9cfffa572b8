"""Home shows changes by itself: everybody's, soon, not too often, never over something newer."""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from bot.slack.home.refreshing import RefreshPace
from tests.slack.home.looks import entered, names, opened, pressed, seen
from tests.world import BRISK, World, world

LATER = timedelta(minutes=10, seconds=1)


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, in which Alice and Bob may do everything."""
    await idle_world.start()
    return idle_world


def _published(here: World) -> int:
    return sum(call.method == "views.publish" for call in here.slack.journal)


async def test_somebody_elses_change_appears(here: World) -> None:
    """Without a click, on the page that somebody looks at, which stays the same otherwise."""
    await opened(here)
    await entered(here, "Search", "edge-42")

    await here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    await here.slack.wait_for(lambda: "Inactive · " in seen(here).plain)
    await here.slack.wait_for(lambda: "done · by @bob" in seen(here).plain)

    assert names(seen(here)) == ["telegraf on edge-42"]


async def test_another_replicas_change_appears(tmp_path: Path, postgresql_url: str) -> None:
    """Whichever replica showed the page, and whichever carried out the change."""
    async with world(tmp_path, database_url=postgresql_url, replicas=2) as here:
        await here.start()
        for user in (cast.ALICE, cast.BOB):
            await opened(here, user)
            await entered(here, "Search", "edge-42", user)

        await here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)

        await here.slack.wait_for(lambda: "Inactive · " in seen(here).plain)
        await here.slack.wait_for(lambda: "Inactive · " in seen(here, cast.BOB).plain)
        assert names(seen(here)) == names(seen(here, cast.BOB)) == ["telegraf on edge-42"]


async def test_who_has_not_been_there_for_ten_minutes_is_not_shown_anything(here: World) -> None:
    """Alice has gone, Bob has not: his page is shown anew, hers is as she left it."""
    await opened(here)
    left = seen(here).hash
    here.now.advance(LATER)
    await opened(here, cast.BOB)

    await here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    await here.slack.wait_for(lambda: "done · by @bob" in seen(here, cast.BOB).plain)

    assert seen(here).hash == left
    assert "done · by @bob" in (await opened(here)).plain


async def test_many_changes_make_few_pages(tmp_path: Path) -> None:
    """Each person's page is shown at most once in a pause, and in the end it is complete."""
    pause = 0.6
    async with world(tmp_path) as here:
        here.timing = replace(
            BRISK, home=RefreshPace(timedelta(seconds=pause), timedelta(seconds=0.01))
        )
        await here.start()
        await opened(here)
        before, begun = _published(here), time.monotonic()

        for number in range(8):
            await here.say(f"describe {TELEGRAF_EDGE_42} number {number}")
        await here.say(f"describe {TELEGRAF_EDGE_43} the last one")
        await here.slack.wait_for(lambda: "the last one · done" in seen(here).plain)

        elapsed = time.monotonic() - begun
        assert _published(here) - before <= elapsed / pause + 1


async def test_slack_asks_to_wait(here: World) -> None:
    """No change is slower for it or fails; the page is shown when Slack takes it again."""
    await opened(here)
    here.slack.faults.add("views.publish", status=429, retry_after=1)

    await here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    (told,) = here.channel()
    await here.slack.wait_for(lambda: "done · by @bob" in seen(here).plain)

    assert told.plain.startswith("Token disabled")


async def test_a_page_that_was_shown_and_not_noted_is_replaced_all_the_same(here: World) -> None:
    """Whoever was killed in between leaves a page whose hash nobody knows."""
    await opened(here)
    view = seen(here)
    here.slack.workspace.homes.publish(cast.ALICE, view.definition, None)

    await here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    await here.slack.wait_for(lambda: "done · by @bob" in seen(here).plain)

    assert "Disable" not in names(await pressed(here, "Refresh"))


async def test_of_two_clicks_the_later_one_counts(here: World) -> None:
    """While InfluxDB takes its time somebody goes on clicking: an older page never comes last."""
    await opened(here)
    gate = here.influxdb.gate("GET", "/api/v2/authorizations")
    await here.slack.enter_in_home(cast.ALICE, "Search", "edge-42")
    await asyncio.wait_for(gate.holding(1), 15)
    await here.slack.wait_for(lambda: "Reading the tokens" in seen(here).plain)
    await here.slack.enter_in_home(cast.ALICE, "Search", "edge-43")
    await asyncio.wait_for(gate.holding(2), 15)

    gate.release()
    await here.settled()

    assert names(seen(here)) == ["telegraf on edge-43"]
    assert "[ edge-43 ]" in seen(here).plain


async def test_quick_clicks_add_up(here: World) -> None:
    """A search and a filter that come together both hold."""
    await opened(here)

    await asyncio.gather(
        here.slack.enter_in_home(cast.ALICE, "Search", "telegraf"),
        here.slack.enter_in_home(cast.ALICE, "home_sort", "Description, Z to A"),
    )
    await here.settled()

    view = await pressed(here, "Refresh")
    assert "[ telegraf ]" in view.plain
    assert "[ Description, Z to A ▾ ]" in view.plain


async def test_the_page_of_who_has_lost_their_role_is_taken_away(idle_world: World) -> None:
    """A refresh is judged as well: nothing is shown to whoever may not see it any more."""
    idle_world.write_policy(f'[roles]\nviewer = ["{cast.DAVE}"]\noperator = ["{cast.BOB}"]\n')
    await idle_world.start(allowed_users="", token_bot_config=idle_world.policy_file)
    await opened(idle_world, cast.DAVE)
    idle_world.write_policy(f'[roles]\noperator = ["{cast.BOB}"]\n')
    assert idle_world.bot is not None
    idle_world.bot.reload()

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    await idle_world.slack.wait_for(
        lambda: "This page is not for you" in seen(idle_world, cast.DAVE).plain
    )

    assert "telegraf" not in str(seen(idle_world, cast.DAVE).definition)


@pytest.mark.parametrize("kept", ['{"words": "edge", "filters": []}', "no JSON", "[]"])
async def test_what_another_version_keeps_of_a_page(here: World, kept: str) -> None:
    """During a rolling update; the page shows all, and nobody's is left as it was for good."""
    await opened(here)
    await entered(here, "Search", "edge-42")
    await opened(here, cast.BOB)

    def keep() -> None:
        with closing(sqlite3.connect(here.folder / "token-bot.db")) as connection, connection:
            statement = "update homes set query = ? where user_id = ?"
            connection.execute(statement, (kept, cast.ALICE))

    await asyncio.to_thread(keep)
    await here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    await here.slack.wait_for(lambda: "done · by @bob" in seen(here).plain)
    await here.slack.wait_for(lambda: "done · by @bob" in seen(here, cast.BOB).plain)

    assert len(names(seen(here))) == 10
