"""Whatever a server answers, there is a result or a named error."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import BotError, Effect, UpstreamError
from bot.changes.ports import Filter
from bot.changes.update import AuthorizationUpdate
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.sandbox.serving import serve

SECRET = "the-bots-own-api-token"
ONE = "0d0d0d0d0d0d0003"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ids = st.sampled_from([ONE, "0d0d0d0d0d0d0001", "abc", ""])
times = st.sampled_from(["2026-11-23T18:31:02.859745283-05:00", "0001-01-01T00:00:00Z", "now"])
resources = st.fixed_dictionaries(
    {"type": st.sampled_from(["buckets", "users", "flows"]) | json_values},
    optional={"id": ids | json_values, "orgID": ids | json_values, "name": json_values},
)
permissions = st.lists(
    st.fixed_dictionaries({"action": st.sampled_from(["read", "write"]), "resource": resources}),
    max_size=3,
)
entries = st.fixed_dictionaries(
    {"id": ids, "userID": ids, "orgID": ids, "permissions": permissions | json_values},
    optional={
        "status": st.sampled_from(["active", "inactive", "paused"]) | json_values,
        "token": st.sampled_from([SECRET, "", "redacted"]) | json_values,
        "description": st.text() | json_values,
        "createdAt": times | json_values,
        "updatedAt": times | json_values,
    },
)
refusals = st.fixed_dictionaries(
    {
        "code": st.text(max_size=9),
        "message": st.sampled_from(
            ["token is inactive", "user not found", f"{SECRET} is unauthorized", "read: x"]
        )
        | st.text(),
    }
)
bodies = st.one_of(
    json_values,
    entries,
    st.fixed_dictionaries({"authorizations": st.lists(entries, max_size=3) | json_values}),
    refusals,
)
statuses = st.sampled_from([200, 200, 200, 201, 301, 400, 401, 403, 404, 405, 429, 500, 502, 503])


class Parrot:
    """Answer every request alike."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""

    async def app(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await receive()
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.body})


class Rig:
    """Hold a server that answers as told, a client of it, and the loop of both."""

    def __init__(self) -> None:
        self.parrot = Parrot()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._client = self._runner.run(self._open())

    async def _open(self) -> InfluxDBClient:
        url = await self._stack.enter_async_context(serve(self.parrot.app))
        return await self._stack.enter_async_context(
            InfluxDBClient(
                name="default",
                url=url,
                token=SecretStr(SECRET),
                retries=Retries(attempts=2, first_pause=0.0001, longest_pause=0.0002),
            )
        )

    def outcome(self, ask: str) -> object:
        """Ask, and give the result or the named error."""
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "list": lambda: self._client.list(Filter(user="alice")),
            "get": lambda: self._client.get(ONE),
            "update": lambda: self._client.update(
                ONE, AuthorizationUpdate(status=Status.INACTIVE), None
            ),
            "own_token": self._client.own_token,
            "user_active": lambda: self._client.user_active(ONE),
        }

        async def asking() -> object:
            try:
                return await calls[ask]()
            except BotError as error:
                return error

        return self._runner.run(asking())

    def close(self) -> None:
        """Close client and server."""
        self._runner.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """Keep one server and client for all answers."""
    made = Rig()
    yield made
    made.close()


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(status=statuses, body=bodies)
def test_any_json_gives_a_result_or_a_named_error(rig: Rig, status: int, body: Any) -> None:
    """No answer makes anything else of a call, and none brings the token out."""
    rig.parrot.status, rig.parrot.body = status, json.dumps(body).encode()

    for ask in ("list", "get", "update", "own_token", "user_active"):
        outcome = rig.outcome(ask)

        assert SECRET not in repr(outcome)
        if isinstance(outcome, BotError):
            assert outcome.problem.message.endswith(".")
            assert SECRET not in f"{outcome} {outcome.problem}"
        if isinstance(outcome, UpstreamError) and ask != "update":
            assert outcome.effect is Effect.NONE
        if ask == "list" and not isinstance(outcome, BotError):
            assert isinstance(outcome, list)
            assert all(isinstance(each, Authorization) for each in outcome)


@settings(deadline=None, max_examples=50)
@given(status=statuses, body=st.binary(max_size=200))
def test_any_bytes_give_a_result_or_a_named_error(rig: Rig, status: int, body: bytes) -> None:
    """Bytes that are no JSON are no authorization."""
    rig.parrot.status, rig.parrot.body = status, body

    assert isinstance(rig.outcome("get"), UpstreamError)
