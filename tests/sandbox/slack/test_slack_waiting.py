"""Waiting for something to be so."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Message, SlackStandIn


async def test_waiting_ends_as_soon_as_it_is_so(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """The waiter is woken by the change and given what the condition found."""

    def second() -> Message | None:
        messages = slack.messages("C0INCIDENTS")
        return messages[1] if len(messages) > 1 else None

    waiting = asyncio.ensure_future(slack.wait_for(second))
    await client.chat_postMessage(channel="C0INCIDENTS", text="one")
    assert not waiting.done()
    await client.chat_postMessage(channel="C0INCIDENTS", text="two")

    message = await waiting
    assert message is not None
    assert message.text == "two"


async def test_edits_deletions_and_calls_wake_too(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Each kind of change is a change."""
    posted = await client.chat_postMessage(channel="C0INCIDENTS", text="one")
    (message,) = slack.messages("C0INCIDENTS")
    edited = asyncio.ensure_future(slack.wait_for(lambda: message.edited))
    deleted = asyncio.ensure_future(slack.wait_for(lambda: message.deleted))
    called = asyncio.ensure_future(slack.wait_for(lambda: len(slack.journal) == 4))

    await client.chat_update(channel="C0INCIDENTS", ts=posted["ts"], text="two")
    await edited
    await client.chat_delete(channel="C0INCIDENTS", ts=posted["ts"])
    await deleted
    await client.auth_test()
    await called

    assert [call.method for call in slack.journal[-2:]] == ["chat.delete", "auth.test"]


async def test_what_is_so_already_is_not_waited_for(slack: SlackStandIn) -> None:
    """A condition that holds returns at once."""
    assert await slack.wait_for(lambda: "so", timeout=0) == "so"


async def test_waiting_in_vain_says_what_is_there(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """The error lists the messages and the last calls."""
    await client.chat_postEphemeral(channel="C0INCIDENTS", user="U0ALICE", text="psst")

    with pytest.raises(TimeoutError) as caught:
        await slack.wait_for(lambda: slack.messages("C0INCIDENTS"), timeout=0.01)

    assert "psst" in str(caught.value)
    assert "U0ALICE alone" in str(caught.value)
    assert "chat.postEphemeral -> 200" in str(caught.value)
