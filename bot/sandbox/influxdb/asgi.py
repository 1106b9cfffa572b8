"""The edge to the ASGI server: whole requests in, answers out, connections dropped."""

import asyncio
import contextlib
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from bot.sandbox.influxdb.wire import Answer, Request
from bot.sandbox.serving import DROP_CONNECTION

_CHUNKED_ABOVE = 2048
"""Bytes up to which Go's server states a Content-Length by itself."""


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Read a request to its end.

    Raises:
        NotImplementedError: If the connection is not HTTP.
    """
    if scope["type"] != "http":
        raise NotImplementedError(f"InfluxDB speaks HTTP, not {scope['type']}")
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    query: dict[str, str] = {}
    for name, value in parse_qsl(scope["query_string"].decode(), keep_blank_values=True):
        query.setdefault(name, value)
    path: str = scope["path"]
    return Request(
        method=scope["method"],
        path=path.removesuffix("/") or path,
        query=query,
        # Go compares bytes: what a client sends in UTF-8 is the token that is stored in it.
        headers={
            name.decode().lower(): value.decode("utf-8", "surrogateescape")
            for name, value in scope["headers"]
        },
        body=body,
    )


async def send_answer(answer: Answer, send: Send) -> None:
    """Send an answer; a long one in chunks, as Go does."""
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    if answer.status != 204 and len(answer.body) <= _CHUNKED_ABOVE:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def wait_for_disconnect(receive: Receive, seconds: float) -> None:
    """Wait until the client goes away, for so many seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await receive()


async def drop(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection without an answer, by a TCP reset or in an orderly way.

    Raises:
        KeyError: If the application is not served by ``serve``, which alone can do this.
    """
    scope["extensions"][DROP_CONNECTION](reset=reset)
    await receive()
