"""Reading who is there, and where."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn

Refusal = Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]


async def test_people_are_described(client: AsyncWebClient) -> None:
    """Deactivated people and people of other workspaces can be told from members."""
    gone = (await client.users_info(user="U0GONE"))["user"]
    stranger = (await client.users_info(user="U0ELSE"))["user"]

    assert (gone["deleted"], gone["team_id"], gone["is_restricted"]) == (True, "T0HOME", False)
    assert (stranger["team_id"], stranger["is_stranger"]) == ("T0OTHER", True)


async def test_channels_are_described(client: AsyncWebClient) -> None:
    """Shared and private channels can be told from others."""
    shared = (await client.conversations_info(channel="C0SHARED"))["channel"]
    private = (await client.conversations_info(channel="G0MINE"))["channel"]

    assert (shared["is_ext_shared"], shared["is_private"]) == (True, False)
    assert (private["is_ext_shared"], private["is_private"]) == (False, True)


@pytest.mark.parametrize("channel", ["G0HID", "C0NOWHERE"])
async def test_hidden_channels_are_not_found(
    client: AsyncWebClient, channel: str, refusal: Refusal
) -> None:
    """A private channel without the app looks like none."""
    answer = await refusal(client.conversations_info(channel=channel))

    assert answer["error"] == "channel_not_found"


async def test_direct_messages_can_be_opened(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """conversations.open gives the channel to which U… would have posted."""
    answer = await client.conversations_open(users="U0BOB")

    assert answer["channel"]["id"] == slack.workspace.direct_channel("U0BOB").id


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("U0NOBODY", "user_not_found"),
        ("U0GONE", "user_disabled"),
        ("U0ROBOT", "cannot_dm_bot"),
    ],
)
async def test_not_everybody_has_direct_messages(
    client: AsyncWebClient, users: str, error: str, refusal: Refusal
) -> None:
    """Unknown, deactivated and automatic users are refused."""
    assert (await refusal(client.conversations_open(users=users)))["error"] == error


async def test_arguments_are_required(client: AsyncWebClient, refusal: Refusal) -> None:
    """A call without what it is about is refused."""
    answer = await refusal(client.api_call("users.info", http_verb="GET"))

    assert answer["error"] == "invalid_arguments"
    assert "user" in answer["response_metadata"]["messages"][0]
