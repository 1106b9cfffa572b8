"""However much the front is sent, and whatever it is: bounded, answered, never a fault."""

import asyncio
import json
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.sandbox.slack.signing import signed_headers
from bot.slack.front import LARGEST_BODY
from tests.slack.traces import traces
from tests.world import SIGNING_SECRET, World

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


_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    [
        *("command", "type", "actions", "user", "user_id", "team", "team_id", "channel", "text"),
        *("channel_id", "event", "view", "message", "container", "authorizations", "bot_id"),
        *("response_url", "response_urls", "payload", "enterprise", "is_enterprise_install"),
    ]
)
_SHAPES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["block_actions", "event_callback", "view_submission", "shortcut", "message_action"]
        ),
        "callback_id": st.sampled_from(["check_message", "other", ""]),
        "command": st.sampled_from(["/token", "/other", ""]),
        "actions": st.lists(
            st.fixed_dictionaries({"action_id": st.text(max_size=5)}), min_size=1, max_size=1
        ),
    },
)
_BODIES = st.one_of(
    st.binary(max_size=64),
    st.binary(max_size=64).map(lambda raw: b"payload=" + raw),
    _JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda shape, rest: json.dumps({**rest, **shape}).encode(),
        _SHAPES,
        st.dictionaries(_KEYS, _JSON_VALUES, max_size=4),
    ),
    st.dictionaries(_KEYS, st.text(max_size=8), max_size=4).map(lambda f: urlencode(f).encode()),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_BODIES, content_type=st.sampled_from([FORM, JSON, "text/plain", "", "a/b; c"]))
async def test_any_bytes_are_answered(here: World, body: bytes, content_type: str) -> None:
    """Whatever the bytes are, signed they are 200, 400 or 413, and never a fault of the server."""
    headers = signed_headers(SIGNING_SECRET, body, here.now())

    delivery = await here.slack.deliver_raw(body, {**headers, "Content-Type": content_type})

    assert delivery.status in {200, 400, 413}


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
