"""HTTP connections that take up no more than their share, before anybody knows whose they are."""

import asyncio
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from bot.one_answer import OneAnswerProtocol


@dataclass(frozen=True)
class Bounds:
    """What a client may take up.

    Attributes:
        seconds: For a request to arrive, head and body. Slack waits 3 for the answer.
        connections: How many may be open at once. Each takes one of the process's files, of which
            the database, InfluxDB and Slack need some as well; often there are 1,024.
    """

    seconds: float = 10.0
    connections: int = 500


class BoundedConfig(uvicorn.Config):
    """Tell uvicorn to serve an application over bounded connections.

    Args:
        app: The application.
        bounds: What a client may take up.
        grace: Seconds for requests that are under way at the end.
    """

    def __init__(self, app: ASGIApp, bounds: Bounds, grace: int) -> None:
        super().__init__(
            app,
            http=_BoundedConnection,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=grace,
        )
        self.bounds = bounds


class _BoundedConnection(OneAnswerProtocol):
    """A connection that is cut off where a request takes too long to arrive, or is one too many.

    uvicorn itself waits for ever for the rest of a request, and takes in whoever comes.
    """

    config: BoundedConfig
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        if len(self.connections) >= self.config.bounds.connections:
            transport.abort()
            return
        super().connection_made(transport)
        self._wait_for_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is None:
            # It was one too many.
            return
        self._deadline.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._wait_for_a_request()
        super().on_response_complete()

    def _wait_for_a_request(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(self.config.bounds.seconds, self._look)

    def _look(self) -> None:
        """Cut the connection, unless a request has come whole and is being answered."""
        cycle = self.cycle
        if cycle is None or cycle.more_body or cycle.response_complete:
            self.transport.abort()
