"""Any bytes at the front's socket: answered, refused by name, and never a fault."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path
from urllib.parse import quote_from_bytes, urlencode

from hypothesis import strategies as st

from bot.sandbox import cast
from bot.sandbox.slack.signing import signed_headers
from tests.fuzz import watch
from tests.fuzz.conftest import Fuzzing
from tests.fuzz.mutations import MISCHIEF, texts, values
from tests.fuzz.portions import fuzzed
from tests.fuzz.wire import HttpAnswer, Wire
from tests.world import SIGNING_SECRET, World, world

FORM, JSON = b"application/x-www-form-urlencoded", b"application/json"
EVENTS = (b"/slack/events", b"/slack/%65vents?x=%ff")
WIRES = 4
CONTROLS = bytes([*range(32), 127])
RIGHT, TWICE = "right", "right, twice"
WRONG = ("another secret", "another body", "stale", "early", "none", "no time", "garbage", TWICE)
WHOLE = ("length", "chunks", "one by one")
ODD = ("short", "long", "no length", "two lengths", "length and chunks", "bad chunk", "bad length")

_TEXT = st.text(max_size=30)
_BYTES = st.binary(max_size=80)
_FIELDS = st.sampled_from(
    ["command", "text", "user_id", "team_id", "channel_id", "payload", "type", "ssl_check", ""]
)
COMMANDS = st.builds(
    lambda text, more: urlencode(
        {
            "command": "/token",
            "text": text,
            "user_id": cast.ALICE,
            "team_id": "T0HOME",
            "channel_id": cast.INCIDENTS,
            **more,
        },
        errors="surrogatepass",
    ).encode(),
    st.sampled_from(["help", "whoami", "nonsense", "disable"]) | texts,
    st.dictionaries(_FIELDS, _TEXT, max_size=2),
)
OBJECTS = st.dictionaries(
    _FIELDS | st.sampled_from(["actions", "event", "view"]), values, max_size=4
)
BODIES = st.one_of(
    _BYTES,
    COMMANDS,
    OBJECTS.map(lambda value: json.dumps(value).encode()),
    OBJECTS.map(lambda value: urlencode({"payload": json.dumps(value)}).encode()),
    values.map(lambda value: json.dumps(value).encode("utf-16")),
    st.sampled_from(MISCHIEF).map(lambda text: text.encode("utf-8", "surrogatepass")),
    _BYTES.map(lambda raw: b"payload=" + quote_from_bytes(raw).encode()),
    st.lists(_BYTES, max_size=4).map(lambda parts: b"&".join(b"=".join(parts) for _ in parts)),
    st.integers(90, 110).map(lambda fields: b"&".join(b"f%d=1" % n for n in range(fields))),
    st.builds(
        lambda piece, times: piece * times, st.binary(min_size=1, max_size=9), st.integers(0, 9000)
    ),
)
KINDS = st.sampled_from(
    [FORM, FORM, JSON, b"text/plain", b"", b"multipart/form-data; boundary=x", b"a/b; c=\xff"]
) | st.builds(
    lambda kind, rest: kind + b"; charset=" + rest,
    st.sampled_from([FORM, JSON]),
    st.sampled_from([b"utf-8", b"utf-16", b"latin-1", b"x"]),
)
_HEADER = st.tuples(
    st.sampled_from(
        [
            *(b"X-Slack-Retry-Num", b"X-Slack-Retry-Reason", b"X-Slack-Bolt-Lazy-Only"),
            *(b"X-Slack-Bolt-Lazy-Function-Name", b"Content-Encoding", b"Cookie", b"Accept"),
            *(b"X-Forwarded-For", b"Host", b"Expect", b"Upgrade", b"X-Long", b"Authorization"),
        ]
    ),
    st.sampled_from([b"", b"1", b"gzip", b"100-continue", b"websocket", b"h2c", b"a" * 9000])
    | st.binary(max_size=20).map(lambda raw: raw.translate(None, CONTROLS)),
)


_CHUNKS_END = b"0\r\n\r\n"


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body) if body else b""


def _one_by_one(body: bytes) -> bytes:
    """Write a chunk for each byte, and one for those beyond the first hundreds."""
    return b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in body[:200]) + _chunk(body[200:])


@dataclass(frozen=True)
class Sent:
    """A request, as it is to be sent.

    Attributes:
        signed: How it is signed.
        framing: How its length is told.
    """

    body: bytes
    kind: bytes = FORM
    signed: str = RIGHT
    framing: str = "length"
    method: bytes = b"POST"
    path: bytes = b"/slack/events"
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is a request that HTTP allows, and nothing is missing of it."""
        return self.framing in WHOLE and not any(
            name in {b"Host", b"Upgrade", b"Expect"} for name, _ in self.headers
        )

    def raw(self, here: World) -> bytes:
        """Write it."""
        lines = [
            self.method + b" " + self.path + b" HTTP/1.1",
            *([] if any(name == b"Host" for name, _ in self.headers) else [b"Host: localhost"]),
            *([b"Content-Type: " + self.kind] if self.kind else []),
            *(name + b": " + value for name, value in self._signature(here)),
            *(name + b": " + value for name, value in self.headers),
        ]
        length, body = self._framed()
        return b"\r\n".join([*lines, *length, b"", b""]) + body

    def _signature(self, here: World) -> list[tuple[bytes, bytes]]:
        secret, body, now = SIGNING_SECRET, self.body, here.now()
        if self.signed == "another secret":
            secret = "another-secret"
        if self.signed == "another body":
            body += b"x"
        if self.signed in {"stale", "early"}:
            now += timedelta(minutes=-6 if self.signed == "stale" else 6)
        headers = signed_headers(secret, body, now)
        del headers["Content-Type"]
        found = [(name.encode(), value.encode()) for name, value in headers.items()]
        if self.signed == "garbage":
            return [(name, value[::-1]) for name, value in found]
        if self.signed == "none":
            return []
        if self.signed == "no time":
            return [each for each in found if b"imestamp" not in each[0]]
        return found * 2 if self.signed == TWICE else found

    def _framed(self) -> tuple[list[bytes], bytes]:
        """Give the headers that tell the length, and the body with what stands between it."""
        body = self.body
        length, chunked = b"Content-Length: %d", b"Transfer-Encoding: chunked"
        chunks = _chunk(body) + _CHUNKS_END
        framed = {
            "length": ([length % len(body)], body),
            "chunks": ([chunked], chunks),
            "one by one": ([chunked], _one_by_one(body) + _CHUNKS_END),
            "short": ([length % (len(body) + 9)], body),
            "long": ([length % max(0, len(body) - 3)], body),
            "no length": ([], body),
            "two lengths": ([length % len(body), length % (len(body) + 1)], body),
            "length and chunks": ([length % len(body), chunked], chunks),
            "bad chunk": ([chunked], b"zz\r\n" + body),
            "bad length": ([b"Content-Length: -%d" % len(body)], body),
        }
        return framed[self.framing]

    def wrong_with(self, answer: HttpAnswer | None) -> list[str]:
        """Say what is wrong with its answer."""
        if answer is None:
            return [f"no answer to {self}"] if self.whole else []
        allowed = self._allowed()
        body = answer.body.decode(errors="replace")
        return [f"{wrong} ({self})" for wrong in watch.wrong_with_ack(answer.status, body, allowed)]

    def _allowed(self) -> frozenset[int]:
        if not self.whole:
            return frozenset(range(200, 500))
        if self.path not in EVENTS:
            return frozenset({200, 307, 404, 405})
        if self.method != b"POST":
            return frozenset({405})
        if self.signed != RIGHT:
            return frozenset({401})
        return frozenset({200, 400})


