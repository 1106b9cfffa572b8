from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HOSTS: Final = frozenset({"127.0.0.1", "localhost"})
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Keep other sites from reading the page and from pressing buttons in it.

    A name that leads here by somebody else's choice is refused, and so is whatever changes
    something and does not come from the page itself.

    Args:
        app: What is guarded.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what comes from the page itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        app = self._app if _is_own(scope) else PlainTextResponse("Not from here.", 403)
        await app(scope, receive, with_headers)


def _is_own(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if host.partition(":")[0] not in _HOSTS:
        return False
    is_reading = scope["method"] in {"GET", "HEAD"}
    return is_reading or headers.get("origin") == f"http://{host}"
