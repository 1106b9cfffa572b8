"""Slash commands: what the app receives, and what its acknowledgement shows."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from bot.sandbox.slack import Channel, ImpossibleInSlackError, SlackStandIn

Received = list[tuple[dict[str, str], bytes]]
Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]

pytestmark = pytest.mark.usefixtures("bot")


def form(received: Received) -> dict[str, str]:
    """Give the form that the bot received last."""
    parsed = parse_qs(received[-1][1].decode(), keep_blank_values=True, strict_parsing=True)
    return {key: value for key, (value,) in parsed.items()}


async def test_a_command_arrives_with_all_that_slack_sends(
    slack: SlackStandIn, received: Received
) -> None:
    """Every key of Slack's form is there."""
    delivery = await slack.command("U0ALICE", "C0INCIDENTS", "/token", "disable 0d1f")

    sent = form(received)
    assert (delivery.status, delivery.error, delivery.shown) == (200, None, None)
    assert {
        key: sent[key]
        for key in sent.keys() - {"response_url", "trigger_id", "token", "api_app_id"}
    } == {
        "team_id": "T0HOME",
        "team_domain": "home",
        "channel_id": "C0INCIDENTS",
        "channel_name": "incidents",
        "user_id": "U0ALICE",
        "user_name": "alice",
        "command": "/token",
        "text": "disable 0d1f",
        "is_enterprise_install": "false",
    }
    assert sent["response_url"].startswith(f"{slack.base_url}/response/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "describe 0d1f rotates the payload key",
        'payload={"a": 1}&b=2',
        "describe 0d1f “curly” — quotes\nand lines",
        "describe 0d1f <@U0ALICE> & <https://example.com|here> @bob #mine",
        "  spaces\u00a0kept ",
    ],
)
async def test_text_arrives_as_it_was_typed(
    slack: SlackStandIn, received: Received, text: str
) -> None:
    """Without escaping nothing about the text changes."""
    await slack.command("U0ALICE", "C0INCIDENTS", "/token", text)

    assert form(received)["text"] == text


async def test_escaping_marks_names_and_addresses(
    served: Served, slack: SlackStandIn, received: Received
) -> None:
    """With should_escape, people, channels and addresses are marked up and the rest is encoded."""
    async with served(should_escape=True) as escaping:
        escaping.events_url = slack.events_url
        await escaping.command(
            "U0ALICE",
            "C0INCIDENTS",
            "/token",
            "a<b&c @bob @nobody #incidents #mine https://x.io/?a=1",
        )

    assert form(received)["text"] == (
        "a&lt;b&amp;c <@U0BOB|bob> @nobody <#C0INCIDENTS|incidents> <#G0MINE|> <https://x.io/?a=1>"
    )


@pytest.mark.parametrize(
    ("channel", "name"),
    [("C0SHARED", "shared"), ("G0HID", "privategroup"), ("U0ALICE", "directmessage")],
)
async def test_commands_work_wherever_one_can_write(
    slack: SlackStandIn, received: Received, channel: str, name: str
) -> None:
    """Private channels and direct messages hide their names; the app need not be a member."""
    await slack.command("U0ALICE", channel, "/token")

    assert form(received)["channel_name"] == name


@pytest.mark.parametrize(
    ("user", "channel"),
    [
        ("U0NOBODY", "C0INCIDENTS"),
        ("U0BOB", "C0QUIET"),
        ("U0ALICE", "C0NOWHERE"),
        ("U0ALICE", "C0OLD"),
        ("U0ELSE", "C0SHARED"),
    ],
)
async def test_nobody_types_where_slack_would_not_let_them(
    slack: SlackStandIn, received: Received, user: str, channel: str
) -> None:
    """Strangers, people outside the channel and people of other workspaces send no command."""
    with pytest.raises(ImpossibleInSlackError):
        await slack.command(user, channel, "/token")

    assert received == []


async def test_requests_are_signed(
    slack: SlackStandIn, received: Received, pass_time: Callable[[timedelta], None]
) -> None:
    """Slack's own verifier accepts the signature, at the workspace's time."""
    pass_time(timedelta(hours=3))

    await slack.command("U0ALICE", "C0INCIDENTS", "/token", "list")

    class WorkspaceClock(Clock):
        def now(self) -> float:
            return slack.workspace.now().timestamp()

    headers, body = received[-1]
    assert SignatureVerifier("shh", WorkspaceClock()).is_valid_request(body, headers)
    assert not SignatureVerifier("other", WorkspaceClock()).is_valid_request(body, headers)
    assert headers["content-type"] == "application/x-www-form-urlencoded"


async def test_the_same_bytes_can_be_sent_again(slack: SlackStandIn, received: Received) -> None:
    """A replay repeats body and signature."""
    delivery = await slack.command("U0ALICE", "C0INCIDENTS", "/token", "list")

    again = await slack.replay(delivery)

    assert again.status == 200
    assert received[0][1] == received[1][1]
    assert received[0][0]["x-slack-signature"] == received[1][0]["x-slack-signature"]


async def test_rubbish_can_be_sent(
    slack: SlackStandIn, received: Received, answers: list[ASGIApp]
) -> None:
    """Any bytes and headers go out as they are, and the answer comes back."""
    answers.append(PlainTextResponse("invalid request", 401))

    delivery = await slack.deliver_raw(b"\xff\x00", {"X-Slack-Signature": "v0=forged"})

    assert (delivery.status, delivery.body) == (401, "invalid request")
    headers, body = received[-1]
    assert (body, headers["x-slack-signature"]) == (b"\xff\x00", "v0=forged")
    assert "content-type" not in headers


async def test_a_body_can_be_signed_at_another_time(slack: SlackStandIn) -> None:
    """The signature's time can be given, for stale requests."""
    then = slack.workspace.now() - timedelta(minutes=6)

    headers = slack.sign(b"a=1", at=then)

    assert headers["X-Slack-Request-Timestamp"] == str(int(then.timestamp()))


async def test_response_urls_and_triggers_are_new_each_time(
    slack: SlackStandIn, received: Received
) -> None:
    """No two commands share them."""
    seen: list[dict[str, Any]] = []
    for _ in range(3):
        await slack.command("U0ALICE", "C0INCIDENTS", "/token")
        seen.append(form(received))

    assert len({json.dumps([s["response_url"], s["trigger_id"]]) for s in seen}) == 3


async def test_an_unknown_member_of_a_channel_is_nobody(slack: SlackStandIn) -> None:
    """A channel may list members that were never added; they see and do nothing."""
    slack.add_channel(Channel("C0GHOSTS", "ghosts", members={"U0GHOST"}))

    assert slack.visible_to("U0GHOST", "C0GHOSTS") == []
    with pytest.raises(ImpossibleInSlackError):
        await slack.command("U0GHOST", "C0GHOSTS", "/token")
