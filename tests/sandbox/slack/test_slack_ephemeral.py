"""Messages that one person alone sees."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn

Refusal = Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]


async def test_one_person_alone_sees_it(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """An ephemeral message is nobody else's."""
    await client.chat_postEphemeral(channel="C0INCIDENTS", user="U0ALICE", text="psst")

    assert [m.text for m in slack.visible_to("U0ALICE", "C0INCIDENTS")] == ["psst"]
    assert slack.visible_to("U0BOB", "C0INCIDENTS") == []
    assert slack.messages("C0INCIDENTS") == []
    assert [m.text for m in slack.ephemerals("U0ALICE")] == ["psst"]


@pytest.mark.parametrize(
    ("channel", "user", "error"),
    [
        ("C0QUIET", "U0BOB", "user_not_in_channel"),
        ("C0INCIDENTS", "U0NOBODY", "user_not_in_channel"),
        ("C0INCIDENTS", "U0GONE", "user_not_in_channel"),
        ("C0AWAY", "U0ALICE", "not_in_channel"),
        ("G0HID", "U0ALICE", "channel_not_found"),
    ],
)
async def test_both_must_be_in_the_channel(
    client: AsyncWebClient, channel: str, user: str, error: str, refusal: Refusal
) -> None:
    """The app and the person both have to be members."""
    answer = await refusal(client.chat_postEphemeral(channel=channel, user=user, text="x"))

    assert answer["error"] == error


async def test_it_cannot_be_updated(client: AsyncWebClient, refusal: Refusal) -> None:
    """chat.update does not find ephemeral messages."""
    posted = await client.chat_postEphemeral(channel="C0INCIDENTS", user="U0ALICE", text="x")

    answer = await refusal(
        client.chat_update(channel="C0INCIDENTS", ts=posted["message_ts"], text="y")
    )

    assert answer["error"] == "message_not_found"
