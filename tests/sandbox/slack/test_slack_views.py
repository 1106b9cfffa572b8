"""Opening, pushing and updating views."""

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import RateLimits, SlackStandIn, View
from tests.sandbox.slack.forms import DENY, REASON, modal, plain

Json = dict[str, Any]
Opened = Callable[..., Awaitable[View]]
Payloads = Callable[[], list[Json]]
Refusal = Callable[[Awaitable[object]], Awaitable[Json]]
Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]
Triggered = Callable[..., Awaitable[str]]

MORE = {
    "type": "actions",
    "elements": [{"type": "button", "text": plain("More"), "action_id": "more"}],
}


async def push(slack: SlackStandIn, client: AsyncWebClient, payloads: Payloads) -> None:
    """Have Alice press More, and the bot push another view with that button."""
    await slack.press_in_view("U0ALICE", "More")
    await client.views_push(trigger_id=payloads()[-1]["trigger_id"], view=modal("Next", MORE))


async def test_the_answer_is_the_view_as_slack_keeps_it(
    slack: SlackStandIn, client: AsyncWebClient, triggered: Triggered
) -> None:
    """Ids, hash and empty state are added to what the app gave."""
    answer = await client.views_open(trigger_id=await triggered(), view=DENY)

    view = slack.open_view("U0ALICE")
    assert view is not None
    assert answer["view"] == {
        "id": view.id,
        "team_id": "T0HOME",
        "type": "modal",
        "blocks": [REASON],
        "private_metadata": "7F3K2Q",
        "callback_id": "deny_change",
        "state": {"values": {"reason": {"answer": {"type": "plain_text_input", "value": None}}}},
        "hash": view.hash,
        "title": plain("Deny this change?"),
        "clear_on_close": False,
        "notify_on_close": False,
        "close": plain("Keep"),
        "submit": plain("Deny"),
        "previous_view_id": None,
        "root_view_id": view.id,
        "app_id": "A0TOKENBOT",
        "external_id": "",
        "app_installed_team_id": "T0HOME",
        "bot_id": "B0TOKENBOT",
    }


async def test_blocks_without_ids_are_given_some(opened: Opened) -> None:
    """Errors and values can then be told by them."""
    bare = {**REASON, "element": {"type": "plain_text_input"}}
    del bare["block_id"]

    view = await opened(modal("Bare", bare))

    (given,) = view.blocks
    assert view.state.keys() == {given["block_id"]}
    assert view.state[given["block_id"]].keys() == {given["element"]["action_id"]}


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (None, "missing required field: view"),
        ("not JSON", None),
        ({**DENY, "type": "home"}, "view.type"),
        ({**DENY, "title": plain("x" * 25)}, "25 characters"),
        ({key: DENY[key] for key in ("type", "title", "blocks")}, "no submit"),
        ({**DENY, "blocks": [{"type": "video"}]}, "video"),
        ({**DENY, "private_metadata": "x" * 3001}, "3001 characters"),
    ],
)
async def test_views_that_slack_would_refuse_are_refused(
    slack: SlackStandIn,
    client: AsyncWebClient,
    refusal: Refusal,
    triggered: Triggered,
    view: object,
    told: str | None,
) -> None:
    """The limits of Block Kit hold, and the answer says which was broken."""
    arguments = {"trigger_id": await triggered(), "view": view}

    answer = await refusal(client.api_call("views.open", json=arguments))

    assert answer["error"] == "invalid_arguments"
    assert told is None or told in str(answer["response_metadata"]["messages"])
    assert slack.open_view("U0ALICE") is None


async def test_a_view_can_be_too_large(
    client: AsyncWebClient, refusal: Refusal, triggered: Triggered
) -> None:
    """More than 250 kB have an error of their own."""
    sections = [{"type": "section", "text": plain("x" * 3000)} for _ in range(90)]

    answer = await refusal(
        client.views_open(trigger_id=await triggered(), view=modal("Large", *sections))
    )

    assert answer["error"] == "view_too_large"


