"""Scripts that open a modal, played against a tiny app."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.clock import system_clock
from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.organisation import realistic_fixture
from bot.sandbox.script import Act, Fill, Press, ScriptError, Step, parse
from bot.sandbox.serving import serve
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.stage import Stage
from tests.sandbox.slack.forms import DENY, Json, modal, plain

LOOK = {"type": "button", "text": plain("Look"), "action_id": "look"}
APPROVAL: list[Json] = [
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": plain("Deny"), "action_id": "deny_change"},
            {"type": "button", "text": plain("Look"), "action_id": "open_empty"},
        ],
    }
]
EMPTY = modal("Nothing to fill in", {"type": "actions", "elements": [LOOK]})


async def denying_app(client: AsyncWebClient, payload: Json) -> Response:
    """Open a modal for a press, and want a reason of two words at least."""
    if payload["type"] == "block_actions" and "view" not in payload:
        (action,) = payload["actions"]
        view = DENY if action["action_id"] == "deny_change" else EMPTY
        await client.views_open(trigger_id=payload["trigger_id"], view=view)
    if payload["type"] == "view_submission" and payload["view"]["callback_id"] == "deny_change":
        reason = payload["view"]["state"]["values"]["reason"]["answer"]["value"]
        if " " not in reason:
            return JSONResponse(
                {"response_action": "errors", "errors": {"reason": "Two words at least."}}
            )
        await client.chat_postMessage(channel=cast.INCIDENTS, text=f"Denied: {reason}")
    return Response()


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """Serve the sandbox's workspace with an approval in it, and the app behind it."""
    stand_in = SlackStandIn(system_clock, signing_secret="shh", bot_token="xoxb-1")
    cast.populate(stand_in)
    async with serve(stand_in.app) as stand_in.base_url:
        client = AsyncWebClient(token="xoxb-1", base_url=f"{stand_in.base_url}/api/")

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            form = parse_qs((await Request(scope, receive).body()).decode())
            answer = await denying_app(client, json.loads(form["payload"][0]))
            await answer(scope, receive, send)

        async with serve(app) as url:
            stand_in.events_url = f"{url}/slack/events"
            stand_in.workspace.post(cast.INCIDENTS, "Approve?", APPROVAL)
            yield stand_in


async def played(slack: SlackStandIn, *steps: Step) -> list[str]:
    """Play a script, and give the lines that it shows."""

    async def settled() -> None:
        """Wait for nothing: the app acts before it acknowledges."""

    shown: list[str] = []
    influxdb = InfluxDBStandIn(realistic_fixture(), system_clock)
    await Stage(slack, influxdb, settled).play(steps, shown.append)
    return "\n".join(shown).split("\n")


async def test_a_modal_is_filled_in_and_submitted(slack: SlackStandIn) -> None:
    """It is drawn when it opens and when the app finds fault with it; what is filled in is said."""
    lines = await played(slack, Act(cast.CAROL), Press("Deny"), Fill("no"), Press("Deny"))

    assert lines[2:] == [
        "",
        "carol presses: Deny",
        "Modal · Deny this change?",
        "  Reason",
        "  [ ]",
        "  [ Deny ] [ Keep ]",
        "",
        "carol fills in: no",
        "",
        "carol presses: Deny",
        "Modal · Deny this change?",
        "  Reason",
        "  [ no ]",
        "  Error: Two words at least.",
        "  [ Deny ] [ Keep ]",
    ]


async def test_an_accepted_submission_closes_the_modal(slack: SlackStandIn) -> None:
    """What the app does then is shown, and that the modal is gone."""
    lines = await played(slack, Press("Deny"), Fill("not now"), Press("Deny"))

    assert lines[-4:] == [
        "alice presses: Deny",
        "#incidents · token-bot",
        "  Denied: not now",
        "The modal is closed.",
    ]


async def test_the_close_button_closes(slack: SlackStandIn) -> None:
    """Nothing is submitted, and the message's buttons can be pressed again."""
    lines = await played(slack, Press("Deny"), Press("Keep"), Press("Deny"))

    assert lines[-8:] == [
        "alice presses: Keep",
        "The modal is closed.",
        "",
        "alice presses: Deny",
        "Modal · Deny this change?",
        "  Reason",
        "  [ ]",
        "  [ Deny ] [ Keep ]",
    ]


async def test_a_modals_own_buttons_can_be_pressed(slack: SlackStandIn) -> None:
    """A button among its blocks leaves it open."""
    await played(slack, Press("Look"), Press("Look"))

    assert slack.open_view(cast.ALICE) is not None


async def test_what_a_button_says_comes_before_the_end_of_an_id(slack: SlackStandIn) -> None:
    """A change's id may end like the number that stands on another message's button."""
    for text, action, value in (("Look 1", "open_empty", "MB5X9F"), ("Look", "deny_change", "Q1")):
        button = {"type": "button", "text": plain(text), "action_id": action, "value": value}
        slack.workspace.post(cast.INCIDENTS, value, [{"type": "actions", "elements": [button]}])

    await played(slack, Press("Look 1"))

    view = slack.open_view(cast.ALICE)
    assert view is not None
    assert view.title == "Nothing to fill in"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([Fill("x")], "alice sees no empty input"),
        ([Press("Look"), Fill("x")], "alice sees no empty input"),
        ([Press("Deny"), Fill("x"), Fill("y")], "alice sees no empty input"),
        ([Press("Deny"), Press("Deny")], "'Reason' is required"),
        ([Press("Deny"), Press("Look")], "in front, and there is no Look"),
    ],
)
async def test_steps_that_nobody_could_take(
    slack: SlackStandIn, steps: list[Step], told: str
) -> None:
    """A modal is in front of everything, and its client insists on what is required."""
    with pytest.raises(ScriptError, match=told):
        await played(slack, *steps)


def test_filling_in_is_read_from_the_command_line() -> None:
    """--fill takes a text, as --press does."""
    assert parse(["--press", "Deny", "--fill=not now"]) == [Press("Deny"), Fill("not now")]
