import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_GRACE_SECONDS = 5


class OneAnswerProtocol(H11Protocol):
    """HTTP in which a request gets one answer, be it that it turns out to be none.

    Left to itself uvicorn answers 400 to a body that breaks HTTP's rules, also where the
    application has answered already, or is about to: each time a traceback in the log, at the
    wish of anybody who reaches the port.
    """

    def send_400_response(self, msg: str) -> None:
        """Answer that this is no HTTP, unless an answer has begun; then close."""
        begun = self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}
        # What answers HEAD has no body, and uvicorn's 400 has one.
        bodiless = self.scope is not None and self.scope["method"] == "HEAD"
        if self.cycle is not None and not self.cycle.response_complete:
            # To the application it is as if the sender had gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if begun or bodiless:
            self.transport.close()
        else:
            super().send_400_response(msg)


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
) -> None:
    """Serve an application until SIGTERM or SIGINT, then finish the requests that are under way.

    A second signal ends at once.

    Args:
        app: The application to serve.
        listener: A bound socket.
        stopping: Called at the first signal.
        reload: Called at SIGHUP.
    """
    server = _Server(
        uvicorn.Config(
            app,
            http=OneAnswerProtocol,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )

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