REQUESTS = st.one_of(
    st.builds(Sent, BODIES, KINDS),
    st.builds(Sent, BODIES, KINDS, st.sampled_from(WRONG)),
    st.builds(
        Sent,
        BODIES,
        KINDS,
        st.sampled_from([RIGHT, *WRONG]),
        st.sampled_from([*WHOLE, *ODD]),
        st.sampled_from([b"POST", b"POST", b"POST", b"GET", b"PUT", b"HEAD", b"OPTIONS", b"BREW"]),
        st.sampled_from(
            [*EVENTS, *EVENTS, b"/", b"/slack/events/", b"/healthz", b"/slack/events%00", b"*"]
        ),
        st.lists(_HEADER, max_size=3).map(tuple),
    ),
)
GARBAGE = st.one_of(
    _BYTES,
    _BYTES.map(lambda raw: raw + b"\r\n\r\n"),
    _BYTES.map(lambda raw: b"POST /slack/events HTTP/1.1\r\n" + raw + b"\r\n\r\n"),
    st.sampled_from(
        [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST /slack/events HTTP/1.0\r\n\r\n",
            b"POST http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\r\n" * 400,
        ]
    ),
)


@dataclass
class Front:
    """A bot, and the connections to it."""

    here: World
    wires: list[Wire]

    async def answers(self, batch: Sequence[Sent | bytes]) -> list[str]:
        """Send all of a batch, some at a time, and say what is wrong with the answers."""
        shares = [batch[first::WIRES] for first in range(WIRES)]
        told = await asyncio.gather(
            *(self._over(wire, share) for wire, share in zip(self.wires, shares, strict=True))
        )
        await self.here.settled()
        return [*chain.from_iterable(told), *watch.wrong_with_calls(self.here)]

    async def _over(self, wire: Wire, batch: Sequence[Sent | bytes]) -> list[str]:
        wrong: list[str] = []
        for each in batch:
            if isinstance(each, Sent):
                answer = await wire.ask(
                    each.raw(self.here), whole=each.whole, head=each.method == b"HEAD"
                )
                wrong += each.wrong_with(answer)
                continue
            answer = await wire.ask(each, whole=False)
            if answer is not None and answer.status >= 500:
                wrong.append(f"{answer.status} to {each!r}")
        return wrong


@asynccontextmanager
async def front(folder: Path) -> AsyncIterator[Front]:
    """Start a bot, and open connections to it."""
    async with world(folder) as here, AsyncExitStack() as stack:
        await here.start()
        wires = [await stack.enter_async_context(Wire(here.url)) for _ in range(WIRES)]
        yield Front(here, wires)


def test_any_bytes_are_answered(fuzzing: Fuzzing) -> None:
    """What Slack signed is 200 or 400, what it did not is 401, what is no HTTP never a fault."""
    with fuzzing("front", front, lasts=150) as lasting:

        def check(batch: list[Sent | bytes]) -> None:
            lasting.use(lambda here: here.answers(batch), len(batch))

        fuzzed(
            st.lists(REQUESTS | GARBAGE, min_size=8, max_size=30),
            check,
            share=10,
            whole=2_600,
        )
