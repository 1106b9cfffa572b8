"""What the acknowledgement of a command shows, and what a missing one does."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.serving import serve
from bot.sandbox.slack import SlackStandIn

Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]

pytestmark = pytest.mark.usefixtures("bot")


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("Working on it."),
        JSONResponse({"text": "Working on it."}),
        JSONResponse(
            {
                "text": "fallback",
                "blocks": [
                    {"type": "section", "text": {"type": "plain_text", "text": "Working on it."}}
                ],
            }
        ),
    ],
)
async def test_the_acknowledgement_is_shown_to_who_asked(
    slack: SlackStandIn, answers: list[ASGIApp], answer: Response
) -> None:
    """Text, JSON and blocks become an ephemeral message."""
    answers.append(answer)

    delivery = await slack.command("U0ALICE", "C0INCIDENTS", "/token", "list")

    assert delivery.shown is not None
    assert delivery.shown.plain == "Working on it."
    assert slack.ephemerals("U0ALICE", "C0INCIDENTS") == [delivery.shown]
    assert slack.visible_to("U0BOB", "C0INCIDENTS") == []


async def test_a_public_acknowledgement_shows_the_command_too(
    slack: SlackStandIn, answers: list[ASGIApp]
) -> None:
    """With in_channel everybody sees what was typed, and the answer."""
    answers.append(JSONResponse({"response_type": "in_channel", "text": "Done."}))

    await slack.command("U0ALICE", "C0INCIDENTS", "/token", "list prod")

    shown = [(m.user, m.text) for m in slack.visible_to("U0BOB", "C0INCIDENTS")]
    assert shown == [("U0ALICE", "/token list prod"), ("bot", "Done.")]


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({}),
        JSONResponse([]),
        JSONResponse({"response_type": "in_channel", "text": "x", "blocks": [{"type": "what"}]}),
        Response("{", media_type="application/json"),
    ],
)
async def test_an_acknowledgement_that_cannot_be_shown_is_an_error(
    slack: SlackStandIn, answers: list[ASGIApp], answer: Response
) -> None:
    """The person is told so, and nothing appears."""
    answers.append(answer)

    delivery = await slack.command("U0ALICE", "C0INCIDENTS", "/token", "list")

    assert (delivery.error, delivery.shown) == ("invalid_command_response", None)
    assert slack.visible_to("U0ALICE", "C0INCIDENTS") == []


@pytest.mark.parametrize("status", [302, 401, 404, 500])
async def test_other_statuses_are_failures(
    slack: SlackStandIn, answers: list[ASGIApp], status: int
) -> None:
    """Whatever is not 2xx is dispatch_failed, and its body is not shown."""
    answers.append(PlainTextResponse("oops", status, {"Location": "/elsewhere"}))

    delivery = await slack.command("U0ALICE", "C0INCIDENTS", "/token")

    assert (delivery.status, delivery.error, delivery.shown) == (status, "dispatch_failed", None)


async def test_an_app_that_is_down_is_a_failure(slack: SlackStandIn) -> None:
    """Where nobody listens, the person sees dispatch_failed."""
    async with serve(Response()) as url:
        slack.events_url = f"{url}/slack/events"

    delivery = await slack.command("U0ALICE", "C0INCIDENTS", "/token")

    assert (delivery.status, delivery.error) == (0, "dispatch_failed")


async def test_a_late_acknowledgement_is_a_timeout(
    served: Served, slack: SlackStandIn, answers: list[ASGIApp]
) -> None:
    """Slack gives up after its patience, and nothing that comes later is shown."""
    gave_up = asyncio.Event()

    async def answer_never(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gave_up.set()

    answers.append(answer_never)
    async with served(ack_seconds=0.03) as hasty:
        hasty.events_url = slack.events_url
        delivery = await hasty.command("U0ALICE", "C0INCIDENTS", "/token")
        await asyncio.wait_for(gave_up.wait(), 5)

    assert (delivery.status, delivery.error) == (0, "operation_timeout")
    assert delivery.seconds >= 0.03
