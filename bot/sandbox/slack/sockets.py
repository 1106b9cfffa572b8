import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import WSMessage, WSMsgType, web


class Socket:
    """One WebSocket to the app, as Slack sees it, and what can become of it.

    Attributes:
        number: Counts from 1 in the order in which they were opened.
        sent: The ids of the envelopes that went over it, repeats included.
        acknowledged: The ids of those that were acknowledged over it, whichever way they went.
        frozen: Whether it is dead, and neither end was told.

    Args:
        number: As above.
        answer: The WebSocket.
        transport: The TCP connection below it.
    """

    def __init__(
        self, number: int, answer: web.WebSocketResponse, transport: asyncio.Transport | None
    ) -> None:
        self.number = number
        self.sent: list[str] = []
        self.acknowledged: list[str] = []
        self.frozen = False
        self._answer = answer
        self._transport = transport

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send a message, which a dead socket swallows."""
        if "envelope_id" in message:
            self.sent.append(message["envelope_id"])
        if not self.frozen:
            # What is sent as the connection breaks is lost, and Slack does not learn of it.
            with contextlib.suppress(ConnectionError):
                await self._answer.send_json(message)

    async def send_raw(self, raw: str | bytes) -> None:
        """Send any text or bytes, as Slack does not."""
        with contextlib.suppress(ConnectionError):
            if isinstance(raw, str):
                await self._answer.send_str(raw)
            else:
                await self._answer.send_bytes(raw)

    async def disconnect(self, reason: str) -> None:
        """Tell the app that the socket is to end: ``warning``, ``refresh_requested`` or the like.

        Slack closes it some seconds later; here `close` does.
        """
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})

    async def close(self) -> None:
        """Close it as Slack does, with WebSocket's own words."""
        await self._answer.close()

    def drop(self) -> None:
        """Cut the connection, as a router does that forgets it and says so."""
        if self._transport is not None:
            self._transport.abort()

    def freeze(self) -> None:
        """Let it be dead: from now on nothing is read, answered or sent, and nobody is told."""
        self.frozen = True

    async def received(self) -> AsyncIterator[WSMessage]:
        """Yield what the app sends, pings and its close answered, until the socket ends."""
        while True:
            message = await self._answer.receive()
            if self.frozen:
                # Ended by cancellation, when the app gives the connection up.
                await asyncio.Event().wait()
            if message.type is WSMsgType.PING:
                await self._answer.pong(message.data)
            elif message.type in {WSMsgType.TEXT, WSMsgType.PONG}:
                yield message
            else:
                await self._answer.close()
                return
