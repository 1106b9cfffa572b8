"""What comes between the bot and an InfluxDB: TLS, redirects, proxies, slow and odd servers."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from bot.changes.authorization import Status
from bot.changes.errors import Effect, ErrorCode, UpstreamError
from bot.changes.ports import Filter
from bot.changes.update import AuthorizationUpdate
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.serving import serve
from tests.certificates import self_signed, serving

Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]
Raw = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]

ONE = "0d0d0d0d0d0d0003"
DISABLE = AuthorizationUpdate(status=Status.INACTIVE)
QUICK = Retries(first_pause=0.001, longest_pause=0.002)
PING = b"HTTP/1.1 204 No Content\r\nX-Influxdb-Build: OSS\r\nX-Influxdb-Version: v2.7.12\r\n\r\n"


def reaching(url: str, ca_file: Path | None = None) -> InfluxDBClient:
    """Open a client for an address."""
    return InfluxDBClient(
        name="default",
        url=url,
        token=SecretStr("operator-token"),
        ca_file=ca_file,
        retries=QUICK,
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that signs itself, and its key."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@asynccontextmanager
async def pinged_over_tls(certificate: tuple[Path, Path]) -> AsyncIterator[int]:
    """Serve ``/ping`` over TLS and give the port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PING)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(
        answer, "127.0.0.1", 0, ssl=serving(certificate)
    ) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_named_ca_is_trusted(certificate: tuple[Path, Path]) -> None:
    """With the CA's file, a server that only this CA knows is reached."""
    async with (
        pinged_over_tls(certificate) as port,
        reaching(f"https://127.0.0.1:{port}", certificate[0]) as client,
    ):
        assert await client.ping() == "OSS v2.7.12"


@pytest.mark.parametrize(
    ("host", "named", "reason"),
    [("127.0.0.1", False, "self-signed certificate"), ("localhost", True, "Hostname mismatch")],
)
async def test_an_untrusted_certificate_is_named_as_such(
    certificate: tuple[Path, Path], host: str, *, named: bool, reason: str
) -> None:
    """A certificate by an unknown CA, or for another host, ends the call before the token goes."""
    async with pinged_over_tls(certificate) as port:
        ca_file = certificate[0] if named else None
        async with reaching(f"https://{host}:{port}", ca_file) as client:
            with pytest.raises(UpstreamError) as caught:
                await client.update(ONE, DISABLE, None)

    problem = caught.value.problem
    assert problem.code is ErrorCode.INSTANCE_UNAVAILABLE
    assert problem.message.startswith(
        f"The certificate of InfluxDB default is not trusted ({reason}"
    )
    assert "INFLUXDB_CA_FILE" in problem.hint
    assert caught.value.effect is Effect.NONE


async def test_a_server_without_tls_is_named_as_such() -> None:
    """An https address of a port that speaks plain HTTP is said to be that."""
    with socket.create_server(("127.0.0.1", 0)) as plain:
        plain.setblocking(False)
        url = f"https://127.0.0.1:{plain.getsockname()[1]}"

        async def speak() -> None:
            accepted, _ = await asyncio.get_running_loop().sock_accept(plain)
            with accepted:
                await asyncio.get_running_loop().sock_sendall(accepted, b"HTTP/1.1 400 No\r\n\r\n")

        speaking = asyncio.create_task(speak())
        async with reaching(url) as client:
            with pytest.raises(UpstreamError, match="No encrypted connection to InfluxDB default"):
                await client.ping()
        await speaking


@pytest.mark.parametrize("content", [b"", b"-----BEGIN"])
def test_a_ca_file_that_holds_none_is_refused(tmp_path: Path, content: bytes) -> None:
    """A client does not start without the trust that was configured."""
    empty = tmp_path / "ca.pem"
    empty.write_bytes(content)

    with pytest.raises(OSError, match=r"NO_CERTIFICATE_OR_CRL_FOUND|no start line|PEM"):
        reaching("https://127.0.0.1", empty)


async def test_where_nobody_listens_nothing_was_changed() -> None:
    """Without a connection on any attempt, nothing can have happened."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with reaching(f"http://user:pass@127.0.0.1:{port}") as client:
        with pytest.raises(UpstreamError) as caught:
            await client.update(ONE, DISABLE, None)

    assert caught.value.problem.message == "InfluxDB default cannot be reached."
    assert (caught.value.problem.code, caught.value.effect) == (
        ErrorCode.INSTANCE_UNAVAILABLE,
        Effect.NONE,
    )


async def test_a_server_that_does_not_accept_in_time_was_not_asked() -> None:
    """A connection that does not come about within half the time leaves nothing in doubt."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        # A queue of length 0 takes one connection; later ones wait for it.
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)
            client = InfluxDBClient(
                name="default",
                url=f"http://{address[0]}:{address[1]}",
                token=SecretStr("t"),
                timeout=0.06,
                retries=Retries(attempts=1),
            )
            async with client:
                with pytest.raises(UpstreamError) as caught:
                    await client.update(ONE, DISABLE, None)

    assert caught.value.problem.message == "InfluxDB default cannot be reached."
    assert caught.value.effect is Effect.NONE


