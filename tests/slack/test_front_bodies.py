"""However much the front is sent, and whatever it is: bounded, answered, never a fault."""

import asyncio
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from bot.slack.front import LARGEST_BODY
from tests.slack.traces import traces
from tests.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
COMMAND = urlencode({"command": "/token", "text": "list", "user_id": "U0ALICE"}).encode()


@pytest.fixture
def here(lasting_world: World) -> World:
    """One bot for all of them: none may change it."""
    return lasting_world


def _signed(here: World, body: bytes, content_type: str = FORM) -> dict[str, str]:
    return {**here.slack.sign(body), "Content-Type": content_type}


async def test_an_announced_body_that_is_too_large_is_not_read(
    here: World, caplog: pytest.LogCaptureFixture
) -> None:
    """With its length announced, the refusal comes before the first byte."""
    head = _head(here, f"Content-Length: {LARGEST_BODY + 1}")

    with capture_logs() as logs:
        answer = await _raw(here, head, b"", chunks=0)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert [line["reason"] for line in logs] == ["body too large"]
    assert caplog.records == []


async def test_a_body_of_unknown_length_is_read_to_the_limit(here: World) -> None:
    """In chunks without an end: the refusal comes as soon as there is too much."""
    head = _head(here, "Transfer-Encoding: chunked")
    piece = b"x" * 50_000
    chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    before = traces(here)

    with capture_logs() as logs:
        answer = await _raw(here, head, chunk, chunks=LARGEST_BODY // len(piece) + 1)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert [line["reason"] for line in logs] == ["body too large"]
    assert traces(here) == before


async def test_the_largest_body_is_taken(here: World) -> None:
    """A body of exactly the limit, signed, is looked at."""
    body = b'{"type":"' + b"x" * (LARGEST_BODY - 11) + b'"}'

    delivery = await here.slack.deliver_raw(body, _signed(here, body, JSON))

    assert (len(body), delivery.status) == (LARGEST_BODY, 200)


async def test_a_sender_that_goes_away_leaves_nothing(here: World) -> None:
    """A connection that ends in the middle of the body is no fault."""
    before = traces(here)
    with capture_logs() as logs:
        _, writer = await _connection(here)
        writer.write(_head(here, f"Content-Length: {len(COMMAND)}") + COMMAND[:10])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert (await here.slack.deliver_raw(b"", _signed(here, b""))).status == 200

    assert {line["event"] for line in logs} == {"nothing listens to this"}
    assert traces(here) == before


@pytest.mark.parametrize("line", ["POST / HTTP/1.1", "HEAD /slack/events HTTP/1.1"])
@pytest.mark.parametrize("pause", [False, True])
async def test_a_body_that_breaks_http_leaves_no_traceback(
    here: World, caplog: pytest.LogCaptureFixture, line: str, *, pause: bool
) -> None:
    """Nobody can fill the log, be the answer on its way by then or not."""
    reader, writer = await _connection(here)
    writer.write(f"{line}\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    if pause:
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
    writer.write(b"no chunk\r\n")
    await asyncio.wait_for(reader.read(), 2)
    writer.close()
    await here.settled()

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    assert (await here.slack.deliver_raw(b"", _signed(here, b""))).status == 200


def _head(here: World, *more: str) -> bytes:
    signed = [f"{name}: {value}" for name, value in here.slack.sign(COMMAND).items()]
    lines = ["POST /slack/events HTTP/1.1", "Host: localhost", *signed, *more, "", ""]
    return "\r\n".join(lines).encode()


async def _connection(here: World) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = here.url.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port))


async def _raw(here: World, head: bytes, chunk: bytes, *, chunks: int) -> bytes:
    """Send a request that never ends, and give the beginning of the answer."""
    reader, writer = await _connection(here)
    try:
        writer.write(head)
        for _ in range(chunks):
            writer.write(chunk)
            await writer.drain()
        async with asyncio.timeout(2):
            return await reader.readline()
    finally:
        writer.close()
