"""HTTP byte by byte over connections that are kept, so that anything can be sent."""

import asyncio
from dataclasses import dataclass
from typing import Self

_SECONDS = 20.0


@dataclass(frozen=True)
class HttpAnswer:
    """An answer, as it came."""

    status: int
    body: bytes


class Wire:
    """One connection to a server, opened anew when the server has closed it.

    Args:
        url: The server's address.
    """

    def __init__(self, url: str) -> None:
        self._host, _, port = url.removeprefix("http://").partition(":")
        self._port = int(port)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def ask(self, raw: bytes, *, whole: bool, head: bool = False) -> HttpAnswer | None:
        """Send bytes, and give the answer; None if the connection ends without one.

        Args:
            raw: What is sent.
            whole: Whether they are one whole request; else nothing more follows, and the
                connection is used for nothing else.
            head: Whether no body follows the answer's head.

        Raises:
            TimeoutError: If the server does neither answer nor close the connection.
        """
        if self._open is None:
            self._open = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._open
        answer, kept = None, False
        try:
            async with asyncio.timeout(_SECONDS):
                writer.write(raw)
                if not whole:
                    writer.write_eof()
                answer, kept, _ = await answer_from(reader, head=head)
        except (ConnectionError, asyncio.IncompleteReadError):
            kept = False
        finally:
            if not (whole and kept):
                await self.close()
        return answer

    async def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            _, writer = self._open
            self._open = None
            # What the other side did not take is of no interest any more.
            writer.transport.abort()
            await asyncio.sleep(0)


async def answer_from(
    reader: asyncio.StreamReader, *, head: bool
) -> tuple[HttpAnswer, bool, bytes]:
    """Read an answer; tell whether the connection is kept, and which bytes it was."""
    while True:
        raw = await reader.readuntil(b"\r\n\r\n")
        top = raw.decode("latin-1")
        status = int(top.split(" ", 2)[1])
        if status >= 200:
            break
    headers = dict(line.lower().split(": ", 1) for line in top.split("\r\n")[1:] if ": " in line)
    body = b""
    if not head and "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
        raw += body
    elif not head and headers.get("transfer-encoding") == "chunked":
        while True:
            raw += (line := await reader.readline())
            raw += (chunk := await reader.readexactly(int(line, 16) + 2))
            body += chunk[:-2]
            if chunk == b"\r\n":
                break
    return HttpAnswer(status, body), headers.get("connection") != "close", raw
