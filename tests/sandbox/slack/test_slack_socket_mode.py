"""Socket Mode in the stand-in: tickets, sockets, envelopes, and how these and those end."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Delivery, RateLimits, SlackStandIn

APP_TOKEN = "xapp-stand-in"
Refusal = Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]
Served = Callable[..., AbstractAsyncContextManager[SlackStandIn]]
ClientOf = Callable[..., AsyncWebClient]


class App:
    """The app's end of one socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, hello: dict[str, Any]) -> None:
        self.socket = socket
        self.hello = hello

    async def receives(self) -> dict[str, Any]:
        """Wait for the next message."""
        message: dict[str, Any] = await self.socket.receive_json(timeout=5)
        return message

    async def acks(self, envelope: dict[str, Any], **payload: Any) -> None:
        """Acknowledge an envelope, with a payload if there is one."""
        await self.socket.send_json({"envelope_id": envelope["envelope_id"], **payload})


@pytest.fixture
async def slack(served: Served) -> AsyncIterator[SlackStandIn]:
    """Serve a workspace whose app is in Socket Mode, and is given up soon."""
    async with served(ack_seconds=0.3) as stand_in, in_socket_mode(stand_in):
        yield stand_in


@asynccontextmanager
async def in_socket_mode(slack: SlackStandIn) -> AsyncIterator[None]:
    """Switch Socket Mode on, and serve the sockets."""
    slack.socket_mode.switch_on(APP_TOKEN)
    async with slack.socket_mode.served():
        yield


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Hold the app's sockets."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def connect(
    slack: SlackStandIn, client_of: ClientOf, session: aiohttp.ClientSession
) -> Callable[[], Awaitable[App]]:
    """Open a socket as an app does: a ticket, the handshake, the first message."""

    async def opened() -> App:
        answer = await client_of(slack, None).apps_connections_open(app_token=APP_TOKEN)
        socket = await session.ws_connect(answer["url"], autoping=False)
        return App(socket, await socket.receive_json(timeout=5))

    return opened


Connect = Callable[[], Awaitable[App]]


async def typed(slack: SlackStandIn, text: str = "list") -> Delivery:
    """Have Alice type a command."""
    return await slack.command("U0ALICE", "C0INCIDENTS", "/token", text)


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("", "not_authed"),
        ("xapp-another", "invalid_auth"),
        ("xoxb-stand-in", "not_allowed_token_type"),
    ],
)
async def test_only_the_app_level_token_opens_sockets(
    slack: SlackStandIn, client_of: ClientOf, refusal: Refusal, token: str, error: str
) -> None:
    """Other tokens are refused in Slack's words."""
    call = client_of(slack, None).apps_connections_open(app_token=token)

    assert await refusal(call) == {"ok": False, "error": error}


async def test_the_app_level_token_is_read_in_the_header_of_a_post(slack: SlackStandIn) -> None:
    """As a form field it is invalid, and a GET is insecure."""
    url = f"{slack.base_url}/api/apps.connections.open"
    async with httpx.AsyncClient() as http:
        in_form = await http.post(url, data={"token": APP_TOKEN})
        by_get = await http.get(url, headers={"Authorization": f"Bearer {APP_TOKEN}"})

    assert in_form.json()["error"] == "invalid_auth"
    assert by_get.json()["error"] == "insecure_request"


async def test_the_app_level_token_is_good_for_nothing_else(
    slack: SlackStandIn, client_of: ClientOf, refusal: Refusal
) -> None:
    """Other methods take no token of this type."""
    answer = await refusal(client_of(slack, APP_TOKEN).auth_test())

    assert answer["error"] == "not_allowed_token_type"


async def test_opening_is_limited(
    served: Served, pass_time: Callable[[timedelta], None], client_of: ClientOf, refusal: Refusal
) -> None:
    """The 51st within a minute has to wait."""
    async with served(rate_limits=RateLimits()) as slack, in_socket_mode(slack):
        client = client_of(slack, None)
        for _ in range(50):
            await client.apps_connections_open(app_token=APP_TOKEN)
        assert (await refusal(client.apps_connections_open(app_token=APP_TOKEN)))["error"] == (
            "ratelimited"
        )
        pass_time(timedelta(minutes=1))
        assert (await client.apps_connections_open(app_token=APP_TOKEN))["ok"]


async def test_slack_says_hello(slack: SlackStandIn, connect: Connect) -> None:
    """The first message tells whose socket it is, how many there are, and how long it lasts."""
    first, second = await connect(), await connect()

    assert first.hello["type"] == "hello"
    assert first.hello["connection_info"] == {"app_id": "A0TOKENBOT"}
    assert set(first.hello["debug_info"]) == {"host", "approximate_connection_time"}
    assert (first.hello["num_connections"], second.hello["num_connections"]) == (1, 2)
    assert [socket.number for socket in slack.socket_mode.sockets] == [1, 2]


