"""Disable with a reason: the same as typing it, and never slower."""

from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.influxdb.state import api_token
from bot.sandbox.slack import Usergroup
from bot.sandbox.slack.modal_view import View
from tests.attacks import forge_press
from tests.slack.listeners.asking import FREE
from tests.world import World

VALUE = f"default:{TELEGRAF_EDGE_42}"
EARLIER = "This button is of another version of this bot. Nothing was changed."


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, with roles."""
    await idle_world.start(policy=FREE)
    return idle_world


async def _opened(here: World) -> View:
    await here.say("whoami")
    await forge_press(here, cast.ALICE, "disable_with_reason", VALUE)
    view = here.slack.open_view(cast.ALICE)
    assert view is not None
    return view


async def test_with_a_reason(here: World) -> None:
    """The form names the token; the reason stands in the record, and where everybody sees it."""
    view = await _opened(here)
    shown = view.plain

    await here.slack.submit(cast.ALICE, {"Reason": "pasted in a *gist*"})
    await here.settled()

    assert f"{TELEGRAF_EDGE_42} · default" in shown
    assert not view.is_open
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert "“pasted in a *gist*”" in here.channel()[0].plain


async def test_without_a_reason(here: World) -> None:
    """Nobody has to write one at three in the morning."""
    await _opened(here)

    await here.slack.submit(cast.ALICE)
    await here.settled()

    assert here.channel()[0].plain.startswith("Token disabled · telegraf on edge-42")


async def test_a_secret_as_the_reason(here: World) -> None:
    """It stays in its field, and nothing is stored or changed."""
    view = await _opened(here)

    await here.slack.submit(cast.ALICE, {"Reason": api_token("leaked")})
    await here.settled()

    assert view.is_open
    assert view.errors["reason"].startswith("The reason holds what looks like a secret.")
    assert here.patches() == []


async def test_its_sender_is_decided_about_when_it_is_sent(here: World) -> None:
    """Whoever has left the group meanwhile is refused in the form, by name of the role."""
    await _opened(here)
    here.slack.add_usergroup(Usergroup(cast.ONCALL_GROUP, "oncall", (cast.BOB,)))
    here.now.advance(timedelta(minutes=20))

    await here.slack.submit(cast.ALICE, {"Reason": "late"})
    await here.settled()

    assert "Not allowed: you hold no role" in here.last()
    assert here.patches() == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", EARLIER),
        (TELEGRAF_EDGE_42, EARLIER),
        ("default:nonsense", "“nonsense” is not an authorization's id"),
        (f"gone:{TELEGRAF_EDGE_42}", "There is no InfluxDB instance gone here."),
    ],
)
@pytest.mark.parametrize("action_id", ["disable_with_reason", "describe_token"])
async def test_a_button_that_names_nothing(
    here: World, action_id: str, value: str, expected: str
) -> None:
    """It is answered, and opens nothing."""
    await here.say("whoami")

    await forge_press(here, cast.ALICE, action_id, value)

    assert here.slack.open_view(cast.ALICE) is None
    assert expected in here.last()
