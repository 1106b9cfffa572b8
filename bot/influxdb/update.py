import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from bot.changes.authorization import Authorization
from bot.changes.errors import Effect
from bot.changes.update import AuthorizationUpdate
from bot.influxdb.call import Call
from bot.influxdb.endpoints import Endpoints
from bot.influxdb.failure import Failure

Once: TypeAlias = Callable[[Call[Authorization], float], Awaitable[Authorization | Failure]]
"""Makes a call one time, within so many seconds."""


class Update:
    """One update of an authorization, which may take several attempts.

    Where one may have arrived whose answer was lost, it is read before another is sent, so that
    none undoes what others have done in between.

    Args:
        endpoints: Of the instance.
        once: Makes a call one time.
        authorization_id: Which authorization.
        update: What is to be set.
        before: The authorization as it was when it was decided to send it; with None, it is not
            sent again where one may have arrived.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        once: Once,
        authorization_id: str,
        update: AuthorizationUpdate,
        before: Authorization | None,
    ) -> None:
        fields = {"status": update.status, "description": update.description}
        given = {key: value for key, value in fields.items() if value is not None}
        content = json.dumps(given, separators=(",", ":")).encode()
        self._sending = endpoints.update(authorization_id, content)
        self._reading = endpoints.one(authorization_id)
        self._once = once
        self._update = update
        self._before = before
        self._lost: Failure | None = None

    async def attempt(self, left: float) -> Authorization | Failure:
        """Send it, unless it shows that it was sent; within so many seconds."""
        if self._lost is not None:
            current = await self._once(self._reading, left)
            if isinstance(current, Failure) or self._update.holds(current):
                return current
            if self._before is None or current.revision != self._before.revision:
                return replace(self._lost, transient=False)
        result = await self._once(self._sending, left)
        if isinstance(result, Failure) and result.effect is not Effect.NONE:
            self._lost = result
        return result
