"""A server's answers, changed on their way to the bot: in status, headers, body and bytes."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.canaries import TYPED
from tests.fuzz.mutations import Mutation, mutated, mutations, values
from tests.fuzz.wire import HttpAnswer, answer_from

Request = tuple[str, str]
"""Method and path."""

_CHARSETS = ("utf-8", "utf-16", "latin-1", "utf-8-sig", "utf-7", "bogus")


@dataclass(frozen=True)
class Distortion:
    """What becomes of one answer.

    Attributes:
        applied: Whether the request reaches the server before; else it is answered with nothing
            but what stands here.
        status: The status in place of the true one.
        changes: What becomes of the JSON that is answered.
        instead: What is answered in place of it, if it is not changed.
        written: How the JSON is written.
        headers: Further headers.
        framing: How the answer is sent.
    """

    applied: bool = True
    status: int | None = None
    changes: tuple[Mutation, ...] = ()
    instead: Any = None
    written: str = "plain"
    headers: tuple[tuple[str, str], ...] = ()
    framing: str = "length"

    def raw(self, true: HttpAnswer | None) -> bytes:
        """Write the answer; nothing where the connection is to end without one."""
        if self.framing == "no answer":
            return b""
        if self.framing == "garbage":
            return b"\x00\xffSSH-2.0 HTTP/1.1 banana\r\n\r\n"
        status = self.status or (200 if true is None else true.status)
        body = _WAYS[self.written](self._said(true))
        announced = len(body) + (9 if self.framing == "short" else 0)
        length = "" if self.framing == "to the end" else f"Content-Length: {announced}\r\n"
        if self.framing in {"chunks", "bad chunk"}:
            length = "Transfer-Encoding: chunked\r\n"
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body += b"0\r\n\r\n" if self.framing == "chunks" else b"zz\r\n"
        kind = "" if any(n == "Content-Type" for n, _ in self.headers) else "application/json"
        named = (("Content-Type", kind),) * bool(kind) + self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in named)
        return f"HTTP/1.1 {status} Whatever\r\n{head}{length}\r\n".encode() + body

    def _said(self, true: HttpAnswer | None) -> Any:
        try:
            said = None if true is None else json.loads(true.body)
        except ValueError:
            said = None
        return mutated(self.instead if said is None else said, self.changes)


def _plain(value: Any) -> bytes:
    return json.dumps(value).encode()


def _keys_twice(value: Any) -> bytes:
    """Say each thing twice, the second time that it is nothing."""
    if not isinstance(value, dict) or not value:
        return _plain(value)
    return _plain(value)[:-1] + b", " + _plain(dict.fromkeys(value))[1:]


def _in_charset(name: str) -> Callable[[Any], bytes]:
    return lambda value: json.dumps(value, ensure_ascii=False).encode(name, "replace")


_WAYS: dict[str, Callable[[Any], bytes]] = {
    "plain": _plain,
    "truncated": lambda value: (raw := _plain(value))[: max(1, len(raw) * 2 // 3)],
    "twice": lambda value: _plain(value) * 2,
    "keys twice": _keys_twice,
    "deep": lambda _: b'{"a":' * 5_000,
    "html": lambda _: b"<!DOCTYPE html><title>Sign in</title>",
    "backwards": lambda value: _plain(value)[::-1],
    "NUL": lambda value: b"\x00" + _plain(value),
    "large numbers": lambda value: _plain(value).replace(b"0", b"9" * 400, 3),
    "gzip": lambda value: gzip.compress(_plain(value), 1),
    "nothing": lambda _: b"",
    **{name: _in_charset(name) for name in ("utf-16", "latin-1", "utf-8-sig", "utf-7")},
}
_WRITTEN = st.sampled_from([*["plain"] * 8, *_WAYS])
_FRAMINGS = st.sampled_from(
    [
        *["length"] * 10,
        *("chunks", "to the end", "short", "bad chunk", "garbage", "no answer"),
    ]
)
_STATUSES = st.none() | st.sampled_from(
    [
        *(200, 200, 201, 204, 206, 301, 302, 304, 400, 401, 402, 403, 404, 405, 409, 413, 418),
        *(422, 429, 500, 501, 502, 503, 504, 599, 999),
    ]
)
_WAITS = ("0", "0", "1", "-5", "soon", "NaN", "inf", "1e309", "", "Wed, 21 Oct 2015 07:28:00 GMT")
_HEADERS = st.lists(
    st.one_of(
        st.tuples(
            st.just("Content-Type"),
            st.sampled_from(
                [
                    *("text/html", "text/plain", "application/gzip", "", "a", "image/png; x"),
                    *(f"application/json; charset={charset}" for charset in _CHARSETS),
                ]
            ),
        ),
        st.tuples(st.just("Retry-After"), st.sampled_from(_WAITS)),
        st.tuples(
            st.just("Content-Encoding"),
            st.sampled_from(["gzip", "deflate", "br", "identity", "gzip, gzip", "x"]),
        ),
        st.tuples(st.just("X-Influxdb-Build"), st.sampled_from(["Cloud", "OSS", "", "<!channel>"])),
        st.tuples(st.just("X-Influxdb-Version"), st.sampled_from(["2", "v" * 900, TYPED])),
        st.tuples(st.just("Date"), st.sampled_from(["now", "Wed, 21 Oct 2015 07:28:00 GMT"])),
        st.tuples(st.just("Set-Cookie"), st.just("session=x; Path=/; HttpOnly")),
        st.tuples(st.just("Location"), st.sampled_from(["/", "http://127.0.0.1:9/", "x:"])),
        st.tuples(st.just("X-Long"), st.just("x" * 7_000)),
    ),
    max_size=2,
).map(tuple)


def distortions(instead: st.SearchStrategy[Any] = values) -> st.SearchStrategy[Distortion]:
    """Give what may become of an answer, or what comes in its place."""
    changes = mutations(3).map(tuple)
    return st.one_of(
        st.builds(Distortion, changes=changes),
        st.builds(Distortion, st.booleans(), changes=changes, instead=instead),
        st.builds(
            Distortion,
            st.booleans(),
            _STATUSES,
            changes,
            instead,
            _WRITTEN,
            _HEADERS,
            _FRAMINGS,
        ),
    )


@dataclass
class Meddler:
    """Stand before a server, hand on what is asked, and distort some of its answers.

    Attributes:
        url: Where it stands.
        befalls: Tells whether a request's answer may be distorted.
        plan: What becomes of the next answers, in their order.
        served: How many were distorted.
    """

    url: str
    upstream: str
    befalls: Callable[[str, str], bool] = lambda _method, _path: True
    plan: list[Distortion] = field(default_factory=list)
    served: int = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request after another, until the connection is to end."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if not (self.plan and self.befalls(method, path)):
            answer, raw = await self._asked(head, body)
            writer.write(raw)
            return answer is not None
        distortion = self.plan.pop(0)
        self.served += 1
        true = (await self._asked(head, body))[0] if distortion.applied else None
        writer.write(distortion.raw(true))
        await writer.drain()
        return distortion.framing in {"length", "chunks"}

    async def _asked(self, head: bytes, body: bytes) -> tuple[HttpAnswer | None, bytes]:
        """Hand a request on, and give the answer, read and as it came."""
        host, _, port = self.upstream.removeprefix("http://").partition(":")
        there, asking = await asyncio.open_connection(host, int(port))
        try:
            asking.write(head + body)
            answer, _, raw = await answer_from(there, head=False)
        finally:
            asking.close()
        return answer, raw


@asynccontextmanager
async def meddler(upstream: str) -> AsyncIterator[Meddler]:
    """Stand before a server for as long as the context is open."""
    upstream = upstream.rstrip("/")
    made = Meddler("", upstream)
    conversations: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations[task] = writer
        task.add_done_callback(conversations.pop)
        await made.converse(reader, writer)

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    made.url = f"http://{host}:{port}"
    try:
        yield made
    finally:
        server.close()
        left = dict(conversations)
        for writer in left.values():
            writer.transport.abort()
        await asyncio.gather(*left)
        await server.wait_closed()
