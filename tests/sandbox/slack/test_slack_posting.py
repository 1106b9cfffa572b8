"""Posting messages with chat.postMessage."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Message, SlackStandIn

Refusal = Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]
Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]


def only_message(slack: SlackStandIn) -> Message:
    """Give the one message of #incidents."""
    (message,) = slack.messages("C0INCIDENTS")
    return message


def block(text: str = "Token disabled") -> dict[str, Any]:
    """Write a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def test_a_message_is_in_its_channel(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """What is posted can be read, and the answer names it."""
    answer = await client.chat_postMessage(
        channel="C0INCIDENTS", text="Token disabled", blocks=[block("*Token disabled*")]
    )

    message = only_message(slack)
    assert (answer["channel"], answer["ts"]) == ("C0INCIDENTS", message.ts)
    assert (message.text, message.plain) == ("Token disabled", "Token disabled")
    assert (message.user, message.edited, message.ephemeral_to) == ("bot", False, None)


async def test_messages_of_one_instant_have_different_ts(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """With a clock that stands still, messages stay apart and in order."""
    for text in "abc":
        await client.chat_postMessage(channel="C0INCIDENTS", text=text)

    messages = slack.messages("C0INCIDENTS")
    assert [m.text for m in messages] == ["a", "b", "c"]
    assert len({m.ts for m in messages}) == 3


async def test_ids_are_given_where_there_were_none(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Blocks and buttons without ids get ids, as Slack gives them."""
    undo = {"type": "button", "text": {"type": "plain_text", "text": "Undo"}}
    await client.chat_postMessage(
        channel="C0INCIDENTS", text="x", blocks=[{"type": "actions", "elements": [undo]}]
    )

    (button,) = only_message(slack).buttons
    assert button.block_id
    assert button.action_id


async def test_a_persons_id_opens_direct_messages(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Posting to U… lands in D…, and the answer says which."""
    answer = await client.chat_postMessage(channel="U0ALICE", text="for you")

    assert answer["channel"].startswith("D")
    assert [m.text for m in slack.direct_messages("U0ALICE")] == ["for you"]
    again = await client.chat_postMessage(channel=answer["channel"], text="and again")
    assert again["channel"] == answer["channel"]


async def test_a_reply_stands_in_its_thread(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A reply knows the message that it replies to."""
    first = await client.chat_postMessage(channel="C0INCIDENTS", text="disabled")
    await client.chat_postMessage(channel="C0INCIDENTS", text="active again", thread_ts=first["ts"])

    assert slack.messages("C0INCIDENTS")[-1].thread_ts == first["ts"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("#incidents", "channel_not_found"),
        ("G0HID", "channel_not_found"),
        ("U0NOBODY", "channel_not_found"),
        ("U0GONE", "channel_not_found"),
        ("U0ELSE", "channel_not_found"),
        ("U0ROBOT", "channel_not_found"),
        ("C0AWAY", "not_in_channel"),
        ("C0OLD", "is_archived"),
    ],
)
async def test_where_the_app_cannot_post_it_is_told(
    client: AsyncWebClient, channel: str, error: str, refusal: Refusal
) -> None:
    """Each reason has Slack's error."""
    answer = await refusal(client.chat_postMessage(channel=channel, text="x"))

    assert answer["error"] == error


async def test_public_channels_are_open_to_those_with_the_scope(
    client_of: Callable[..., AsyncWebClient], served: Served
) -> None:
    """chat:write.public posts without membership."""
    async with served(scopes=["chat:write", "chat:write.public"]) as slack:
        await client_of(slack).chat_postMessage(channel="C0AWAY", text="hello")

    assert [m.text for m in slack.messages("C0AWAY")] == ["hello"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": "no JSON"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [block("y" * 3000)] * 4}, "msg_blocks_too_long"),
    ],
)
async def test_content_that_slack_refuses_is_refused(
    slack: SlackStandIn,
    client: AsyncWebClient,
    content: dict[str, Any],
    error: str,
    refusal: Refusal,
) -> None:
    """Nothing, and too much, cannot be posted."""
    arguments = {"channel": "C0INCIDENTS", **content}

    answer = await refusal(client.api_call("chat.postMessage", json=arguments))

    assert answer["error"] == error
    assert slack.messages("C0INCIDENTS") == []


async def test_invalid_blocks_are_explained(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """The refusal says which rule is broken where."""
    answer = await refusal(
        client.chat_postMessage(channel="C0INCIDENTS", text="x", blocks=[{"type": "nonsense"}])
    )

    assert answer["error"] == "invalid_blocks"
    assert "blocks[0]" in answer["response_metadata"]["messages"][0]
    assert slack.messages("C0INCIDENTS") == []
