"""Which endpoint answers: routes, what comes before them, and what no route takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.influxdb import authorizations, gojson, gotime, grants, tenants
from bot.sandbox.influxdb.credentials import Caller, authenticate
from bot.sandbox.influxdb.product import Mode, Product
from bot.sandbox.influxdb.state import State
from bot.sandbox.influxdb.wire import (
    JSON_TYPE,
    Answer,
    Headers,
    PlatformError,
    Request,
    error_answer,
)

_API = "/api/v2/"
_PAGE_NOT_FOUND = Answer(
    404,
    b"404 page not found\n",
    (("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")),
)
_PREFLIGHT: Headers = (
    (
        "Access-Control-Allow-Headers",
        "Accept, Content-Type, Content-Length, Accept-Encoding, Authorization, User-Agent",
    ),
    ("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE, PATCH"),
)


@dataclass(frozen=True, slots=True)
class _Call:
    """Hold what endpoints take: ``one`` is the part of the path after the collection."""

    request: Request
    one: str
    caller: Caller
    state: State
    product: Product


_ROUTES: Mapping[tuple[str, bool], Mapping[str, Callable[[_Call], Answer]]] = {
    ("authorizations", False): {
        "GET": lambda call: authorizations.get_all(
            call.request, call.caller, call.state, call.product
        ),
        "POST": lambda call: grants.post(call.request.body, call.caller, call.state, call.product),
    },
    ("authorizations", True): {
        "GET": lambda call: authorizations.get_one(call.one, call.caller, call.state, call.product),
        "PATCH": lambda call: authorizations.patch(
            call.one, call.request.body, call.caller, call.state, call.product
        ),
        "DELETE": lambda call: authorizations.delete(call.one, call.caller, call.state),
    },
    ("me", False): {"GET": lambda call: tenants.me(call.caller, call.state)},
    ("users", False): {
        "GET": lambda call: tenants.get_users(call.request, call.caller, call.state)
    },
    ("users", True): {"GET": lambda call: tenants.get_user(call.one, call.caller, call.state)},
    ("orgs", False): {"GET": lambda call: tenants.get_orgs(call.request, call.caller, call.state)},
    ("orgs", True): {"GET": lambda call: tenants.get_org(call.one, call.caller, call.state)},
}
"""The methods of each collection and, where True, of one of its members."""


class Server:
    """Answer requests from the state."""

    def __init__(self, state: State, product: Product, *, stamped: bool) -> None:
        self._state = state
        self._product = product
        self._stamped = stamped

    def answer(self, request: Request) -> Answer:
        """Answer one request at once, with every header that names the server."""
        return self.named(self._routed(request), request)

    def named(self, answer: Answer, request: Request) -> Answer:
        """Add the headers by which the server names itself and allows the request's origin."""
        origin = request.headers.get("origin")
        allowed = () if origin is None else (("Access-Control-Allow-Origin", origin),)
        headers = (*answer.headers, *allowed, *self._product.headers)
        return Answer(answer.status, answer.body, headers)

    def _routed(self, request: Request) -> Answer:
        if (public := self._public(request.path)) is not None:
            return public
        if not request.path.startswith(_API):
            return _PAGE_NOT_FOUND
        if request.method == "OPTIONS":
            return Answer(204, headers=_PREFLIGHT) if "origin" in request.headers else Answer(405)
        try:
            caller = authenticate(request.headers, self._state)
        except PlatformError as error:
            return error_answer(error, compact=True)
        try:
            return self._authenticated(request, caller)
        except PlatformError as error:
            return error_answer(error)

    def _public(self, path: str) -> Answer | None:
        """Answer what needs no token; Cloud has but ``/ping``."""
        if path == "/ping":
            return Answer(204)
        if self._product.mode is Mode.CLOUD:
            return None
        if path == "/health":
            version = (self._product.version or "") if self._stamped else ""
            commit = "5a1dc0de00" if self._stamped else ""
            text = (
                '{"name":"influxdb", "message":"ready for queries and writes", "status":"pass", '
                f'"checks":[], "version": "{version}", "commit": "{commit}"}}\n'
            )
            return Answer(200, text.encode(), (JSON_TYPE,))
        if path == "/ready":
            ready = {
                "status": "ready",
                "started": self._state.started_at(),
                "up": gotime.duration(self._state.now() - self._state.started),
            }
            return Answer(200, gojson.encode(ready, indent="    ") + b"\n", (JSON_TYPE,))
        return None

    def _authenticated(self, request: Request, caller: Caller) -> Answer:
        collection, slash, one = request.path.removeprefix(_API).partition("/")
        if (collection, False) not in _ROUTES:
            raise PlatformError("not found", "path not found")
        methods = None if "/" in one else _ROUTES.get((collection, bool(slash)))
        if methods is None:
            return _PAGE_NOT_FOUND
        endpoint = methods.get(request.method)
        if endpoint is None:
            return Answer(405)
        return endpoint(_Call(request, one, caller, self._state, self._product))
