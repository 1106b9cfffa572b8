import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from bot.bounded_connections import BoundedConfig, Bounds

_GRACE_SECONDS = 5
_USUAL = Bounds()


class _Server(uvicorn.Server):
    """A uvicorn server whose signals are handled here: it would raise them again at its end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_until_signalled(
    app: ASGIApp,
    listener: socket.socket,
    stopping: Callable[[], None],
    reload: Callable[[], object],
    bounds: Bounds = _USUAL,
) -> None:
    """Serve an application until SIGTERM or SIGINT, then finish the requests that are under way.

    A second signal ends at once.

    Args:
        app: The application to serve.
        listener: A bound socket.
        stopping: Called at the first signal.
        reload: Called at SIGHUP.
        bounds: What a client may take up.
    """
    server = _Server(BoundedConfig(app, bounds, _GRACE_SECONDS))

    def stop() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True
        stopping()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        await server.serve(sockets=[listener])
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


def bind(host: str, port: int) -> socket.socket:
    """Bind a TCP socket, so that callers can connect already; raise OSError if it is in use.

    Args:
        host: The address to listen on.
        port: The port, or 0 for a free one.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of a socket that names its protocol does asyncio switch Nagle's algorithm off.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
