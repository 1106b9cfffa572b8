"""Home in the stand-in: what Slack takes, tells, refuses, and keeps of what people fill in."""

import copy
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import RateLimits, SlackStandIn
from bot.sandbox.slack.impossible import ImpossibleInSlackError
from tests.sandbox.slack.forms import plain

Json = dict[str, Any]
Payloads = Callable[[], list[Json]]
Refusal = Callable[[Awaitable[object]], Awaitable[Json]]
Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]

MENU = {
    "type": "static_select",
    "action_id": "home_sort",
    "options": [{"text": plain(each), "value": each.lower()} for each in ("Up", "Down")],
}
BUTTON = {"type": "button", "text": plain("More"), "action_id": "more", "value": "7"}


def home(*blocks: Json, search: str = "search") -> Json:
    """Make a Home with a search, a menu and a button."""
    field = {"type": "plain_text_input", "action_id": "home_search"}
    return {
        "type": "home",
        "callback_id": "home",
        "blocks": [
            {
                "type": "input",
                "block_id": search,
                "label": plain("Search"),
                "element": field,
                "dispatch_action": True,
            },
            {"type": "actions", "block_id": "row", "elements": [MENU, BUTTON]},
            *blocks,
        ],
    }


async def test_publishing_shows_it_to_one_person(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Whose it is sees it; nobody else does. The answer is the view as Slack keeps it."""
    answer = await client.views_publish(user_id="U0ALICE", view=home())

    view = slack.home("U0ALICE")
    assert view is not None
    assert view.plain == "Search\n[ ]\n[ Choose ▾ ] [ More ]"
    assert slack.home("U0BOB") is None
    told = answer["view"]
    assert (told["id"], told["type"], told["hash"]) == (view.id, "home", view.hash)
    assert slack.open_view("U0ALICE") is None


async def test_a_hash_that_is_not_the_newest(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """Whoever names an older page replaces nothing; whoever names none does."""
    first = (await client.views_publish(user_id="U0ALICE", view=home()))["view"]["hash"]
    second = await client.views_publish(user_id="U0ALICE", view=home(), hash=first)

    refused = await refusal(client.views_publish(user_id="U0ALICE", view=home(), hash=first))

    assert refused["error"] == "hash_conflict"
    view = slack.home("U0ALICE")
    assert view is not None
    assert view.hash == second["view"]["hash"]
    assert (await refusal(client.views_publish(user_id="U0BOB", view=home(), hash=first)))[
        "error"
    ] == "hash_conflict"
    await client.views_publish(user_id="U0ALICE", view=home())


@pytest.mark.parametrize(
    ("user", "view", "error"),
    [
        ("U0NOBODY", home(), "user_not_found"),
        ("U0ALICE", {"type": "modal", "blocks": []}, "invalid_arguments"),
        ("U0ALICE", home(*[{"type": "divider"}] * 99), "invalid_arguments"),
        ("U0ALICE", home(search="row"), "invalid_arguments"),
        ("U0ALICE", home({"type": "table", "rows": []}), "invalid_arguments"),
    ],
)
async def test_what_slack_does_not_take(
    slack: SlackStandIn,
    client: AsyncWebClient,
    refusal: Refusal,
    user: str,
    view: Json,
    error: str,
) -> None:
    """People it does not know, modals, more than 100 blocks, ids twice, blocks that do not fit."""
    refused = await refusal(client.views_publish(user_id=user, view=view))

    assert refused["error"] == error
    assert slack.home("U0ALICE") is None


async def test_the_app_is_told_who_opens_it(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """As JSON, signed; with the view once there is one; each time another event."""
    first = await slack.open_home("U0ALICE")
    await client.views_publish(user_id="U0ALICE", view=home())
    second = await slack.open_home("U0ALICE", tab="messages")

    bodies = [json.loads(each.request.body) for each in (first, second)]
    assert first.request.headers["Content-Type"] == "application/json"
    assert [each["type"] for each in bodies] == ["event_callback"] * 2
    assert bodies[0]["event_id"] != bodies[1]["event_id"]
    assert bodies[0]["event"]["type"] == "app_home_opened"
    assert (bodies[0]["event"]["user"], bodies[0]["event"]["tab"]) == ("U0ALICE", "home")
    assert "view" not in bodies[0]["event"]
    assert bodies[1]["event"]["view"]["callback_id"] == "home"
    assert bodies[1]["event"]["tab"] == "messages"


@pytest.mark.usefixtures("bot")
async def test_what_people_do_reaches_the_app(
    slack: SlackStandIn, client: AsyncWebClient, payloads: Payloads
) -> None:
    """A press, a choice and an Enter, each with what is filled in, and without a channel."""
    await client.views_publish(user_id="U0ALICE", view=home())

    await slack.press_in_home("U0ALICE", "More")
    await slack.enter_in_home("U0ALICE", "home_sort", "Down")
    await slack.enter_in_home("U0ALICE", "Search", "edge")

    pressed, chosen, typed = payloads()
    assert (pressed["actions"][0]["value"], pressed["container"]["type"]) == ("7", "view")
    assert chosen["actions"][0]["selected_option"]["value"] == "down"
    assert (typed["actions"][0]["type"], typed["actions"][0]["value"]) == (
        "plain_text_input",
        "edge",
    )
    assert typed["view"]["state"]["values"]["row"]["home_sort"]["selected_option"]["value"] == (
        "down"
    )
    assert all("channel" not in each and "response_url" not in each for each in payloads())
    assert all(each["view"]["type"] == "home" for each in payloads())


async def test_what_is_filled_in_stays_where_its_ids_do(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """A page that is replaced keeps a text, unless its block has another id."""
    await client.views_publish(user_id="U0ALICE", view=home())
    await slack.enter_in_home("U0ALICE", "Search", "edge")

    await client.views_publish(user_id="U0ALICE", view=home())
    view = slack.home("U0ALICE")
    assert view is not None
    kept = view.plain
    await client.views_publish(user_id="U0ALICE", view=home(search="another"))

    assert kept.startswith("Search\n[ edge ]")
    assert view.plain.startswith("Search\n[ ]")


@pytest.mark.usefixtures("bot")
async def test_a_press_on_what_is_not_there_any_more(
    slack: SlackStandIn, client: AsyncWebClient, payloads: Payloads
) -> None:
    """As a client does that has not shown the newest page yet; what was never there cannot be."""
    await client.views_publish(user_id="U0ALICE", view=home())
    view = slack.home("U0ALICE")
    assert view is not None
    older = copy.copy(view)
    await client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": []})

    await slack.press_in_home("U0ALICE", "More", seen=older)

    assert payloads()[-1]["actions"][0]["action_id"] == "more"
    with pytest.raises(ImpossibleInSlackError, match="no such button"):
        await slack.press_in_home("U0ALICE", "More")
    with pytest.raises(ImpossibleInSlackError, match="nothing in U0BOB's Home"):
        await slack.press_in_home("U0BOB", "More")


async def test_an_input_that_tells_nothing(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Without dispatch_action Enter reaches nobody."""
    view = home()
    del view["blocks"][0]["dispatch_action"]
    await client.views_publish(user_id="U0ALICE", view=view)

    with pytest.raises(ImpossibleInSlackError, match="tells the app nothing"):
        await slack.enter_in_home("U0ALICE", "Search", "edge")


async def test_a_hundred_pages_a_minute(
    served: Served, client_of: Callable[..., AsyncWebClient], refusal: Refusal
) -> None:
    """Tier 4: https://docs.slack.dev/apis/web-api/rate-limits."""
    async with served(rate_limits=RateLimits()) as slack:
        client = client_of(slack)
        for _ in range(100):
            await client.views_publish(user_id="U0ALICE", view=home())

        refused = await refusal(client.views_publish(user_id="U0ALICE", view=home()))

        assert refused["error"] == "ratelimited"
