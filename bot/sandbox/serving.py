import asyncio
import contextlib
import errno
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from email.utils import formatdate

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.one_answer import OneAnswerProtocol
from bot.server import bind

DROP_CONNECTION = "sandbox.drop_connection"
"""The ASGI extension by which an application closes its connection without an answer."""


_TICK_SECONDS = 0.1
_GRACE_SECONDS = 1.0
_MORE_PORTS = 20
_LAST_PORT = 65_535


class _DroppableProtocol(OneAnswerProtocol):
    """HTTP whose applications can drop the connection: ``scope["extensions"][DROP_CONNECTION]``."""

    def connection_made(  # type: ignore[override]  # uvicorn, too, narrows asyncio's transport
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        app = self.app

        def drop(*, reset: bool) -> None:
            if reset:
                linger = struct.pack("ii", 1, 0)
                connection = transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()

        async def with_drop(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), DROP_CONNECTION: drop}
            await app({**scope, "extensions": extensions}, receive, _dating(send))

        self.app = with_drop


def _dating(send: Send) -> Send:
    """Tell the date in the answers of applications that do not tell it by a clock of their own."""

    async def dated(message: Message) -> None:
        headers = list(message.get("headers", ()))
        is_start = message["type"] == "http.response.start"
        if is_start and not any(name.lower() == b"date" for name, _ in headers):
            date = (b"date", formatdate(usegmt=True).encode())
            message = {**message, "headers": [date, *headers]}
        await send(message)

    return dated


class _EmbeddedServer(uvicorn.Server):
    """A uvicorn server that leaves the process's signals alone, and ends when it is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def end(self) -> None:
        """End now; by itself the server would look only every tenth of a second."""
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        """Tick as uvicorn does, until the server is told to end."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is idle, and wait for what is being answered; uvicorn's own sleeps first."""
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            _, late = await asyncio.wait(self.server_state.tasks, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
        # Connections close in the loop's next round.
        await asyncio.sleep(0)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen_from(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Bind a TCP port, or the next one that is not in use.

    Args:
        port: The first to try, or 0 for any that is free.
        host: The address to bind.

    Raises:
        OSError: If none of the next ports is to be had.
    """
    last = min(port + _MORE_PORTS, _LAST_PORT)
    for each in range(port, last):
        try:
            return bind(host, each)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    return bind(host, last)


@contextlib.asynccontextmanager
async def serve(
    app: ASGIApp, *, host: str = "127.0.0.1", listener: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve an ASGI application on a real socket for as long as the context is open.

    Args:
        app: The application to serve.
        host: The address to bind; the port is any that is free.
        listener: A socket that is bound already, and is closed in the end.

    Yields:
        The base address, such as ``http://127.0.0.1:41234``, once it accepts connections.
    """
    listener = listener or bind(host, 0)
    config = uvicorn.Config(
        app,
        http=_DroppableProtocol,
        interface="asgi3",
        log_config=None,
        access_log=False,
        lifespan="off",
        date_header=False,
        server_header=False,
    )
    server = _EmbeddedServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name=f"serve {host}")
    try:
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.001)
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.end()
        await task
        listener.close()
