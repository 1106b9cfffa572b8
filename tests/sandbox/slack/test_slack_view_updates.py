"""Updating views."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn, View
from tests.sandbox.slack.forms import DENY, REASON, field, modal

Json = dict[str, Any]
Opened = Callable[..., Awaitable[View]]
Refusal = Callable[[Awaitable[object]], Awaitable[Json]]
Triggered = Callable[..., Awaitable[str]]


async def test_an_update_keeps_what_is_filled_in(
    slack: SlackStandIn, client: AsyncWebClient, opened: Opened
) -> None:
    """Where block_id and action_id stay, the value does; other inputs are as they are set."""
    view = await opened(modal("Two", REASON, field("ticket", "Ticket")))
    slack.fill("U0ALICE", {"Reason": "not now", "Ticket": "SEC-1"})
    before = view.hash

    other = field("ticket", "Ticket", action_id="other", initial_value="SEC-0")
    await client.views_update(view_id=view.id, view=modal("Updated", REASON, other))

    assert (view.title, view.hash == before) == ("Updated", False)
    assert view.state["reason"]["answer"]["value"] == "not now"
    assert view.state["ticket"] == {"other": {"type": "plain_text_input", "value": "SEC-0"}}


async def test_an_update_can_insist_on_what_it_replaces(
    client: AsyncWebClient, opened: Opened, refusal: Refusal
) -> None:
    """With the hash of an earlier version it is refused, with the present one it is done."""
    view = await opened(DENY)
    first = view.hash
    await client.views_update(view_id=view.id, view=modal("Second"), hash=first)

    refused = await refusal(client.views_update(view_id=view.id, view=modal("Third"), hash=first))
    assert (refused["error"], view.title) == ("hash_conflict", "Second")

    await client.views_update(view_id=view.id, view=modal("Third"), hash=view.hash)
    assert view.title == "Third"


async def test_a_view_can_have_the_apps_own_id(
    client: AsyncWebClient, opened: Opened, refusal: Refusal, triggered: Triggered
) -> None:
    """It can be updated by it, and no other view can have it."""
    view = await opened({**DENY, "external_id": "deny-7F3K2Q"})

    await client.views_update(external_id="deny-7F3K2Q", view=modal("Found"))
    taken = await opened({**DENY, "external_id": "deny-2"}, "U0BOB")
    refused = await refusal(
        client.views_open(
            trigger_id=await triggered(), view={**DENY, "external_id": taken.external_id}
        )
    )

    assert view.title == "Found"
    assert refused["error"] == "duplicate_external_id"


@pytest.mark.parametrize(
    ("which", "error"),
    [
        ({}, "invalid_arguments"),
        ({"view_id": "V0", "external_id": "x"}, "invalid_arguments"),
        ({"view_id": "V0NONE"}, "not_found"),
        ({"external_id": "none"}, "not_found"),
    ],
)
async def test_an_update_names_one_view_that_is_open(
    client: AsyncWebClient, refusal: Refusal, which: Json, error: str
) -> None:
    """One of the two ids is needed, and it must be known."""
    answer = await refusal(client.api_call("views.update", json={"view": DENY, **which}))

    assert answer["error"] == error


async def test_a_closed_view_cannot_be_updated(
    slack: SlackStandIn, client: AsyncWebClient, opened: Opened, refusal: Refusal
) -> None:
    """Slack does not find it any more."""
    view = await opened(DENY)
    await slack.close_view("U0ALICE")

    answer = await refusal(client.views_update(view_id=view.id, view=modal("Late")))

    assert answer["error"] == "not_found"
