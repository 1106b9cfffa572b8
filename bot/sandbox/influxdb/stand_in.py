"""The stand-in as tests and the sandbox hold it: an ASGI application and what stands behind it."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.changes import StateChanges
from bot.sandbox.influxdb import asgi
from bot.sandbox.influxdb.credentials import bearer
from bot.sandbox.influxdb.faults import (
    APPLIED,
    FROM_PROXY,
    TIMEOUTS,
    UNANSWERED,
    Fault,
    Faults,
    Rule,
)
from bot.sandbox.influxdb.gates import Gate
from bot.sandbox.influxdb.journal import Exchange, without_token
from bot.sandbox.influxdb.product import Mode, product_of
from bot.sandbox.influxdb.representation import PREFIX
from bot.sandbox.influxdb.routing import Server
from bot.sandbox.influxdb.state import Authorization, State
from bot.sandbox.influxdb.wire import Answer, Request


class InfluxDBStandIn:
    """Stand in for an InfluxDB v2 server: authorizations, users and organizations.

    Every answer is computed from the state and the bearer's permissions.

    Args:
        fixture: The state to begin with; see ``State``.
        clock: The current time, with a time zone.
        mode: The kind of server.
        version: The version it states, such as ``v2.7.12``; None for one usual for the mode.
        stamped: Whether ``/health`` states version and commit, as released builds do.

    Attributes:
        faults: Faults to lay out.
        journal: What was asked, in the order the server dealt with it.
        changed: Announces each request that was dealt with, and each change made beside them.
        write_gap: Seconds between what a PATCH reads of an authorization and what it writes. A real
            server writes the whole of it, so that of two PATCHes at once one undoes the other.
    """

    def __init__(
        self,
        fixture: Mapping[str, Any],
        clock: Callable[[], datetime],
        *,
        mode: Mode = Mode.PLAIN,
        version: str | None = None,
        stamped: bool = True,
    ) -> None:
        self.faults = Faults()
        self.journal: list[Exchange] = []
        self.changed = StateChanges()
        self.write_gap = 0.0
        self._product = product_of(mode, version)
        self._state = State(fixture, clock, hash_tokens=mode is Mode.HASHED)
        self._server = Server(self._state, self._product, stamped=stamped)
        self._gates: list[Gate] = []

    @property
    def app(self) -> ASGIApp:
        """Give the ASGI application; unanswered requests need it served by ``serve``."""
        return self._respond

    def authorization(self, authorization_id: str) -> Authorization:
        """Show the true state of an authorization.

        Raises:
            KeyError: If there is none.
        """
        return self._state.authorization(authorization_id)

    def authorizations(self) -> list[Authorization]:
        """Show the true state of all authorizations in the order of their ids."""
        return self._state.authorizations()

    def user_name(self, user_id: str) -> str | None:
        """Name a user; None if there is none of this id, any more."""
        user = self._state.users.get(user_id)
        return None if user is None else user.name

    def patches(self) -> list[Exchange]:
        """List the PATCH requests."""
        return [exchange for exchange in self.journal if exchange.method == "PATCH"]

    def edit(
        self,
        authorization_id: str,
        *,
        status: Literal["active", "inactive"] | None = None,
        description: str | None = None,
    ) -> Authorization:
        """Change an authorization as somebody else would, in the UI.

        Raises:
            KeyError: If there is none.
        """
        edited = self._state.update(authorization_id, status=status, description=description)
        self.changed.announce()
        return edited

    def restore(
        self,
        authorization_id: str,
        *,
        user_id: str | None = None,
        permissions: Sequence[Mapping[str, Any]] | None = None,
    ) -> Authorization:
        """Change what no request can, as when a backup is restored.

        Raises:
            KeyError: If there is none.
        """
        return self._state.restore(authorization_id, user_id=user_id, permissions=permissions)

    def delete_user(self, user_id: str) -> None:
        """Delete a user, whose authorizations become orphans.

        Raises:
            KeyError: If there is none.
        """
        self._state.delete_user(user_id)

    def set_user_status(self, user_id: str, status: Literal["active", "inactive"]) -> None:
        """Let a user in or shut the user out.

        Raises:
            KeyError: If there is none.
        """
        self._state.set_user_status(user_id, status)

    def gate(self, method: str, path: str, *, after: bool = False) -> Gate:
        """Hold requests at an exact moment.

        Args:
            method: The HTTP method.
            path: A regular expression for the whole path.
            after: Whether to hold them once applied but not answered, rather than before.
        """
        gate = Gate(method, path, after=after)
        self._gates.append(gate)
        return gate

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await asgi.read_request(scope, receive)
        rule = self.faults.take(request)
        await self._pass_gates(request, after=False)
        if self.write_gap and request.method == "PATCH":
            await self._forget_meanwhile(request)
        answer = self._deal_with(request, rule, scope["query_string"].decode("ascii", "replace"))
        if rule is None or rule.fault in APPLIED:
            await self._pass_gates(request, after=True)
        if rule is not None and rule.fault is Fault.SLOW:
            await asyncio.sleep(rule.delay)
        if answer is not None:
            await asgi.send_answer(answer, send)
        elif rule is not None:
            held = rule.fault in TIMEOUTS
            if held:
                await asgi.wait_for_disconnect(receive, rule.delay)
            await asgi.drop(scope, receive, reset=not held)

    def _deal_with(self, request: Request, rule: Rule | None, query: str) -> Answer | None:
        """Apply a request or not, as the fault has it, and record it; None sends no answer."""
        fault = None if rule is None else rule.fault
        sender = bearer(request.headers, self._state)
        answer: Answer | None = None
        if fault is Fault.OWNER_VANISHES:
            self._delete_owner(request)
        if fault is None or fault in APPLIED:
            answer = self._server.answer(request)
            if fault is Fault.STALE_REENABLE and answer.status == 200:
                self._state.update(_authorization_id(request), status="active")
        if fault in UNANSWERED:
            answer = None
        elif rule is not None and fault not in APPLIED:
            answer = rule.answer()
            if fault not in FROM_PROXY:
                answer = self._server.named(answer, request)
        self.journal.append(
            Exchange(
                method=request.method,
                path=request.path,
                query=without_token(query),
                body=request.body.decode("utf-8", "replace") or None,
                authorization_id=None if sender is None else sender.id,
                status=None if answer is None else answer.status,
                at=self._state.now(),
                fault=fault,
                inactive=sender is not None and sender.status == "inactive",
            )
        )
        self.changed.announce()
        return answer

    async def _forget_meanwhile(self, request: Request) -> None:
        """Let a PATCH write what it has read before, over whatever came meanwhile."""
        try:
            read = self._state.authorization(_authorization_id(request))
        except KeyError:
            return
        await asyncio.sleep(self.write_gap)
        now = self._state.authorization(read.id)
        if (now.status, now.description) != (read.status, read.description):
            self._state.update(read.id, status=read.status, description=read.description)

    def _delete_owner(self, request: Request) -> None:
        with contextlib.suppress(KeyError):
            owner = self._state.authorization(_authorization_id(request)).user_id
            self._state.delete_user(owner)

    async def _pass_gates(self, request: Request, *, after: bool) -> None:
        for gate in self._gates:
            if gate.matches(request, after=after):
                await gate.pass_through()


def _authorization_id(request: Request) -> str:
    return request.path.removeprefix(f"{PREFIX}/").lower()
