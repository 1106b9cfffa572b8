"""Trigger ids: what they are good for, how long, and how often."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn
from tests.sandbox.slack.forms import DENY, modal, plain

Refusal = Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]
Triggered = Callable[..., Awaitable[str]]
Payloads = Callable[[], list[dict[str, Any]]]

BUTTON = {
    "type": "actions",
    "elements": [{"type": "button", "text": plain("Deny"), "action_id": "deny_change"}],
}


async def test_a_trigger_opens_a_modal_for_who_caused_it(
    slack: SlackStandIn, client: AsyncWebClient, triggered: Triggered
) -> None:
    """Whoever typed the command sees it, and nobody else."""
    await client.views_open(trigger_id=await triggered("U0BOB"), view=DENY)

    view = slack.open_view("U0BOB")
    assert view is not None
    assert (view.person, view.title) == ("U0BOB", "Deny this change?")
    assert slack.open_view("U0ALICE") is None


async def test_a_press_causes_a_trigger_too(
    slack: SlackStandIn, client: AsyncWebClient, triggered: Triggered, payloads: Payloads
) -> None:
    """The payload of a press brings one for who pressed."""
    await triggered()
    await client.chat_postMessage(channel="C0INCIDENTS", text="x", blocks=[BUTTON])
    await slack.press("U0BOB", slack.messages("C0INCIDENTS")[-1], "Deny")

    await client.views_open(trigger_id=payloads()[-1]["trigger_id"], view=DENY)

    assert slack.open_view("U0BOB") is not None


async def test_a_trigger_is_good_for_three_seconds(
    client: AsyncWebClient,
    refusal: Refusal,
    triggered: Triggered,
    pass_time: Callable[[timedelta], None],
) -> None:
    """At three seconds it still is, after that it is expired."""
    first, second = await triggered(), await triggered()
    pass_time(timedelta(seconds=3))
    await client.views_open(trigger_id=first, view=DENY)
    pass_time(timedelta(milliseconds=1))

    answer = await refusal(client.views_open(trigger_id=second, view=DENY))

    assert answer["error"] == "expired_trigger_id"


async def test_a_trigger_is_good_once(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal, triggered: Triggered
) -> None:
    """The second modal is refused, and the first stays as it is."""
    trigger_id = await triggered()
    await client.views_open(trigger_id=trigger_id, view=DENY)
    view = slack.open_view("U0ALICE")

    answer = await refusal(client.views_open(trigger_id=trigger_id, view=modal("Another")))

    assert answer["error"] == "exchanged_trigger_id"
    assert slack.open_view("U0ALICE") is view


@pytest.mark.parametrize("trigger_id", ["rubbish", "1.1.0123456789abcdef0123456789abcdef"])
async def test_an_unknown_trigger_is_invalid(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal, trigger_id: str
) -> None:
    """Whatever was not given out opens nothing."""
    answer = await refusal(client.views_open(trigger_id=trigger_id, view=DENY))

    assert answer["error"] == "invalid_trigger_id"
    assert slack.open_view("U0ALICE") is None


async def test_a_view_that_is_refused_leaves_the_trigger(
    client: AsyncWebClient, refusal: Refusal, triggered: Triggered
) -> None:
    """The app may try again with a better view."""
    trigger_id = await triggered()

    refused = await refusal(client.views_open(trigger_id=trigger_id, view={"type": "modal"}))
    answer = await client.views_open(trigger_id=trigger_id, view=DENY)

    assert refused["error"] == "invalid_arguments"
    assert answer["ok"] is True
