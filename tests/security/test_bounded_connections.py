"""Whoever reaches the bot's port without a signature takes up little of it, and not for long."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from bot.bounded_connections import Bounds
from bot.endpoints import application
from bot.server import bind, serve_until_signalled

SECONDS = 0.5
HEAD = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 5\r\n"
WHOLE = HEAD + b"\r\nhello"

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def served(bounds: Bounds, *, slow: float = 0.0) -> AsyncIterator[int]:
    """Serve as the bot does, with a front that reads the body and takes its time."""

    async def front(request: Request) -> PlainTextResponse:
        body = await request.body()
        await asyncio.sleep(slow)
        return PlainTextResponse(body)

    async def metrics() -> bytes:
        return b""

    listener = bind("127.0.0.1", 0)
    app = application(front, {}, {}, metrics)
    serving = asyncio.ensure_future(
        serve_until_signalled(app, listener, lambda: None, lambda: None, bounds)
    )
    try:
        yield listener.getsockname()[1]
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await serving


@asynccontextmanager
async def opened(port: int, sent: bytes = b"") -> AsyncIterator[Ends]:
    """Connect, and send something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def dripped(ends: Ends, drops: bytes) -> bytes:
    """Send one byte after another, each well in time; give what is answered until it is cut."""
    reader, writer = ends
    with suppress(ConnectionError):
        for number in range(len(drops)):
            writer.write(drops[number : number + 1])
            await writer.drain()
            await asyncio.sleep(0.01)
    return await ended(reader)


async def ended(reader: asyncio.StreamReader) -> bytes:
    """Give what comes until the other end closes; fail if it does not."""
    with suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), 5)
    return b""


async def answered(ends: Ends, sent: bytes = WHOLE) -> None:
    """Send a request, and see that it is answered."""
    ends[1].write(sent)
    assert (await ends[0].readuntil(b"hello")).startswith(b"HTTP/1.1 200 ")


async def is_served(port: int) -> bool:
    """Tell whether there is room for one more connection."""
    async with opened(port) as ends:
        try:
            await answered(ends)
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        return True


async def test_a_request_that_does_not_arrive_is_cut_off() -> None:
    """Nothing, half a head, half a body, byte by byte, first or after another request."""
    bounds = Bounds(SECONDS)
    async with served(bounds) as port, opened(port) as a, opened(port) as b, opened(port) as c:
        await answered(c)
        silent = asyncio.ensure_future(ended(a[0]))
        assert [await dripped(b, HEAD), await dripped(c, HEAD), await silent] == [b""] * 3

        async with opened(port, HEAD + b"\r\n") as d:
            assert await dripped(d, b"hell") == b""


async def test_a_request_that_has_come_is_answered_however_long_that_takes() -> None:
    """The time is for the request, not for the answer; the connection serves for another."""
    async with served(Bounds(SECONDS), slow=1.2 * SECONDS) as port, opened(port) as ends:
        await answered(ends)
        await answered(ends)
        assert await dripped(ends, HEAD) == b""


async def test_one_connection_too_many_is_not_taken() -> None:
    """Files are left for what is under way; as soon as one ends, the next is served."""
    async with served(Bounds(connections=4)) as port, AsyncExitStack() as stack:
        held = [await stack.enter_async_context(opened(port)) for _ in range(4)]
        for each in held:
            await answered(each)
        async with opened(port, WHOLE) as refused:
            assert await ended(refused[0]) == b""

        held[0][1].close()
        for _ in range(200):
            if await is_served(port):
                return
            await asyncio.sleep(0.02)
        raise AssertionError("nobody was served again")
