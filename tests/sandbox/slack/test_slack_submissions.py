"""Submitting a modal: what the app receives, and what its acknowledgement does."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from bot.sandbox.slack import SlackStandIn, View
from tests.sandbox.slack.forms import DENY, REASON, field, modal, plain

Json = dict[str, Any]
Opened = Callable[..., Awaitable[View]]
Payloads = Callable[[], list[Json]]


async def test_a_submission_arrives_with_all_that_slack_sends(
    slack: SlackStandIn, opened: Opened, payloads: Payloads
) -> None:
    """Who submitted which view with which values is in the payload, and no channel."""
    view = await opened(DENY)

    delivery = await slack.submit("U0ALICE", {"Reason": "not now\nask Carol"})

    sent = payloads()[-1]
    assert (delivery.status, delivery.error, delivery.reason) == (200, None, None)
    assert sent.pop("token")
    assert sent.pop("trigger_id")
    assert sent == {
        "type": "view_submission",
        "team": {"id": "T0HOME", "domain": "home"},
        "user": {"id": "U0ALICE", "username": "alice", "name": "alice", "team_id": "T0HOME"},
        "api_app_id": "A0TOKENBOT",
        "enterprise": None,
        "is_enterprise_install": False,
        "response_urls": [],
        "view": {
            "id": view.id,
            "team_id": "T0HOME",
            "type": "modal",
            "blocks": [REASON],
            "private_metadata": "7F3K2Q",
            "callback_id": "deny_change",
            "state": {
                "values": {
                    "reason": {
                        "answer": {"type": "plain_text_input", "value": "not now\nask Carol"}
                    }
                }
            },
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
        },
    }


async def test_a_submission_names_the_workspace_of_who_submits(
    slack: SlackStandIn, opened: Opened, payloads: Payloads
) -> None:
    """It may be another than the app's."""
    await opened(DENY)

    await slack.submit("U0ALICE", {"Reason": "x"}, team_id="T0OTHER")

    sent = payloads()[-1]
    assert (sent["user"]["team_id"], sent["team"]["id"]) == ("T0OTHER", "T0HOME")


async def test_an_empty_acknowledgement_closes_the_view(
    slack: SlackStandIn, opened: Opened
) -> None:
    """The view beneath, if any, is then in front."""
    view = await opened(DENY)

    await slack.submit("U0ALICE", {"reason": "not now"})

    assert slack.open_view("U0ALICE") is None
    assert not view.is_open


async def test_errors_stand_at_their_inputs(
    slack: SlackStandIn, opened: Opened, answers: list[ASGIApp]
) -> None:
    """The view stays open with what was filled in, until a submission is accepted."""
    view = await opened(DENY)
    told = {"response_action": "errors", "errors": {"reason": "Say more."}}
    answers.append(JSONResponse(told))

    refused = await slack.submit("U0ALICE", {"reason": "no"})

    assert refused.error is None
    assert slack.open_view("U0ALICE") is view
    assert view.errors == {"reason": "Say more."}
    assert view.state["reason"]["answer"]["value"] == "no"

    await slack.submit("U0ALICE")
    assert slack.open_view("U0ALICE") is None


async def test_the_view_can_be_updated_in_the_acknowledgement(
    slack: SlackStandIn, opened: Opened, answers: list[ASGIApp]
) -> None:
    """It stays the same view, with another hash and no complaint."""
    view = await opened(DENY)
    before = view.hash
    answers.append(JSONResponse({"response_action": "update", "view": modal("Denied")}))

    await slack.submit("U0ALICE", {"reason": "no"})

    assert slack.open_view("U0ALICE") is view
    assert (view.title, view.hash == before) == ("Denied", False)


async def test_a_view_can_be_pushed_and_all_be_cleared(
    slack: SlackStandIn, opened: Opened, answers: list[ASGIApp]
) -> None:
    """The pushed view goes back to the first when it is submitted; clear ends both."""
    first = await opened(DENY)
    push = JSONResponse({"response_action": "push", "view": modal("Sure?")})
    answers += [push, Response(), push, JSONResponse({"response_action": "clear"})]

    await slack.submit("U0ALICE", {"reason": "no"})
    pushed = slack.open_view("U0ALICE")
    assert pushed is not None
    assert (pushed.title, pushed.previous_view_id) == ("Sure?", first.id)

    await slack.submit("U0ALICE")
    assert slack.open_view("U0ALICE") is first

    await slack.submit("U0ALICE")
    await slack.submit("U0ALICE")
    assert slack.open_view("U0ALICE") is None
    assert not first.is_open


async def test_a_submissions_trigger_is_of_its_view(
    slack: SlackStandIn,
    client: AsyncWebClient,
    opened: Opened,
    payloads: Payloads,
    answers: list[ASGIApp],
) -> None:
    """While the view is open the app can push onto it."""
    view = await opened(DENY)
    answers.append(JSONResponse({"response_action": "errors", "errors": {"reason": "Say more."}}))
    await slack.submit("U0ALICE", {"reason": "no"})

    await client.views_push(trigger_id=payloads()[-1]["trigger_id"], view=modal("Next"))

    assert [shown.title for shown in view.stack] == ["Deny this change?", "Next"]


async def test_a_submission_can_be_replayed(
    slack: SlackStandIn, opened: Opened, received: list[tuple[dict[str, str], bytes]]
) -> None:
    """The same signed bytes again, as whoever recorded them would send them."""
    await opened(modal("One", field("a", "A")))
    delivery = await slack.submit("U0ALICE", {"A": "x"})

    await slack.replay(delivery)

    assert received[-1] == received[-2]
