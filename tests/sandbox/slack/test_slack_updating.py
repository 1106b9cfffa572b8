"""Changing and deleting messages."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Message, SlackStandIn

Refusal = Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]


def only_message(slack: SlackStandIn) -> Message:
    """Give the one message of #incidents."""
    (message,) = slack.messages("C0INCIDENTS")
    return message


def block(text: str = "Token disabled") -> dict[str, Any]:
    """Write a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "telegraf on edge-42"}]}
    ],
}


async def test_an_update_replaces_text_and_blocks(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """The message changes in place and is marked as edited."""
    posted = await client.chat_postMessage(
        channel="C0INCIDENTS", text="disabled", blocks=[block("disabled")]
    )
    message = only_message(slack)

    await client.chat_update(
        channel="C0INCIDENTS", ts=posted["ts"], text="undone", blocks=[block("undone")]
    )

    assert (message.text, message.plain, message.edited) == ("undone", "undone", True)


async def test_text_without_blocks_removes_the_blocks(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """An update that says no blocks leaves none."""
    posted = await client.chat_postMessage(channel="C0INCIDENTS", text="x", blocks=[RICH])

    await client.chat_update(channel="C0INCIDENTS", ts=posted["ts"], text="bare")

    assert only_message(slack).blocks == []
    assert only_message(slack).plain == "bare"


async def test_rich_text_cannot_give_way_to_other_blocks(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """Rich text may be replaced by rich text only."""
    posted = await client.chat_postMessage(channel="C0INCIDENTS", text="x", blocks=[RICH])
    place = {"channel": "C0INCIDENTS", "ts": posted["ts"]}

    answer = await refusal(client.chat_update(**place, text="x", blocks=[block()]))
    await client.chat_update(**place, text="x", blocks=[block(), RICH])

    assert answer["error"] == "block_mismatch"
    assert len(only_message(slack).blocks) == 2


@pytest.mark.parametrize(("text", "error"), [("y" * 4001, "msg_too_long"), ("", "no_text")])
async def test_an_update_has_a_shorter_limit(
    client: AsyncWebClient, text: str, error: str, refusal: Refusal
) -> None:
    """chat.update refuses what chat.postMessage still takes."""
    posted = await client.chat_postMessage(channel="C0INCIDENTS", text="y" * 4001)

    arguments = {"channel": "C0INCIDENTS", "ts": posted["ts"], "text": text}
    answer = await refusal(client.api_call("chat.update", json=arguments))

    assert answer["error"] == error


async def test_direct_messages_are_updated_by_their_channel(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """chat.update wants D…, not U…."""
    posted = await client.chat_postMessage(channel="U0ALICE", text="x")

    answer = await refusal(client.chat_update(channel="U0ALICE", ts=posted["ts"], text="y"))
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")

    assert answer["error"] == "channel_not_found"
    assert slack.direct_messages("U0ALICE")[0].text == "y"


@pytest.mark.parametrize("method", ["update", "delete"])
async def test_other_peoples_messages_stay(
    slack: SlackStandIn, client: AsyncWebClient, method: str, refusal: Refusal
) -> None:
    """The app changes and deletes its own messages only."""
    theirs = slack.workspace.post("C0INCIDENTS", "hands off", [], user="U0ALICE")
    arguments = {"channel": "C0INCIDENTS", "ts": theirs.ts, "text": "y"}

    answer = await refusal(client.api_call(f"chat.{method}", params=arguments))

    assert answer["error"] == f"cant_{method}_message"
    assert only_message(slack).text == "hands off"


async def test_a_deleted_message_is_gone(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """After chat.delete nobody sees it and it cannot be updated."""
    posted = await client.chat_postMessage(channel="C0INCIDENTS", text="x")
    message = only_message(slack)

    await client.chat_delete(channel="C0INCIDENTS", ts=posted["ts"])

    assert message.deleted
    assert slack.messages("C0INCIDENTS") == []
    answer = await refusal(client.chat_update(channel="C0INCIDENTS", ts=posted["ts"], text="y"))
    assert answer["error"] == "message_not_found"
