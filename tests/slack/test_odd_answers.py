"""What comes in place of Slack's answer, such as a proxy's page: nothing stumbles, all is told."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.fuzz.meddling import Distortion, Meddler, meddler
from tests.fuzz.mutations import Mutation
from tests.world import World, world

ODD = {
    "a list": Distortion(applied=False, instead=[]),
    "a number": Distortion(applied=False, instead=10**30),
    "null": Distortion(applied=False, instead={}, changes=(Mutation("replace", 0),)),
    "a text": Distortion(applied=False, headers=(("Content-Type", "text/plain"),)),
    "a page": Distortion(applied=False, written="html"),
    "no end of brackets": Distortion(applied=False, written="deep"),
    "not what was asked for": Distortion(applied=False, instead={"ok": True}),
    "half a character": Distortion(
        applied=False, instead={"ok": True, "channel": cast.INCIDENTS, "ts": "\ud800"}
    ),
    "a wait for ever": Distortion(applied=False, status=429, headers=(("Retry-After", "inf"),)),
}
HOUR = timedelta(hours=1)
NO_IDS = {
    "users.info": {"ok": True, "user": {"id": cast.ALICE, "team_id": "\ud800"}},
    "usergroups.users.list": {"ok": True, "users": ["\ud800"]},
}


@pytest.fixture
async def between(tmp_path: Path) -> AsyncIterator[tuple[World, Meddler]]:
    """The bot, with somebody between it and Slack's Web API."""
    async with world(tmp_path) as here, meddler(here.slack.base_url) as meddling:
        here.settings["slack_api_url"] = f"{meddling.url}/api/"
        await here.start()
        yield here, meddling


@pytest.mark.parametrize("what", ODD)
async def test_a_change_is_told_after_an_odd_answer(
    between: tuple[World, Meddler], what: str
) -> None:
    """It is done whatever Slack says, and told as soon as Slack answers as it does."""
    here, meddling = between
    meddling.befalls = lambda _method, path: path.endswith("chat.postMessage")
    meddling.plan = [ODD[what]]

    with capture_logs() as logs:
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        if what == "a wait for ever":
            here.now.advance(HOUR)
        message = await here.slack.wait_for(lambda: here.channel()[-1:])

    assert meddling.served == 1
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert "Token disabled" in message[0].plain
    assert [line for line in logs if line["log_level"] == "error"] == []


@pytest.mark.parametrize("what", [each for each in ODD if each != "a wait for ever"])
async def test_a_form_that_may_not_be_open_is_told(
    between: tuple[World, Meddler], what: str
) -> None:
    """Whoever wants a form is told that there is none, and nothing stumbles."""
    here, meddling = between
    meddling.befalls = lambda _method, path: path.endswith("views.open")
    meddling.plan = [ODD[what]]

    with capture_logs() as logs:
        await here.say("leak")

    assert "Slack did not open the form." in here.last()
    assert [line for line in logs if line["log_level"] == "error"] == []


@pytest.mark.parametrize("method", NO_IDS)
async def test_what_stands_for_an_id_and_is_none_is_not_stored(tmp_path: Path, method: str) -> None:
    """No database holds half a character: the bot starts, and asks again later."""
    policy = f'[roles]\noperator = ["{cast.ALICE}", "{cast.ONCALL_GROUP}"]\n'
    async with world(tmp_path) as here, meddler(here.slack.base_url) as meddling:
        here.settings["slack_api_url"] = f"{meddling.url}/api/"
        meddling.befalls = lambda _method, path: method in path
        meddling.plan = [Distortion(applied=False, instead=NO_IDS[method])]

        await here.start(policy=policy)
        served = meddling.served
        here.now.advance(HOUR)
        await here.say("whoami")

    assert served == 1
    assert "operator" in here.last()
