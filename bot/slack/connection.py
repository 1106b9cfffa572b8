"""One connection to Slack in Socket Mode, from its ticket to its end."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import aiohttp
import structlog
from pydantic import SecretStr
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.envelopes import Envelope

_log = structlog.get_logger()

# Why a connection ends, beside the reasons that Slack gives.
DROPPED: Final = "dropped"
SILENT: Final = "silent"
SWITCHED_OFF: Final = "link_disabled"
_IN_WORDS: Final = MappingProxyType(
    {
        DROPPED: "the connection broke",
        SILENT: "the connection is silent, and taken for dead",
        SWITCHED_OFF: "Socket Mode is switched off in the app's settings; switch it on, or unset "
        "SLACK_APP_TOKEN and set SLACK_SIGNING_SECRET",
        "too_many_websockets": "others use SLACK_APP_TOKEN too, and have all connections that one "
        "app may have",
    }
)


class NotConnectedError(Exception):
    """Slack could not be reached; the text says how far it went, without the ticket.

    Attributes:
        retry_after: Seconds that Slack asks to wait, or None.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


def in_words(reason: str) -> str:
    """Say why a connection ends, with the remedy where there is one."""
    return _IN_WORDS.get(reason, f"Slack asks for another connection: {reason[:64]}")


@dataclass(frozen=True)
class Pulse:
    """How a connection is kept and watched; all in seconds.

    Attributes:
        opening: For the handshake and Slack's hello.
        ping: Between two pings, which Slack answers.
        silence: Without a word or a pong, after which a connection counts as dead.
        look: Between two looks at whether it still is one.
        closing: For Slack's answer to a close.
    """

    opening: float = 10.0
    ping: float = 5.0
    silence: float = 15.0
    look: float = 0.25
    closing: float = 1.0


class Connection(SocketModeClient):
    """Slack's own client for the length of one connection; what comes after is others' business.

    Left to itself the client closes a connection before it opens the next, uses a ticket again
    that was used up, and writes tickets into the log.

    Args:
        url: Where to connect to, with a ticket that is good for one try.
        client: Slack's Web API, for its TLS settings and proxy.
        pulse: How the connection is kept and watched.
        take: Given each envelope; does not wait.
    """

    def __init__(
        self,
        url: SecretStr,
        client: AsyncWebClient,
        pulse: Pulse,
        take: Callable[[Envelope], None],
    ) -> None:
        super().__init__(
            app_token="",  # the ticket was got with it already
            web_client=client,
            proxy=client.proxy,
            auto_reconnect_enabled=False,
            ping_interval=pulse.ping,
            on_close_listeners=[self._news_of],
            on_error_listeners=[self._news_of],
        )
        self._url = url
        self._pulse = pulse
        self._take = take
        self._news = asyncio.Event()
        self._greeted = False
        self._told: str | None = None
        self._heard_at = asyncio.get_running_loop().time()
        self._last_pong: float | None = None

    async def connect(self) -> None:
        """Connect once, and wait for Slack's hello.

        Raises:
            NotConnectedError: If there is no connection, or Slack ends it instead.
        """
        try:
            async with asyncio.timeout(self._pulse.opening):
                self.current_session = await self.aiohttp_client_session.ws_connect(
                    self._url.get_secret_value(),
                    timeout=aiohttp.ClientWSTimeout(ws_close=self._pulse.closing),
                    autoping=False,  # the client answers pings
                    proxy=self.proxy,
                    ssl=True if self.web_client.ssl is None else self.web_client.ssl,
                )
                self._heard_at = asyncio.get_running_loop().time()
                self.message_receiver = asyncio.ensure_future(self.receive_messages())
                self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
                while not self._greeted and self._end() is None:
                    await self._look_again()
        # The text of these would hold the ticket.
        except aiohttp.WSServerHandshakeError as error:
            raise NotConnectedError(f"Slack answers the handshake with {error.status}") from None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotConnectedError(f"no handshake and hello: {type(error).__name__}") from None
        if not self._greeted:
            raise NotConnectedError(in_words(self._end() or ""))

    async def end(self) -> str:
        """Wait until another connection is needed, and say why: Slack's word, or one of ours."""
        while (reason := self._end()) is None:
            await self._look_again()
        return reason

    async def gone(self) -> None:
        """Wait until Slack has closed the connection."""
        while not self._is_closed:
            await self._look_again()

    async def acknowledge(self, ack: Mapping[str, Any]) -> bool:
        """Send an ack; False if the connection does not take it any more."""
        if self._is_closed:
            return False
        try:
            await self.send_socket_mode_response(dict(ack))
        except (ConnectionError, aiohttp.ClientError):
            return False
        return True

    async def close(self) -> None:
        """Close the connection, and wait for the client's tasks to end."""
        await super().close()  # type: ignore[no-untyped-call]  # the client's own
        tasks = (self.message_processor, self.message_receiver, self.current_session_monitor)
        await asyncio.gather(*(task for task in tasks if task), return_exceptions=True)

    async def process_message(self) -> None:
        """Take the next message out of the queue; the client itself would stumble over no JSON."""
        raw_message = await self.message_queue.get()
        try:
            message = json.loads(raw_message)
        except (ValueError, RecursionError):
            message = None
        known = message if isinstance(message, dict) else {}
        await self.run_message_listeners(known, raw_message)

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:  # noqa: ARG002 - the client's signature
        """Take in what Slack sent; the client itself would reconnect where this notes the end."""
        self._heard_at = asyncio.get_running_loop().time()
        match message:
            case {"type": "hello"}:
                self._greeted = True
            case {"type": "disconnect"}:
                self._told = str(message.get("reason"))
            case {"envelope_id": str(envelope_id), "payload": dict(payload)}:
                self._take(Envelope(envelope_id, payload))
            case _:
                _log.info("nothing listens to this", type=str(message.get("type"))[:64])
        self._news.set()

    @property
    def _is_closed(self) -> bool:
        return self.current_session is None or self.current_session.closed

    def _end(self) -> str | None:
        """Say why another connection is needed, or None if this one serves."""
        if self._told is not None:
            return self._told
        if self._is_closed:
            return DROPPED
        now = asyncio.get_running_loop().time()
        # The client tells of pongs in no other way.
        if self.last_ping_pong_time != self._last_pong:
            self._last_pong, self._heard_at = self.last_ping_pong_time, now
        return SILENT if now - self._heard_at > self._pulse.silence else None

    async def _look_again(self) -> None:
        """Wait for news, or for as long as some news, such as a cut connection, goes untold."""
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), self._pulse.look)
        except TimeoutError:
            return

    async def _news_of(self, _message: aiohttp.WSMessage) -> None:
        self._news.set()
