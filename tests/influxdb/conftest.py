"""The recorded server's stand-in, servers that answer as told, and clients for both."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.sandbox.influxdb import InfluxDBStandIn, Mode
from bot.sandbox.serving import serve

FIXTURE = Path(__file__).parent.parent / "contract" / "fixture.json"
OPERATOR = "operator-token"
QUICK = Retries(first_pause=0.001, longest_pause=0.002)


@pytest.fixture
def stand_in() -> Callable[[Mode], InfluxDBStandIn]:
    """Make the recorded server in one of its modes, at a time that stands still."""

    def make(mode: Mode) -> InfluxDBStandIn:
        return InfluxDBStandIn(
            json.loads(FIXTURE.read_text()),
            lambda: datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
            mode=mode,
        )

    return make


@pytest.fixture
def influxdb(stand_in: Callable[[Mode], InfluxDBStandIn]) -> InfluxDBStandIn:
    """Make the server as it was recorded, which shows tokens in clear."""
    return stand_in(Mode.PLAIN)


@pytest.fixture
def opened() -> Callable[..., AbstractAsyncContextManager[InfluxDBClient]]:
    """Serve an application and reach it with a client."""

    @asynccontextmanager
    async def opening(
        app: ASGIApp, *, token: str | None = None, **settings: Any
    ) -> AsyncIterator[InfluxDBClient]:
        given = {"name": "default", "retries": QUICK, **settings}
        secret = SecretStr(token or OPERATOR)
        async with serve(app) as url, InfluxDBClient(url=url, token=secret, **given) as client:
            yield client

    return opening


@pytest.fixture
async def client(
    influxdb: InfluxDBStandIn, opened: Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
) -> AsyncIterator[InfluxDBClient]:
    """Reach the recorded server with its operator token."""
    async with opened(influxdb.app) as reaching:
        yield reaching


@pytest.fixture
def answering(
    opened: Callable[..., AbstractAsyncContextManager[InfluxDBClient]],
) -> Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]:
    """Serve fixed answers in turn, the last one for ever, and record what was asked."""

    @asynccontextmanager
    async def serving(
        *answers: httpx.Response, **settings: Any
    ) -> AsyncIterator[tuple[InfluxDBClient, list[httpx.Request]]]:
        asked: list[httpx.Request] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message["body"], message["more_body"]
            url = f"http://server{scope['path']}?{scope['query_string'].decode()}"
            headers = scope["headers"]
            asked.append(httpx.Request(scope["method"], url, headers=headers, content=body))
            answer = answers[min(len(asked), len(answers)) - 1]
            raw = [(name.lower(), value) for name, value in answer.headers.raw]
            await send(
                {"type": "http.response.start", "status": answer.status_code, "headers": raw}
            )
            await send({"type": "http.response.body", "body": answer.content})

        async with opened(app, **settings) as client:
            yield client, asked

    return serving


@pytest.fixture
def raw() -> Callable[..., AbstractAsyncContextManager[InfluxDBClient]]:
    """Reach a server that sends bytes, whatever is asked, with pauses between them."""

    @asynccontextmanager
    async def serving(
        *sent: bytes, pause: float = 0.0, **settings: Any
    ) -> AsyncIterator[InfluxDBClient]:
        handling: set[asyncio.Task[None]] = set()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            # Closing with something unread would reset the connection.
            length = re.search(rb"content-length: (\d+)", head.lower())
            await reader.readexactly(int(length[1]) if length else 0)
            for part in sent:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(answer(reader, writer))
            handling.add(task)
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await task
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        usual: dict[str, Any] = {
            "name": "default",
            "retries": QUICK,
            "token": SecretStr(OPERATOR),
        }
        given = usual | {"url": f"http://127.0.0.1:{port}"} | settings
        async with server, InfluxDBClient(**given) as client:
            yield client
            for task in handling:
                task.cancel()

    return serving


@pytest.fixture
def entry() -> Callable[..., dict[str, Any]]:
    """Write an authorization as a server states it, with members replaced, or left out by None."""

    def write(**members: Any) -> dict[str, Any]:
        usual = {
            "id": "0d0d0d0d0d0d0003",
            "token": "a-token",
            "status": "active",
            "description": "telegraf",
            "orgID": "0b0b0b0b0b0b0001",
            "org": "acme",
            "userID": "0c0c0c0c0c0c0002",
            "user": "alice",
            "permissions": [{"action": "read", "resource": {"type": "buckets"}}],
            "links": {"self": "/api/v2/authorizations/0d0d0d0d0d0d0003"},
            "createdAt": "2026-11-23T18:31:02.859745283-05:00",
            "updatedAt": "2026-11-23T18:31:02.859745283-05:00",
        }
        return {key: value for key, value in (usual | members).items() if value is not None}

    return write
