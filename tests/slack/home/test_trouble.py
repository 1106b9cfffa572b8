"""Home while something else is slow, down or gone."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import INACTIVE_LOAD_TEST, TELEGRAF_EDGE_42
from bot.sandbox.slack.signing import EVENT
from tests.scraping import scraped
from tests.slack.home.looks import entered, names, opened, pressed, seen
from tests.two_instances import TwoInstances, two_instances
from tests.world import World, world

LIST = "/api/v2/authorizations"
OPERATOR = f'[roles]\noperator = ["{cast.ALICE}"]\n'


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, in which Alice and Bob may do everything."""
    await idle_world.start()
    return idle_world


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[TwoInstances]:
    """The whole bot with two instances, not yet started."""
    async with two_instances(tmp_path) as both:
        yield both


async def test_influxdb_takes_its_time(here: World) -> None:
    """What is recorded is there at once, with a line that says that the tokens are coming."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    gate = here.influxdb.gate("GET", LIST)
    await here.slack.open_home(cast.ALICE)
    await here.reached(gate)
    await here.slack.wait_for(lambda: here.slack.home(cast.ALICE) is not None)
    at_first = seen(here).plain

    gate.release()
    await here.settled()

    assert "Reading the tokens from InfluxDB…" in at_first
    assert "disable telegraf on edge-42 · done" in at_first
    assert len(names(seen(here))) == 10
    assert "Reading the tokens" not in seen(here).plain


async def test_influxdb_is_down(here: World) -> None:
    """It says so; the rest of the page is there, and Refresh shows the tokens once it is back."""
    here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="GET", path=LIST)

    down = (await opened(here)).plain
    up = await pressed(here, "Refresh")

    assert "The tokens cannot be read\nAs of " in down
    assert "\nInfluxDB default stumbled (HTTP 500)" in down
    assert len(names(up)) == 10


async def test_one_of_two_instances_is_down(two: TwoInstances) -> None:
    """The other one's tokens are shown, and what is missing is said."""
    here = await two.start(OPERATOR)
    two.lab.faults.add(Fault.INTERNAL_ERROR, method="GET", path=LIST)

    view = await opened(here)

    assert "Not all are listed: InfluxDB lab stumbled (HTTP 500)" in view.plain
    assert len(names(view)) == 10
    assert " · prod" in view.plain


@pytest.mark.parametrize("name", ["lab", "every"])
async def test_one_instance_is_chosen(two: TwoInstances, name: str) -> None:
    """Where there are several, each can be looked at alone, whatever it is called."""
    two.sections = two.sections.replace('name = "lab"', f'name = "{name}"')
    here = await two.start(OPERATOR)
    await opened(here)

    view = await entered(here, "home_instance", name)

    rows = [each for each in view.plain.split("\n") if each.startswith(("Active", "Inactive"))]
    assert rows
    assert all(each.endswith(f" · {name}") for each in rows if " · " in each)


@pytest.mark.parametrize("error", ["fatal_error", "not_enabled", "internal_error"])
async def test_slack_does_not_take_the_page(here: World, error: str) -> None:
    """Whoever searched is told directly, and the next try works; the bot did not stumble."""
    await opened(here)
    here.slack.faults.add("views.publish", error=error)

    await here.slack.enter_in_home(cast.ALICE, "Search", "edge-42")
    await here.settled()
    (told,) = here.slack.direct_messages(cast.ALICE)

    assert told.plain.startswith("Slack does not show your Home now. Nothing was changed.")
    counted = await scraped(here)
    assert counted["token_bot_asked_total"]["home_search", "home", "slack_refused"] == 1
    assert names(await pressed(here, "Refresh")) == ["telegraf on edge-42"]


