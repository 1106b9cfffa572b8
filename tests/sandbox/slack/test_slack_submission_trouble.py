"""Acknowledgements of a submission that cannot be used, or come too late."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.slack import SlackStandIn, View
from tests.sandbox.slack.forms import DENY, REASON, modal, plain

Opened = Callable[..., Awaitable[View]]
Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]

TROUBLE = "We had some trouble connecting. Try again?"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (PlainTextResponse("oops", 500), "dispatch_failed"),
        (PlainTextResponse("Denied."), "invalid_post_type"),
        (Response("{", media_type="application/json"), "invalid_json"),
        (JSONResponse({}), "unknown_response_action"),
        (JSONResponse({"text": "Denied."}), "unknown_response_action"),
        (JSONResponse({"response_action": "errors"}), "no_errors"),
        (JSONResponse({"response_action": "errors", "errors": {}}), "no_errors"),
        (JSONResponse({"response_action": "errors", "errors": {"answer": "x"}}), "no_such_input"),
        (JSONResponse({"response_action": "errors", "errors": {"note": "x"}}), "no_such_input"),
        (JSONResponse({"response_action": "errors", "errors": {"reason": ""}}), "error_text"),
        (JSONResponse({"response_action": "update"}), "invalid_arguments"),
        (JSONResponse({"response_action": "push", "view": {"type": "modal"}}), "lacks title"),
    ],
)
async def test_other_acknowledgements_are_trouble(
    slack: SlackStandIn, opened: Opened, answers: list[ASGIApp], answer: ASGIApp, reason: str
) -> None:
    """The person is told so, and the view stays; the delivery says why."""
    note = {"type": "section", "block_id": "note", "text": plain("Everybody sees this.")}
    view = await opened({**DENY, "blocks": [REASON, note]})
    answers.append(answer)

    delivery = await slack.submit("U0ALICE", {"reason": "no"})

    assert delivery.error == view.trouble == TROUBLE
    assert delivery.reason is not None
    assert reason in delivery.reason
    assert slack.open_view("U0ALICE") is view
    assert view.title == "Deny this change?"


async def test_a_push_beyond_three_is_trouble(
    slack: SlackStandIn, opened: Opened, answers: list[ASGIApp]
) -> None:
    """The limit holds in acknowledgements too."""
    first = await opened(modal("First"))
    push = JSONResponse({"response_action": "push", "view": modal("Next")})
    answers += [push] * 3

    deliveries = [await slack.submit("U0ALICE") for _ in range(3)]

    assert [delivery.error for delivery in deliveries] == [None, None, TROUBLE]
    assert "push_limit_reached" in str(deliveries[-1].reason)
    assert len(first.stack) == 3


@pytest.mark.usefixtures("bot")
async def test_a_late_acknowledgement_is_trouble(
    served: Served,
    slack: SlackStandIn,
    client_of: Callable[..., AsyncWebClient],
    answers: list[ASGIApp],
) -> None:
    """Slack gives up after its patience, and the view stays for another try."""

    async def answer_never(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with served(ack_seconds=0.03) as hasty:
        hasty.events_url = slack.events_url
        trigger_id = hasty.workspace.triggers.issue("U0ALICE")
        await client_of(hasty).views_open(trigger_id=trigger_id, view=DENY)
        answers.append(answer_never)
        late = await hasty.submit("U0ALICE", {"reason": "no"})
        assert (late.status, late.error, late.reason) == (0, TROUBLE, "operation_timeout")
        assert hasty.open_view("U0ALICE") is not None


async def test_a_view_closed_meanwhile_stays_closed(
    slack: SlackStandIn, opened: Opened, answers: list[ASGIApp]
) -> None:
    """What the app answers to a submission comes too late for a person who has gone."""
    view = await opened(DENY)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def answer_when_told(scope: Scope, receive: Receive, send: Send) -> None:
        arrived.set()
        await go_on.wait()
        answer = JSONResponse({"response_action": "update", "view": modal("Late")})
        await answer(scope, receive, send)

    answers.append(answer_when_told)
    submitting = asyncio.create_task(slack.submit("U0ALICE", {"reason": "no"}))
    await asyncio.wait_for(arrived.wait(), 5)
    await slack.close_view("U0ALICE")
    go_on.set()
    delivery = await submitting

    assert (delivery.error, view.title) == (None, "Deny this change?")
    assert slack.open_view("U0ALICE") is None