async def test_a_view_may_come_in_a_form(client: AsyncWebClient, triggered: Triggered) -> None:
    """There it is JSON in a string."""
    arguments = {"trigger_id": await triggered(), "view": json.dumps(DENY)}

    answer = await client.api_call("views.open", data=arguments)

    assert answer["view"]["callback_id"] == "deny_change"


async def test_views_are_pushed_up_to_three(
    slack: SlackStandIn,
    client: AsyncWebClient,
    opened: Opened,
    payloads: Payloads,
    refusal: Refusal,
) -> None:
    """Each knows the one beneath it and the first; a fourth is refused."""
    root = await opened(modal("First", MORE))
    await push(slack, client, payloads)
    await push(slack, client, payloads)
    await slack.press_in_view("U0ALICE", "More")

    refused = await refusal(
        client.views_push(trigger_id=payloads()[-1]["trigger_id"], view=modal("Fourth"))
    )

    assert refused["error"] == "push_limit_reached"
    front = slack.open_view("U0ALICE")
    assert front is not None
    assert [view.title for view in front.stack] == ["First", "Next", "Next"]
    assert front.stack[0] is root
    assert (front.previous_view_id, front.root_view_id) == (front.stack[1].id, root.id)


async def test_only_what_was_done_in_a_modal_can_push(
    slack: SlackStandIn,
    client: AsyncWebClient,
    opened: Opened,
    refusal: Refusal,
    triggered: Triggered,
) -> None:
    """A command's trigger finds no view to push onto."""
    view = await opened(DENY)

    answer = await refusal(client.views_push(trigger_id=await triggered(), view=modal("Pushed")))

    assert answer["error"] == "not_found"
    assert slack.open_view("U0ALICE") is view


async def test_a_modal_that_is_closed_cannot_be_pushed_onto(
    slack: SlackStandIn,
    client: AsyncWebClient,
    opened: Opened,
    payloads: Payloads,
    refusal: Refusal,
) -> None:
    """The person may close it before the app's call arrives."""
    await opened(modal("First", MORE))
    await slack.press_in_view("U0ALICE", "More")
    await slack.close_view("U0ALICE")

    answer = await refusal(
        client.views_push(trigger_id=payloads()[-1]["trigger_id"], view=modal("Next"))
    )

    assert answer["error"] == "not_found"


async def test_an_external_id_is_free_again_only_if_its_view_was_closed(
    slack: SlackStandIn,
    client: AsyncWebClient,
    opened: Opened,
    refusal: Refusal,
    triggered: Triggered,
) -> None:
    """A modal that made way for another leaves its id taken."""
    mine = {**DENY, "external_id": "mine"}
    await opened(mine)
    await slack.close_view("U0ALICE")
    first = await opened(mine)
    await opened(modal("Instead"))

    refused = await refusal(client.views_open(trigger_id=await triggered(), view=mine))

    assert not first.is_open
    assert refused["error"] == "duplicate_external_id"


async def test_a_new_modal_takes_the_place_of_the_old(slack: SlackStandIn, opened: Opened) -> None:
    """A person looks at one modal at a time."""
    old = await opened(DENY)

    new = await opened(modal("New"))

    assert slack.open_view("U0ALICE") is new
    assert (old.is_open, new.stack) == (False, [new])


async def test_a_hundred_modals_a_minute(
    served: Served,
    client_of: Callable[..., AsyncWebClient],
    pass_time: Callable[[timedelta], None],
    refusal: Refusal,
) -> None:
    """views.* are in tier 4."""
    async with served(rate_limits=RateLimits()) as slack:
        client = client_of(slack)
        for _ in range(100):
            await refusal(client.views_update(view_id="V0NONE", view=DENY))
        limited = await refusal(client.views_update(view_id="V0NONE", view=DENY))
        pass_time(timedelta(minutes=1))
        again = await refusal(client.views_update(view_id="V0NONE", view=DENY))

    assert (limited["error"], again["error"]) == ("ratelimited", "not_found")
