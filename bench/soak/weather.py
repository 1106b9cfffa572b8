"""Faults that befall a share of the calls that a bot makes, whatever they are."""

import asyncio
import random
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.serving import DROP_CONNECTION

_SLOW_SECONDS = 1.5


class Weather:
    """Stand before a server, and let one call in a hundred or so go wrong.

    A call is refused with 500, or 429 and Retry-After; its connection breaks before it had an
    effect, or after; or its answer comes late.

    Args:
        share: Of the calls, such as 0.01.
        seed: The same seed befalls the same calls.

    Attributes:
        befallen: How often each of them happened.
        answered: The paths of the calls that were answered well, and how often.
    """

    def __init__(self, share: float, seed: int) -> None:
        self.share = share
        self.befallen: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311 - chance, no secret

    def before(self, app: ASGIApp) -> ASGIApp:
        """Give the server as it is with this weather."""

        async def exposed(scope: Scope, receive: Receive, send: Send) -> None:
            await self._pass(app, scope, receive, send)

        return exposed

    async def _pass(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if self._chance.random() >= self.share:
            await self._through(app, scope, receive, send)
            return
        fault = self._chance.choice(
            ("refused", "held back", "broken before", "broken after", "late")
        )
        self.befallen[fault] += 1
        match fault:
            case "refused":
                await _answer(send, 500, [])
            case "held back":
                await _answer(send, 429, [(b"retry-after", b"1")])
            case "late":
                await asyncio.sleep(_SLOW_SECONDS)
                await self._through(app, scope, receive, send)
            case _:
                if fault == "broken after":
                    await app(scope, receive, _nowhere)
                await _drop(scope, receive)

    async def _through(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                self.answered[scope["path"]] += 1
            await send(message)

        await app(scope, receive, noted)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [*headers, (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"ok":false,"error":"internal_error"}'})


async def _drop(scope: Scope, receive: Receive) -> None:
    """Drop the connection, and return once that is known, so that no answer is missed."""
    scope["extensions"][DROP_CONNECTION](reset=True)
    while (await receive())["type"] != "http.disconnect":
        pass


async def _nowhere(_message: Message) -> None:
    """Send nothing."""