async def test_redirects_are_not_followed(answering: Answering) -> None:
    """A redirect could carry the token elsewhere, so it ends the call."""
    async with answering(httpx.Response(302, headers={"Location": "/login"})) as (client, asked):
        with pytest.raises(UpstreamError) as caught:
            await client.list(Filter())

    assert len(asked) == 1
    assert caught.value.problem.code is ErrorCode.UNEXPECTED_ANSWER
    assert "a redirect, which is not followed" in caught.value.problem.message


async def test_the_url_may_have_a_path(influxdb: InfluxDBStandIn) -> None:
    """An instance behind a path is asked below it; user name and password are not sent."""

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/influx")
        await influxdb.app({**scope, "path": path}, receive, send)

    async with (
        serve(behind) as url,
        reaching(url.replace("//", "//user:pass@") + "/influx/") as client,
    ):
        found = await client.list(Filter())

    assert len(found) == 8
    assert influxdb.journal[0].path == "/api/v2/authorizations"


async def test_the_environment_has_no_say(
    client: InfluxDBClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy named in the environment, for Slack say, does not get to see tokens."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert len(await client.list(Filter())) == 8


async def test_cookies_are_not_kept(answering: Answering) -> None:
    """The token alone says who the bot is; a session that a server offers is not taken up."""
    offer = httpx.Response(
        200, headers={"Set-Cookie": "influxdb-oss-session=x"}, json={"authorizations": []}
    )
    async with answering(offer) as (client, asked):
        await client.list(Filter())
        await client.list(Filter())

    assert len(asked) == 2
    assert not any("cookie" in request.headers for request in asked)


async def test_an_endless_answer_is_cut(raw: Raw) -> None:
    """A body of more than 64 MiB is not read to its end, and counts as what it is once unpacked."""
    bomb = gzip.compress(b" " * (64 * 1024 * 1024 + 1), compresslevel=1)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    async with raw(head % len(bomb), bomb) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.list(Filter())

    assert len(bomb) < 1_000_000
    assert caught.value.problem.code is ErrorCode.UNEXPECTED_ANSWER
    assert "longer than 64 MiB" in caught.value.problem.message


@pytest.mark.parametrize("encodings", [b"gzip, gzip", b"gzip\r\nContent-Encoding: gzip"])
async def test_an_answer_that_is_compressed_twice_is_not_read(raw: Raw, encodings: bytes) -> None:
    """A hundred kilobytes would become gigabytes before anybody counts them."""
    bomb = gzip.compress(gzip.compress(b" " * 10_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n"
    async with raw(head % (encodings, len(bomb)), bomb) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.update(ONE, DISABLE, None)

    assert "its body is compressed more than once" in caught.value.problem.message
    assert caught.value.effect is Effect.POSSIBLE


async def test_a_dripping_answer_is_cut(raw: Raw) -> None:
    """The timeout holds for the whole answer, not for each of its bytes."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    retries = Retries(attempts=1)
    async with raw(head, *[b" "] * 40, pause=0.01, timeout=0.05, retries=retries) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.update(ONE, DISABLE, None)

    assert caught.value.problem.message == "InfluxDB default did not answer within 0.05 s."
    assert caught.value.effect is Effect.POSSIBLE


@pytest.mark.parametrize(
    ("sent", "code", "message"),
    [
        (
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            ErrorCode.UNEXPECTED_ANSWER,
            "InfluxDB default did not answer as InfluxDB v2 does: what came is not HTTP.",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            ErrorCode.UNEXPECTED_ANSWER,
            "InfluxDB default did not answer as InfluxDB v2 does: its body cannot be decompressed.",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
            ErrorCode.INSTANCE_UNAVAILABLE,
            "The connection to InfluxDB default broke off.",
        ),
        (b"", ErrorCode.INSTANCE_UNAVAILABLE, "The connection to InfluxDB default broke off."),
    ],
)
async def test_a_broken_answer_leaves_a_change_in_doubt(
    raw: Raw, sent: bytes, code: ErrorCode, message: str
) -> None:
    """What is no HTTP, no gzip, or ends early is named, and the change may have been made."""
    async with raw(sent) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.update(ONE, DISABLE, None)

    assert (caught.value.problem.code, caught.value.problem.message) == (code, message)
    assert caught.value.effect is Effect.POSSIBLE


@pytest.mark.parametrize(
    "url",
    ["", "influxdb:8086", "ftp://influxdb", "http://", "http://[::1", "http://a..b", "http://h:0"],
)
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    """A URL without scheme or host, or with an impossible one, is refused at once."""
    with pytest.raises(ValueError, match="is not of the form https://"):
        reaching(url)


@pytest.mark.parametrize("token", ["", " ", "secret\n", "sec\x00ret"])
def test_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    """Such a token is refused at once, and not repeated."""
    with pytest.raises(ValueError, match="the API token is empty or holds") as caught:
        InfluxDBClient(name="default", url="http://h", token=SecretStr(token))

    assert "sec" not in str(caught.value)
