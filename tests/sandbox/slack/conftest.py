"""A workspace with people and channels of every kind, and a tiny app that plays the bot."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.serving import serve
from bot.sandbox.slack import Channel, Person, SlackStandIn, Usergroup, View

TOKEN = "xoxb-stand-in"
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def times() -> list[datetime]:
    """Hold the time, as the only item."""
    return [MORNING]


@pytest.fixture
def pass_time(times: list[datetime]) -> Callable[[timedelta], None]:
    """Put the workspace's clock forward."""

    def put_forward(span: timedelta) -> None:
        times[0] += span

    return put_forward


@pytest.fixture
def served(
    times: list[datetime],
) -> Callable[..., AbstractAsyncContextManager[SlackStandIn]]:
    """Serve a workspace with other settings than usual."""

    @asynccontextmanager
    async def serving(**settings: Any) -> AsyncIterator[SlackStandIn]:
        slack = SlackStandIn(lambda: times[0], signing_secret="shh", bot_token=TOKEN, **settings)
        slack.add_person(Person("U0ALICE", "alice"))
        slack.add_person(Person("U0BOB", "bob"))
        slack.add_person(Person("U0GUEST", "guest", is_restricted=True))
        slack.add_person(Person("U0GONE", "gone", deleted=True))
        slack.add_person(Person("U0ELSE", "else", team_id="T0OTHER", is_stranger=True))
        slack.add_person(Person("U0ROBOT", "robot", is_bot=True))
        slack.add_usergroup(Usergroup("S0ONCALL", "oncall", ("U0ALICE", "U0GONE")))
        people = {"U0ALICE", "U0BOB", "U0GONE"}
        slack.add_channel(Channel("C0INCIDENTS", "incidents", members=people))
        slack.add_channel(Channel("C0QUIET", "quiet", members={"U0ALICE"}))
        slack.add_channel(Channel("C0AWAY", "away", bot_is_member=False, members={"U0ALICE"}))
        slack.add_channel(Channel("C0OLD", "old", is_archived=True, members={"U0ALICE"}))
        slack.add_channel(
            Channel("C0SHARED", "shared", is_ext_shared=True, members={"U0ALICE", "U0ELSE"})
        )
        slack.add_channel(Channel("G0MINE", "mine", is_private=True, members={"U0ALICE"}))
        slack.add_channel(
            Channel("G0HID", "hid", is_private=True, bot_is_member=False, members={"U0ALICE"})
        )
        async with serve(slack.app) as slack.base_url:
            yield slack

    return serving


@pytest.fixture
async def slack(
    served: Callable[..., AbstractAsyncContextManager[SlackStandIn]],
) -> AsyncIterator[SlackStandIn]:
    """Serve a workspace with the usual settings."""
    async with served() as stand_in:
        yield stand_in


@pytest.fixture
def client_of() -> Callable[..., AsyncWebClient]:
    """Make Slack's own client, with no retries, for a workspace."""

    def make(slack: SlackStandIn, token: str | None = TOKEN) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=f"{slack.base_url}/api/", retry_handlers=[])

    return make


@pytest.fixture
def client(slack: SlackStandIn, client_of: Callable[..., AsyncWebClient]) -> AsyncWebClient:
    """Give Slack's client for the usual workspace."""
    return client_of(slack)


@pytest.fixture
def refusal() -> Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]:
    """Give the answer of a call that must be refused."""

    async def answer(call: Awaitable[object]) -> dict[str, Any]:
        with pytest.raises(SlackApiError) as caught:
            await call
        data = caught.value.response.data
        assert isinstance(data, dict)
        return data

    return answer


@pytest.fixture
def answers() -> list[ASGIApp]:
    """Say how the bot answers its next requests; with nothing left it answers an empty 200."""
    return []


@pytest.fixture
def received() -> list[tuple[dict[str, str], bytes]]:
    """Hold the headers and bodies that the bot received."""
    return []


@pytest.fixture
async def bot(
    slack: SlackStandIn,
    answers: list[ASGIApp],
    received: list[tuple[dict[str, str], bytes]],
) -> AsyncIterator[None]:
    """Serve the app that plays the bot, and install it in the usual workspace."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        received.append((dict(request.headers), await request.body()))
        answer = answers.pop(0) if answers else Response()
        await answer(scope, receive, send)

    async with serve(app) as url:
        slack.events_url = f"{url}/slack/events"
        yield


@pytest.fixture
def payloads(
    received: list[tuple[dict[str, str], bytes]],
) -> Callable[[], list[dict[str, Any]]]:
    """Give the interactions that the bot received so far."""

    def read() -> list[dict[str, Any]]:
        forms = [parse_qs(body.decode()) for _, body in received]
        return [json.loads(form["payload"][0]) for form in forms if "payload" in form]

    return read


@pytest.fixture
def triggered(
    bot: None,  # noqa: ARG001 - the command goes to it
    slack: SlackStandIn,
    received: list[tuple[dict[str, str], bytes]],
) -> Callable[..., Awaitable[str]]:
    """Have somebody type a command, and give its trigger id."""

    async def command(user: str = "U0ALICE") -> str:
        await slack.command(user, "C0INCIDENTS", "/token")
        return parse_qs(received[-1][1].decode())["trigger_id"][0]

    return command


@pytest.fixture
def opened(
    slack: SlackStandIn, client: AsyncWebClient, triggered: Callable[..., Awaitable[str]]
) -> Callable[..., Awaitable[View]]:
    """Open a modal for somebody."""

    async def opening(definition: dict[str, Any], user: str = "U0ALICE") -> View:
        await client.views_open(trigger_id=await triggered(user), view=definition)
        view = slack.open_view(user)
        assert view is not None
        return view

    return opening
