"""What Bolt would get wrong by itself, and the order in which things happen."""

import json
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.serving import serve
from bot.slack.app import Listeners, bolt_app
from bot.slack.front import SlackFront
from bot.slack.identity import Identity
from tests.slack.traces import traces
from tests.world import SIGNING_SECRET, World

VERBATIM = (
    "rotates the payload key",
    '{"a":1}',
    'payload={"type":"block_actions"}',
    "payload=x&command=/other&text=y",
    "50%25 off + tax & more; ssl_check=1",
    '“curly” and "straight", it\'s — fine --dry-run',
    "<not> &amp; escaped &lt;twice&gt;",
)


async def test_texts_arrive_as_they_were_typed(here: World) -> None:
    """No word in a description changes how a command is read; "payload" would in Bolt."""
    for text in VERBATIM:
        await here.say(f"describe {TELEGRAF_EDGE_42} {text}")

        assert here.influxdb.authorization(TELEGRAF_EDGE_42).description == text


async def test_other_commands_get_an_answer_of_their_own(here: World) -> None:
    """Another name of a command leads to one answer that says which one works."""
    before = traces(here)

    delivery = await here.slack.command("U0ALICE", "C0INCIDENTS", "/tokens", "disable x")

    assert delivery.shown is not None
    assert delivery.shown.plain == "This bot answers to /token. Try /token help."
    assert traces(here) == before


async def test_the_commands_name_is_a_setting(idle_world: World) -> None:
    """With another name set, that one works and is in every hint; /token is another command."""
    await idle_world.start(slash_command="/tok")

    renamed = await idle_world.slack.command("U0ALICE", "C0INCIDENTS", "/tok", "help")
    other = await idle_world.slack.command("U0ALICE", "C0INCIDENTS", "/token", "help")

    assert renamed.shown is not None
    assert "/tok disable ID" in renamed.shown.plain
    assert other.shown is not None
    assert other.shown.plain == "This bot answers to /tok. Try /tok help."


async def test_people_of_other_workspaces_can_press_and_are_refused(here: World) -> None:
    """The presser's own team id counts, though every other id in the payload is ours."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    asked = len(here.influxdb.journal)

    await here.press(message, "Undo", user="U0BOB", team_id="T0OTHER")

    (event,) = [e for e in await here.events() if e.tag.value == "request.denied"]
    assert (event.actor, event.team, event.detail["asked"]) == ("U0BOB", "T0OTHER", "undo")
    assert "you belong to another Slack workspace than this bot" in here.last("U0BOB")
    assert len(here.influxdb.journal) == asked
    assert [button.text for button in message.buttons] == ["Undo", "Details"]


async def test_oauth_variables_do_not_turn_it_into_an_oauth_app(
    idle_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bolt drops the bot token where these are set; here the bot works as ever."""
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "made-up")
    await idle_world.start()

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    assert "Token disabled" in idle_world.channel()[0].plain


async def test_no_ack_waits_for_influxdb_or_slack(here: World) -> None:
    """With both of them hanging, commands and clicks are acked at once, changes and readings."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    gates = [here.influxdb.gate(method, ".*") for method in ("GET", "PATCH")]
    hanging = 0.8
    for method in ("response_url", "chat.postMessage", "chat.update", "conversations.info"):
        here.slack.faults.add(method, delay=hanging, times=9)

    acked = [
        *[
            await here.slack.command("U0BOB", "C0INCIDENTS", "/token", text)
            for text in (f"disable {TELEGRAF_EDGE_42}", "list", f"show {TELEGRAF_EDGE_42}")
        ],
        await here.slack.press("U0ALICE", message, "Undo"),
        await here.slack.press("U0ALICE", message, "Details"),
    ]

    assert {(delivery.status, delivery.error) for delivery in acked} == {(200, None)}
    assert max(delivery.seconds for delivery in acked) < hanging
    here.slack.faults.clear()
    for gate in gates:
        gate.release()
    await here.settled()


async def test_a_listener_that_raises_is_answered_with_an_error_id(here: World) -> None:
    """What nothing has caught is 200 with an id that is in the log; Bolt alone would say 500."""

    async def raising(**_: Any) -> None:
        raise RuntimeError("made up")

    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=f"{here.slack.base_url}/api/", session=session)
        identity = Identity(
            AsyncWebClient("xoxb-made-up", client.base_url, session=session), here.now
        )
        assert await identity.ask()
        at_home = SimpleNamespace(opened=raising, navigated=raising)
        listeners = Listeners(raising, raising, raising, raising, at_home)  # type: ignore[arg-type]  # any callable listens
        bolt = bolt_app("/token", listeners, identity, client)
        front = SlackFront(SecretStr(SIGNING_SECRET), bolt.async_dispatch, here.now, lambda _: None)
        app = Starlette(routes=[Route("/slack/events", front.__call__, methods=["POST"])])
        async with serve(app) as url:
            here.slack.events_url = f"{url}/slack/events"
            with capture_logs() as logs:
                delivery = await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", "list")

    (line,) = [line for line in logs if line["event"] == "stumbled"]
    assert delivery.status == 200
    assert line["error_id"] in json.loads(delivery.body)["text"]
    assert delivery.shown is not None