async def test_a_ticket_is_good_for_one_socket(
    slack: SlackStandIn, client_of: ClientOf, session: aiohttp.ClientSession
) -> None:
    """Used again, or made up, it is refused before there is a socket."""
    answer = await client_of(slack, None).apps_connections_open(app_token=APP_TOKEN)
    await session.ws_connect(answer["url"])

    for url in (answer["url"], answer["url"].replace("ticket=", "ticket=x")):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)
        assert refused.value.status == 408


async def test_an_eleventh_socket_is_ended(slack: SlackStandIn, connect: Connect) -> None:
    """Ten are the most that an app may have."""
    apps = [await connect() for _ in range(10)]

    eleventh = await connect()

    assert (eleventh.hello["type"], eleventh.hello["reason"]) == (
        "disconnect",
        "too_many_websockets",
    )
    assert (await eleventh.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    assert len(slack.socket_mode.sockets) == len(apps)


@pytest.mark.usefixtures("bot")
async def test_a_command_is_an_envelope(
    slack: SlackStandIn, connect: Connect, received: list[tuple[dict[str, str], bytes]]
) -> None:
    """It holds the form's fields as JSON, and nothing goes by HTTP."""
    app = await connect()
    command = asyncio.create_task(typed(slack, "describe 1 the payload=key & more"))

    envelope = await app.receives()
    await app.acks(envelope)
    delivery = await command

    assert set(envelope) == {"envelope_id", "type", "accepts_response_payload", "payload"}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["command"] == "/token"
    assert envelope["payload"]["text"] == "describe 1 the payload=key & more"
    assert envelope["payload"]["user_id"] == "U0ALICE"
    assert envelope["payload"]["response_url"].startswith(slack.base_url)
    assert (delivery.status, delivery.body, delivery.error) == (200, "", None)
    assert received == []


async def test_a_press_is_an_envelope(
    slack: SlackStandIn, connect: Connect, client: AsyncWebClient
) -> None:
    """It holds what the form's payload would."""
    app = await connect()
    button = {"type": "button", "text": {"type": "plain_text", "text": "Undo"}, "action_id": "u"}
    await client.chat_postMessage(
        channel="C0INCIDENTS", text="Done", blocks=[{"type": "actions", "elements": [button]}]
    )
    (message,) = slack.messages("C0INCIDENTS")
    press = asyncio.create_task(slack.press("U0BOB", message, "Undo"))

    envelope = await app.receives()
    await app.acks(envelope, payload={"text": "nothing comes of this"})
    delivery = await press

    assert envelope["type"] == "interactive"
    assert envelope["payload"]["type"] == "block_actions"
    assert envelope["payload"]["user"]["id"] == "U0BOB"
    assert envelope["payload"]["actions"][0]["action_id"] == "u"
    assert (delivery.error, delivery.shown) == (None, None)
    assert slack.ephemerals("U0BOB") == []


async def test_the_payload_of_an_acknowledgement_is_shown(
    slack: SlackStandIn, connect: Connect
) -> None:
    """It is to the person what the body of an HTTP answer is."""
    app = await connect()
    command = asyncio.create_task(typed(slack))

    await app.acks(await app.receives(), payload={"text": "Working on it."})
    delivery = await command

    assert delivery.shown is not None
    assert delivery.shown.plain == "Working on it."
    assert slack.ephemerals("U0ALICE", "C0INCIDENTS") == [delivery.shown]


@pytest.mark.parametrize("payload", [{}, [], "text", {"text": "x", "blocks": [{"type": "what"}]}])
async def test_a_payload_that_cannot_be_shown_is_an_error(
    slack: SlackStandIn, connect: Connect, payload: object
) -> None:
    """The person is told so, as over HTTP."""
    app = await connect()
    command = asyncio.create_task(typed(slack))

    await app.acks(await app.receives(), payload=payload)
    delivery = await command

    assert (delivery.error, delivery.shown) == ("invalid_command_response", None)


async def test_without_an_acknowledgement_the_person_sees_a_timeout(
    slack: SlackStandIn, connect: Connect
) -> None:
    """What comes later, is another envelope's or no acknowledgement at all, does not count."""
    app = await connect()
    command = asyncio.create_task(typed(slack))
    envelope = await app.receives()
    for rubbish in ("", "{", "[]", "{}", '{"envelope_id": 5}', '{"envelope_id": "another"}'):
        await app.socket.send_str(rubbish)

    delivery = await command
    await app.acks(envelope, payload={"text": "too late"})
    await slack.wait_for(
        lambda: envelope["envelope_id"] in slack.socket_mode.sockets[0].acknowledged
    )

    assert (delivery.status, delivery.error) == (0, "operation_timeout")
    assert slack.ephemerals("U0ALICE") == []


async def test_without_a_socket_nothing_is_delivered(slack: SlackStandIn) -> None:
    """The person is told at once."""
    delivery = await typed(slack)

    assert (delivery.status, delivery.error) == (0, "dispatch_failed")


async def test_any_one_socket_gets_an_envelope(slack: SlackStandIn, connect: Connect) -> None:
    """Each envelope goes over one; over which, nobody can say."""
    apps = [await connect(), await connect()]
    commands = [asyncio.create_task(typed(slack)) for _ in range(4)]

    for app in apps:
        for _ in range(2):
            await app.acks(await app.receives())

    assert [(await command).error for command in commands] == [None] * 4


async def test_an_acknowledgement_may_come_over_another_socket(
    slack: SlackStandIn, connect: Connect
) -> None:
    """What came over a socket that has ended can still be acknowledged."""
    app = await connect()
    command = asyncio.create_task(typed(slack))
    envelope = await app.receives()
    other = await connect()
    slack.socket_mode.sockets[0].drop()
    await slack.wait_for(lambda: len(slack.socket_mode.sockets) == 1)

    await other.acks(envelope)

    assert (await command).error is None
    assert slack.socket_mode.sockets[0].acknowledged == [envelope["envelope_id"]]


async def test_what_is_sent_again_has_the_same_id(slack: SlackStandIn, connect: Connect) -> None:
    """A repeat is the same envelope; the same command typed again is another."""
    app = await connect()
    envelopes = []

    async def delivered(send: Awaitable[Delivery]) -> Delivery:
        sending = asyncio.ensure_future(send)
        envelopes.append(await app.receives())
        await app.acks(envelopes[-1])
        return await sending

    first = await delivered(typed(slack))
    again = await delivered(slack.replay(first))
    await delivered(typed(slack))

    assert again.error is None
    assert envelopes[0] == envelopes[1]
    assert envelopes[0]["envelope_id"] != envelopes[2]["envelope_id"]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_slack_says_that_a_socket_is_to_end(
    slack: SlackStandIn, connect: Connect, reason: str
) -> None:
    """It serves until it is closed."""
    app = await connect()
    (socket,) = slack.socket_mode.sockets

    await socket.disconnect(reason)
    told = await app.receives()
    command = asyncio.create_task(typed(slack))
    await app.acks(await app.receives())
    delivery = await command
    await socket.close()

    assert (told["type"], told["reason"]) == ("disconnect", reason)
    assert delivery.error is None
    assert (await app.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    await slack.wait_for(lambda: slack.socket_mode.sockets == [])


async def test_socket_mode_is_switched_off(slack: SlackStandIn, connect: Connect) -> None:
    """Open sockets end with that reason, and those that are opened then too."""
    app = await connect()

    await slack.socket_mode.switch_off()

    told = await app.receives()
    assert (told["type"], told["reason"]) == ("disconnect", "link_disabled")
    assert (await app.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    assert (await connect()).hello["reason"] == "link_disabled"


async def test_a_connection_is_cut(slack: SlackStandIn, connect: Connect) -> None:
    """The app is not told anything but that the connection is gone."""
    app = await connect()

    slack.socket_mode.sockets[0].drop()

    assert (await app.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSED
    await slack.wait_for(lambda: slack.socket_mode.sockets == [])


async def test_a_ping_is_answered(connect: Connect) -> None:
    """With a pong that holds the same."""
    app = await connect()

    await app.socket.ping(b"are you there")

    pong = await app.socket.receive(timeout=5)
    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"are you there")


async def test_a_dead_connection_says_nothing(slack: SlackStandIn, connect: Connect) -> None:
    """No pong, no envelope, no end: until the app gives it up."""
    app = await connect()
    slack.socket_mode.sockets[0].freeze()

    await app.socket.ping(b"are you there")
    delivery = await typed(slack)

    assert delivery.error == "operation_timeout"
    with pytest.raises(TimeoutError):
        await app.socket.receive(timeout=0.05)
    assert len(slack.socket_mode.sockets) == 1
    app.socket._response.close()  # noqa: SLF001 - aiohttp's own close waits for an answer
    await slack.wait_for(lambda: slack.socket_mode.sockets == [])


@pytest.mark.usefixtures("bot")
async def test_raw_bytes_go_by_http(
    slack: SlackStandIn, received: list[tuple[dict[str, str], bytes]]
) -> None:
    """Anybody can post to an app's address, whatever its settings in Slack say."""
    delivery = await slack.deliver_raw(b"rubbish", {})

    assert delivery.status == 200
    assert [body for _, body in received] == [b"rubbish"]


async def test_the_journal_holds_no_token(slack: SlackStandIn, connect: Connect) -> None:
    """What the app asked for is recorded without its token."""
    await connect()

    (call,) = slack.journal
    assert (call.method, call.status) == ("apps.connections.open", 200)
    assert APP_TOKEN not in json.dumps([dict(call.arguments), dict(call.answer)])
