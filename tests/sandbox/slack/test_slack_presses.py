"""Presses on buttons: who can, and what the app receives."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from bot.sandbox.slack import ImpossibleInSlackError, Message, Person, SlackStandIn

Received = list[tuple[dict[str, str], bytes]]

pytestmark = pytest.mark.usefixtures("bot")

CONFIRM = {
    key: {"type": "plain_text", "text": text}
    for key, text in {
        "title": "Undo?",
        "text": "The token works again.",
        "confirm": "Undo",
        "deny": "Keep",
    }.items()
}


UNDO = {"style": "danger", "confirm": CONFIRM}


def button(text: str, **more: Any) -> dict[str, Any]:
    """Write a button."""
    return {"type": "button", "text": {"type": "plain_text", "text": text}, **more}


BLOCKS: list[dict[str, Any]] = [
    {
        "type": "section",
        "text": {"type": "plain_text", "text": "telegraf"},
        "accessory": button("Show", action_id="show_token"),
    },
    {
        "type": "actions",
        "block_id": "change",
        "elements": [
            button(
                "Undo", action_id="undo_change", value="7F3K2Q", style="danger", confirm=CONFIRM
            ),
            button("Details", action_id="details:1"),
            button("Details", action_id="details:2"),
        ],
    },
]


def payload(received: Received) -> dict[str, Any]:
    """Give the payload that the bot received last."""
    form = parse_qs(received[-1][1].decode(), strict_parsing=True)
    assert list(form) == ["payload"]
    parsed: dict[str, Any] = json.loads(form["payload"][0])
    return parsed


@pytest.fixture
async def message(slack: SlackStandIn, client: AsyncWebClient) -> Message:
    """Post a message with buttons in #incidents."""
    await client.chat_postMessage(channel="C0INCIDENTS", text="disabled", blocks=BLOCKS)
    return slack.messages("C0INCIDENTS")[-1]


async def test_a_press_arrives_with_all_that_slack_sends(
    slack: SlackStandIn, message: Message, received: Received
) -> None:
    """Who pressed what where is in the payload, and the message itself."""
    delivery = await slack.press("U0BOB", message, "Undo")

    sent = payload(received)
    assert (delivery.status, delivery.error) == (200, None)
    assert sent["type"] == "block_actions"
    assert sent["user"] == {
        "id": "U0BOB",
        "username": "bob",
        "name": "bob",
        "team_id": "T0HOME",
    }
    assert sent["team"] == {"id": "T0HOME", "domain": "home"}
    assert sent["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C0INCIDENTS",
        "is_ephemeral": False,
    }
    assert sent["channel"] == {"id": "C0INCIDENTS", "name": "incidents"}
    assert sent["message"]["ts"] == message.ts
    assert sent["message"]["blocks"] == message.blocks
    assert sent["state"] == {"values": {}}
    assert sent["response_url"].startswith(f"{slack.base_url}/response/")
    assert sent["trigger_id"]
    (action,) = sent["actions"]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "undo_change",
        "block_id": "change",
        "value": "7F3K2Q",
        "style": "danger",
        "text": {"type": "plain_text", "text": "Undo", "emoji": True},
    }


async def test_an_ephemeral_message_is_not_in_the_payload(
    slack: SlackStandIn, client: AsyncWebClient, received: Received
) -> None:
    """Slack names an ephemeral message and leaves out what it says."""
    await client.chat_postEphemeral(channel="C0INCIDENTS", user="U0ALICE", text="x", blocks=BLOCKS)
    (message,) = slack.ephemerals("U0ALICE")

    await slack.press("U0ALICE", message, "Undo")

    sent = payload(received)
    assert "message" not in sent
    assert sent["container"]["is_ephemeral"] is True
    assert sent["container"]["message_ts"] == message.ts


async def test_buttons_are_found_by_text_action_id_and_number(
    slack: SlackStandIn, message: Message, received: Received
) -> None:
    """Accessories count as well, and of equal buttons the n-th can be meant."""
    pressed = []
    for how in ({"action_id": "show_token"}, {"text": "Details", "nth": 1}, {"nth": 2}):
        await slack.press("U0ALICE", message, **how)
        pressed.append(payload(received)["actions"][0]["action_id"])

    assert pressed == ["show_token", "details:2", "details:1"]


async def test_a_confirm_dialog_is_recorded_as_accepted(
    slack: SlackStandIn, message: Message
) -> None:
    """The words that the person accepted are kept; a button without a dialog has none."""
    with_dialog = await slack.press("U0ALICE", message, "Undo")
    without = await slack.press("U0ALICE", message, "Show")

    assert with_dialog.confirmation == "Undo?\nThe token works again.\nUndo\nKeep"
    assert without.confirmation is None


