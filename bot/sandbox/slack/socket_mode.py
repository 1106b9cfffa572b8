"""Socket Mode: what Slack otherwise posts to the app, over WebSockets that the app opens.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import itertools
import json
import secrets
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from bot.sandbox.changes import StateChanges
from bot.sandbox.slack.outbound import Acknowledgement, SignedRequest
from bot.sandbox.slack.replies import RefusedError
from bot.sandbox.slack.signing import EVENT
from bot.sandbox.slack.sockets import Socket
from bot.sandbox.slack.workspace import Installation

OPEN: Final = "apps.connections.open"
MOST_SOCKETS: Final = 10
_HOST: Final = "127.0.0.1"
# What Slack answers to a ticket that is no longer good: its SDKs' trackers tell of nothing else.
_BAD_TICKET: Final = 408


class SocketMode:
    """The sockets that the app has opened, and what goes over them.

    Attributes:
        enabled: Whether everything goes over sockets and nothing by HTTP, as the app's settings
            say.
        sockets: Those that are open, oldest first.
        stale_tickets: How many of the next tickets are used up before the app can use them.

    Args:
        installation: The app.
        changed: Told of each socket that opens or closes, and of what goes over them.
    """

    def __init__(self, installation: Installation, changed: StateChanges) -> None:
        self.enabled = False
        self.sockets: list[Socket] = []
        self.stale_tickets = 0
        self._installation = installation
        self._changed = changed
        self._app_token: str | None = None
        self._address: str | None = None
        self._tickets: set[str] = set()
        self._turn = itertools.count()
        self._numbers = itertools.count(1)
        self._waiting: defaultdict[str, list[asyncio.Future[str]]] = defaultdict(list)

    def switch_on(self, app_token: str) -> None:
        """Switch Socket Mode on in the app's settings, with an app-level token."""
        self.enabled = True
        self._app_token = app_token

    async def switch_off(self) -> None:
        """Switch Socket Mode off; every socket ends."""
        self.enabled = False
        for socket in list(self.sockets):
            await socket.disconnect("link_disabled")
            await socket.close()

    def is_app_token(self, token: str) -> bool:
        """Tell whether this is the app-level token, which is good for opening sockets alone."""
        return token == self._app_token

    def open(self, token: str) -> dict[str, Any]:
        """Answer ``apps.connections.open``: an address with a ticket that is good for one socket.

        https://docs.slack.dev/reference/methods/apps.connections.open

        Raises:
            RefusedError: ``not_allowed_token_type`` for the bot token, else ``invalid_auth``; and
                ``internal_error`` while nobody serves the sockets.
        """
        if token == self._installation.bot_token:
            raise RefusedError("not_allowed_token_type")
        if not self.is_app_token(token):
            raise RefusedError("invalid_auth")
        if self._address is None:
            raise RefusedError("internal_error")
        ticket = secrets.token_urlsafe(24)
        if self.stale_tickets:
            self.stale_tickets -= 1
        else:
            self._tickets.add(ticket)
        app = self._installation.app_id
        return {"url": f"{self._address}/link/?ticket={ticket}&app_id={app}"}

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Take sockets on a port of their own, for as long as the context is open.

        The server of the Web API takes none without a library that nothing else here needs.
        """
        app = web.Application()
        app.router.add_get("/link/", self._link)
        # A socket that is frozen ends when the app closes the connection, and not by itself.
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, _HOST, 0)
            await site.start()
            _, port, *_ = runner.addresses[0]
            self._address = f"ws://{_HOST}:{port}"
            yield
        finally:
            self._address = None
            for socket in list(self.sockets):
                socket.drop()
            await runner.cleanup()

    async def send(self, request: SignedRequest, within: float) -> Acknowledgement:
        """Send over any one socket what would be posted, and wait for the acknowledgement.

        The same signed bytes make the same envelope, so that what is sent again is a repeat.

        Args:
            request: What would be posted.
            within: Seconds after which Slack gives up.
        """
        return await self.send_envelope(_envelope(request), within)

    async def send_envelope(self, envelope: Mapping[str, Any], within: float) -> Acknowledgement:
        """Send any envelope over any one socket, and wait for the acknowledgement.

        Args:
            envelope: With the ``envelope_id`` by which it is acknowledged.
            within: Seconds after which Slack gives up.
        """
        if not self.sockets:
            return Acknowledgement(0, "", "", 0.0, "dispatch_failed")
        waiting = self._waiting[envelope["envelope_id"]]
        loop = asyncio.get_running_loop()
        started, acknowledged = loop.time(), loop.create_future()
        waiting.append(acknowledged)
        socket = self.sockets[next(self._turn) % len(self.sockets)]
        try:
            async with asyncio.timeout(within):
                await socket.send(envelope)
                self._changed.announce()
                body = await acknowledged
        except TimeoutError:
            return Acknowledgement(0, "", "", loop.time() - started, "operation_timeout")
        finally:
            waiting.remove(acknowledged)
        return Acknowledgement(200, body, "application/json", loop.time() - started, None)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=_BAD_TICKET)
        self._tickets.remove(ticket)
        answer = web.WebSocketResponse(autoping=False, autoclose=False)
        await answer.prepare(request)
        socket = Socket(next(self._numbers), answer, request.transport)
        # What Slack says where Socket Mode is off is not documented, but for this reason's meaning.
        if not self.enabled or len(self.sockets) >= MOST_SOCKETS:
            await socket.disconnect("too_many_websockets" if self.enabled else "link_disabled")
            await answer.close()
            return answer
        await socket.send(self._hello())
        self.sockets.append(socket)
        self._changed.announce()
        try:
            async for message in socket.received():
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(socket, message.data)
        finally:
            self.sockets.remove(socket)
            self._changed.announce()
        return answer

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.sockets) + 1,
            "debug_info": {"host": "sandbox", "approximate_connection_time": 3600},
            "connection_info": {"app_id": self._installation.app_id},
        }

    def _acknowledge(self, socket: Socket, text: str) -> None:
        """Take an acknowledgement, over whichever socket it comes; what is none is passed over."""
        try:
            said = json.loads(text)
        except ValueError:
            return
        if not isinstance(said, dict) or not isinstance(said.get("envelope_id"), str):
            return
        socket.acknowledged.append(said["envelope_id"])
        body = json.dumps(said["payload"]) if "payload" in said else ""
        for acknowledged in self._waiting[said["envelope_id"]]:
            if not acknowledged.done():
                acknowledged.set_result(body)
                break
        self._changed.announce()


def envelope_id(request: SignedRequest) -> str:
    """Give the id of the envelope in which a request goes over a socket."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, request.headers["X-Slack-Signature"]))


def _envelope(request: SignedRequest) -> dict[str, Any]:
    if request.headers["Content-Type"] == EVENT:
        return {
            "envelope_id": envelope_id(request),
            "type": "events_api",
            "accepts_response_payload": False,
            "retry_attempt": 0,
            "retry_reason": "",
            "payload": json.loads(request.body),
        }
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    is_interactive = "payload" in form
    return {
        "envelope_id": envelope_id(request),
        "type": "interactive" if is_interactive else "slash_commands",
        "accepts_response_payload": True,
        "payload": json.loads(form["payload"]) if is_interactive else form,
    }