async def test_an_answer_that_does_not_fit_on_the_page_goes_directly(here: World) -> None:
    """A press is never silent: where Slack does not take the page, its answer is a message."""
    await opened(here)
    await entered(here, "Search", "load test of June")
    here.slack.faults.add("views.publish", error="fatal_error")

    await here.slack.press_in_home(cast.ALICE, "Enable")
    await here.settled()

    told = [each.plain for each in here.slack.direct_messages(cast.ALICE)]
    assert any(each.startswith(f"Enabling {INACTIVE_LOAD_TEST} as change ") for each in told)
    assert here.influxdb.authorization(INACTIVE_LOAD_TEST).status == "active"


async def test_a_form_that_slack_does_not_open_from_home(here: World) -> None:
    """Too late for Slack: the person is told directly."""
    await opened(here)
    here.slack.faults.add("views.open", error="expired_trigger_id")

    await here.slack.press_in_home(cast.ALICE, "Edit description")
    await here.settled()

    (told,) = here.slack.direct_messages(cast.ALICE)
    assert told.plain.startswith("Slack opens a form within three seconds")
    assert here.slack.open_view(cast.ALICE) is None


async def test_the_database_does_not_answer(here: World) -> None:
    """What is looked at cannot be kept; its person learns that nothing was changed."""
    await opened(here)

    async with here.locked_database():
        await here.slack.enter_in_home(cast.ALICE, "Search", "edge-42")
        told = await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE))

    await here.settled()
    assert told[0].plain.startswith("The bot's database does not answer. Nothing was changed.")


async def test_a_change_that_cannot_be_stored(here: World) -> None:
    """It is not made, and its person is told directly."""
    await opened(here)
    await entered(here, "Search", "load test of June")

    async with here.locked_database():
        await here.slack.press_in_home(cast.ALICE, "Enable")
        told = await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE))

    await here.settled()
    assert told[0].plain.startswith("Could not confirm that this was stored")


async def test_over_sockets(tmp_path: Path) -> None:
    """Opening, searching and changing come over a socket as they do by HTTP."""
    async with world(tmp_path, socket_mode=True) as here:
        await here.start()
        await here.slack.wait_for(lambda: here.slack.socket_mode.sockets)
        first = len(names(await opened(here)))
        found = names(await entered(here, "Search", "edge-42"))
        await pressed(here, "Disable…")
        await here.slack.submit(cast.ALICE)
        await here.settled()
        await here.slack.wait_for(lambda: "Inactive · " in seen(here).plain)

    assert (first, found) == (10, ["telegraf on edge-42"])


EVENTS = [
    {"type": "event_callback"},
    {"type": "event_callback", "event": 7},
    {"type": "event_callback", "event": {"type": "message", "text": "hello"}},
    {"type": "event_callback", "event": {"type": "app_home_opened"}, "team_id": "T0HOME"},
    {"type": "event_callback", "event": {"type": "app_home_opened", "tab": 7, "user": []}},
    {
        "type": "event_callback",
        "event": {"type": "app_home_opened", "tab": "home", "user": cast.ALICE},
    },
]


@pytest.mark.parametrize("body", EVENTS)
async def test_an_event_that_says_less_than_it_should(here: World, body: dict[str, object]) -> None:
    """It is acked, since Slack would send it again, and nothing comes of it."""
    raw = json.dumps(body).encode()

    delivery = await here.slack.deliver_raw(raw, here.slack.sign(raw, kind=EVENT))
    await here.settled()

    assert (delivery.status, here.slack.home(cast.ALICE)) == (200, None)
    assert here.slack.direct_messages(cast.ALICE) == []


@pytest.mark.parametrize("action_id", ["home_of_old", "home_page", "home_status", "home_sort:9"])
@pytest.mark.parametrize("value", ["nonsense", "99999999999999", "-1", "٣"])
async def test_what_another_version_offered_changes_nothing(
    here: World, action_id: str, value: str
) -> None:
    """The page is shown as it was."""
    view = await opened(here)
    before = names(view)
    button = next(
        element
        for block in view.definition["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == "home_refresh"
    )
    button |= {"action_id": action_id, "value": value}

    assert names(await pressed(here, "Refresh")) == before
