"""Rate limits, and faults that are committed when told to."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ServerDisconnectedError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import RateLimits, SlackStandIn

Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]


async def test_a_second_message_within_a_second_is_too_many(
    client_of: Callable[..., AsyncWebClient], served: Served, pass_time: Callable[[timedelta], None]
) -> None:
    """One message a second and channel; others are unaffected, and waiting helps."""
    async with served(rate_limits=RateLimits()) as slack:
        client = client_of(slack)
        await client.chat_postMessage(channel="C0INCIDENTS", text="1")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C0INCIDENTS", text="2")
        await client.chat_postMessage(channel="G0MINE", text="elsewhere")
        pass_time(timedelta(seconds=1))
        await client.chat_postMessage(channel="C0INCIDENTS", text="3")

    response = caught.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "1"
    assert [m.text for m in slack.messages("C0INCIDENTS")] == ["1", "3"]


async def test_methods_have_limits_by_the_minute(
    client_of: Callable[..., AsyncWebClient], served: Served, pass_time: Callable[[timedelta], None]
) -> None:
    """The 21st list of a group in a minute is refused until the first is a minute old."""
    async with served(rate_limits=RateLimits()) as slack:
        client = client_of(slack)
        for _ in range(20):
            await client.usergroups_users_list(usergroup="S0ONCALL")
        pass_time(timedelta(seconds=50))
        with pytest.raises(SlackApiError) as caught:
            await client.usergroups_users_list(usergroup="S0ONCALL")
        pass_time(timedelta(seconds=10))
        await client.usergroups_users_list(usergroup="S0ONCALL")

    assert caught.value.response.headers["Retry-After"] == "10"


async def test_a_fault_concerns_as_many_calls_as_it_says(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Two calls fail, the third succeeds; other methods are unaffected."""
    slack.faults.add("chat.postMessage", status=429, retry_after=7, times=2)
    await client.auth_test()

    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C0INCIDENTS", text="x")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "7"
    await client.chat_postMessage(channel="C0INCIDENTS", text="x")

    assert len(slack.messages("C0INCIDENTS")) == 1


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ({"error": "not_in_channel"}, 200, "not_in_channel"),
        ({"status": 500}, 500, "internal_error"),
        ({"status": 503}, 503, "service_unavailable"),
    ],
)
async def test_faults_look_like_slacks(
    slack: SlackStandIn, client: AsyncWebClient, fault: dict[str, Any], status: int, error: str
) -> None:
    """An error has 200, an outage its own status; nothing is done."""
    slack.faults.add("chat.postMessage", **fault)

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0INCIDENTS", text="x")

    response = caught.value.response
    assert (response.status_code, response["error"]) == (status, error)
    assert slack.messages("C0INCIDENTS") == []


@pytest.mark.parametrize(("applied", "posted"), [(False, 0), (True, 1)])
async def test_a_dropped_connection_gives_no_answer(
    slack: SlackStandIn, client: AsyncWebClient, *, applied: bool, posted: int
) -> None:
    """The caller cannot tell whether the message was posted."""
    slack.faults.add("chat.postMessage", drop=True, applied=applied)

    with pytest.raises(ServerDisconnectedError):
        await client.chat_postMessage(channel="C0INCIDENTS", text="x")

    assert len(slack.messages("C0INCIDENTS")) == posted
    assert slack.journal[-1].status == 0


async def test_a_delayed_call_takes_effect_later(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """A delay alone changes nothing but when."""
    slack.faults.add("chat.postMessage", delay=0.02)
    posting = asyncio.create_task(client.chat_postMessage(channel="C0INCIDENTS", text="slow"))
    await client.chat_postMessage(channel="C0INCIDENTS", text="quick")
    await posting

    assert sorted(m.text for m in slack.messages("C0INCIDENTS")) == ["quick", "slow"]


async def test_faults_can_be_forgotten(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """After clear all is well again."""
    slack.faults.add("auth.test", status=500, times=9)
    slack.faults.clear()

    assert (await client.auth_test())["ok"] is True
