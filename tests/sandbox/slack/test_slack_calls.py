"""How Web API calls are made, and which are refused before they are looked at."""

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import httpx
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


async def test_the_token_tells_the_app(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """auth.test names workspace and bot, and its headers name the scopes."""
    answer = await client.auth_test(team_id="T0HOME")

    assert answer["team_id"] == "T0HOME"
    assert answer["user_id"] in slack.workspace.people
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_every_answer_tells_slacks_time(
    slack: SlackStandIn,
    client: AsyncWebClient,
    pass_time: Callable[[timedelta], None],
) -> None:
    """The Date header is the workspace's clock, once, in refusals and outages too."""
    pass_time(timedelta(hours=3))
    slack.faults.add("users.info", status=503)
    async with httpx.AsyncClient(base_url=slack.base_url) as http:
        answers = [
            await http.get("/api/users.info"),
            await http.get("/api/users.info"),
            await http.post(
                "/api/auth.test", content=b"<x/>", headers={"Content-Type": "text/xml"}
            ),
        ]

    dates = [answer.headers.get_list("date") for answer in answers]
    assert dates == [["Mon, 23 Nov 2026 12:00:00 GMT"]] * 3
    assert (await client.auth_test()).headers["Date"] == "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (None, "not_authed"),
        ("xoxb-stolen", "invalid_auth"),
        ("xoxp-somebodys", "invalid_auth"),
        ("xapp-1-A0TOKENBOT", "not_allowed_token_type"),
    ],
)
async def test_other_tokens_are_refused(
    slack: SlackStandIn,
    token: str | None,
    error: str,
    refusal: Refusal,
    client_of: Callable[..., AsyncWebClient],
) -> None:
    """A missing and a wrong token, and one of the wrong kind, have errors of their own."""
    assert await refusal(client_of(slack, token).auth_test()) == {"ok": False, "error": error}


async def test_methods_that_are_not_there_are_refused(
    client: AsyncWebClient, refusal: Refusal
) -> None:
    """Slack's error for an unknown method comes back."""
    answer = await refusal(client.api_call("chat.shout"))

    assert answer["error"] == "unknown_method"


@pytest.mark.parametrize(
    ("method", "arguments", "needed"),
    [
        ("chat.postMessage", {"channel": "C0INCIDENTS", "text": "x"}, "chat:write"),
        ("chat.postEphemeral", {"channel": "C0INCIDENTS", "text": "x"}, "chat:write"),
        ("chat.update", {"channel": "C0INCIDENTS", "text": "x"}, "chat:write"),
        ("chat.delete", {"channel": "C0INCIDENTS"}, "chat:write"),
        ("users.info", {"user": "U0ALICE"}, "users:read"),
        ("usergroups.list", {}, "usergroups:read"),
        ("usergroups.users.list", {"usergroup": "S0ONCALL"}, "usergroups:read"),
        ("conversations.open", {"users": "U0ALICE"}, "im:write"),
        ("conversations.info", {"channel": "C0INCIDENTS"}, "channels:read"),
        ("conversations.info", {"channel": "G0MINE"}, "groups:read"),
    ],
)
async def test_a_scope_that_was_not_granted_is_missing(
    method: str,
    arguments: dict[str, str],
    needed: str,
    refusal: Refusal,
    client_of: Callable[..., AsyncWebClient],
    served: Served,
) -> None:
    """The refusal says what is needed and what was provided."""
    async with served(scopes=["commands"]) as slack:
        answer = await refusal(client_of(slack).api_call(method, params=arguments))

    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": needed,
        "provided": "commands",
    }


async def test_direct_messages_need_a_scope_that_is_not_granted(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """With the default scopes the kind of a direct message cannot be read."""
    channel = slack.workspace.direct_channel("U0ALICE").id

    answer = await refusal(client.conversations_info(channel=channel))

    assert (answer["error"], answer["needed"]) == ("missing_scope", "im:read")


async def test_forms_and_json_are_understood(slack: SlackStandIn) -> None:
    """A form with blocks as a JSON string, and the token in it, posts as JSON does."""
    form = {
        "token": slack.workspace.installation.bot_token,
        "channel": "C0INCIDENTS",
        "text": "x",
        "blocks": json.dumps([block("from a form")]),
    }
    async with httpx.AsyncClient(base_url=slack.base_url) as http:
        answer = await http.post("/api/chat.postMessage", data=form)

    assert answer.json()["ok"] is True
    assert only_message(slack).plain == "from a form"
    assert "token" not in slack.journal[-1].arguments


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"\xff=\xff", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"<x/>", "text/xml", "invalid_post_type"),
    ],
)
async def test_rubbish_is_refused(
    slack: SlackStandIn, body: bytes, content_type: str, error: str
) -> None:
    """A body that cannot be read is refused with 200 and Slack's error."""
    headers = {
        "Content-Type": content_type,
        "Authorization": f"Bearer {slack.workspace.installation.bot_token}",
    }
    async with httpx.AsyncClient(base_url=slack.base_url) as http:
        answer = await http.post("/api/chat.postMessage", content=body, headers=headers)

    assert answer.json() == {"ok": False, "error": error}
    assert slack.journal[-1].answer["error"] == error


async def test_the_journal_keeps_calls_in_order(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """Method, arguments, answer and time of each call are kept."""
    await client.users_info(user="U0ALICE")
    await refusal(client.users_info(user="U0NOBODY"))

    first, second = slack.journal
    assert (first.method, first.arguments, first.at) == (
        "users.info",
        {"user": "U0ALICE"},
        slack.workspace.now(),
    )
    assert (first.answer["ok"], second.answer["error"]) == (True, "user_not_found")