async def test_a_button_that_is_not_there_cannot_be_pressed(
    slack: SlackStandIn, message: Message, received: Received
) -> None:
    """The error names the buttons that are there."""
    with pytest.raises(ImpossibleInSlackError, match="undo_change"):
        await slack.press("U0ALICE", message, "Approve")

    assert received == []


async def test_only_those_who_see_a_message_can_press(
    slack: SlackStandIn, client: AsyncWebClient, received: Received
) -> None:
    """Private channels, direct and ephemeral messages are out of others' reach."""
    await client.chat_postMessage(channel="G0MINE", text="x", blocks=BLOCKS)
    await client.chat_postMessage(channel="U0ALICE", text="x", blocks=BLOCKS)
    await client.chat_postEphemeral(channel="C0INCIDENTS", user="U0ALICE", text="x", blocks=BLOCKS)
    messages = [
        *slack.messages("G0MINE"),
        *slack.direct_messages("U0ALICE"),
        *slack.ephemerals("U0ALICE"),
    ]
    assert len(messages) == 3

    for message in messages:
        with pytest.raises(ImpossibleInSlackError, match="does not see"):
            await slack.press("U0BOB", message, "Undo")
        await slack.press("U0ALICE", message, "Undo")

    assert len(received) == 3


@pytest.mark.parametrize("user", ["U0GUEST", "U0ELSE"])
async def test_guests_and_outsiders_see_only_channels_they_are_in(
    slack: SlackStandIn, message: Message, user: str
) -> None:
    """A public channel is open to full members of this workspace alone."""
    with pytest.raises(ImpossibleInSlackError):
        await slack.press(user, message, "Undo")


async def test_people_of_connected_workspaces_press_as_themselves(
    slack: SlackStandIn, client: AsyncWebClient, received: Received
) -> None:
    """The payload's team is the app's; the person's is beside their id."""
    await client.chat_postMessage(channel="C0SHARED", text="x", blocks=BLOCKS)
    (message,) = slack.messages("C0SHARED")

    await slack.press("U0ELSE", message, "Undo")
    own = payload(received)
    await slack.press("U0ALICE", message, "Undo", team_id="T0FORGED")
    other = payload(received)

    assert (own["team"]["id"], own["user"]["team_id"]) == ("T0HOME", "T0OTHER")
    assert (other["team"]["id"], other["user"]["team_id"]) == ("T0HOME", "T0FORGED")


async def test_a_button_that_an_edit_took_away_needs_an_outdated_client(
    slack: SlackStandIn, client: AsyncWebClient, message: Message, received: Received
) -> None:
    """A client that has not shown the edit can still press, and sends the message as it is."""
    await client.chat_update(channel="C0INCIDENTS", ts=message.ts, text="undone")

    with pytest.raises(ImpossibleInSlackError):
        await slack.press("U0BOB", message, "Undo")
    await slack.press("U0BOB", message, "Undo", outdated=True)

    assert payload(received)["actions"][0]["value"] == "7F3K2Q"


async def test_a_deleted_message_can_be_pressed_by_an_outdated_client_only(
    slack: SlackStandIn, client: AsyncWebClient, message: Message, received: Received
) -> None:
    """The message is gone for everybody else."""
    await client.chat_delete(channel="C0INCIDENTS", ts=message.ts)

    with pytest.raises(ImpossibleInSlackError):
        await slack.press("U0BOB", message, "Undo")
    await slack.press("U0BOB", message, "Undo", outdated=True)

    assert len(received) == 1


async def test_somebody_deactivated_meanwhile_can_still_press(
    slack: SlackStandIn, message: Message, received: Received
) -> None:
    """A press may be on its way when the account goes; refusing it is the app's business."""
    slack.add_person(Person("U0ALICE", "alice", deleted=True))

    await slack.press("U0ALICE", message, "Undo")

    assert payload(received)["user"]["id"] == "U0ALICE"


async def test_what_acknowledges_a_press_is_not_shown(
    slack: SlackStandIn, message: Message, answers: list[ASGIApp]
) -> None:
    """Text in the acknowledgement of a press does nothing."""
    answers.append(PlainTextResponse("Undone."))

    delivery = await slack.press("U0ALICE", message, "Undo")

    assert (delivery.body, delivery.shown) == ("Undone.", None)
    assert slack.visible_to("U0ALICE", "C0INCIDENTS") == [message]


async def test_a_thread_is_named(
    slack: SlackStandIn, client: AsyncWebClient, message: Message, received: Received
) -> None:
    """A button in a reply says which thread it is in."""
    await client.chat_postMessage(
        channel="C0INCIDENTS", text="x", blocks=BLOCKS, thread_ts=message.ts
    )

    await slack.press("U0ALICE", slack.messages("C0INCIDENTS")[-1], "Undo")

    sent = payload(received)
    assert sent["container"]["thread_ts"] == sent["message"]["thread_ts"] == message.ts
