"""Answers to HTTP requests, and the one way to refuse them."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import h11
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send


class RefusedError(Exception):
    """A request that Slack refuses, with Slack's word for it.

    Args:
        error: Slack's error, such as ``channel_not_found``.
        status: The HTTP status; the Web API refuses with 200.
        details: What else stands in the answer.
    """

    def __init__(self, error: str, *, status: int = 200, **details: Any) -> None:
        super().__init__(error)
        self.reply = Reply({"ok": False, "error": error, **details}, status)


@dataclass(frozen=True)
class Reply:
    """An answer; the status 0 stands for a connection that ends without one."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, *, as_text: str | None = None) -> Response:
        """Write the answer as HTTP, with ``as_text`` instead of JSON if all is well."""
        if self.status == 0:
            return _NoAnswer()
        if as_text is not None and self.body.get("ok"):
            return PlainTextResponse(as_text, self.status, dict(self.headers))
        return JSONResponse(dict(self.body), self.status, dict(self.headers))


class _NoAnswer(Response):
    """Ends the connection before an answer.

    ASGI has no word for this. A server closes a connection on which the answer was begun and not
    completed; beginning with an interim status leaves nothing that a client could take for one.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        with contextlib.suppress(h11.LocalProtocolError):
            await send({"type": "http.response.start", "status": 103, "headers": []})
