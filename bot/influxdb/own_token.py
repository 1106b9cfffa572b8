"""Find out which authorization is that of the bot's own API token, as far as a server tells."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.changes.errors import (
    AuthorizationNotFoundError,
    ErrorCode,
    OrphanError,
    UpstreamError,
)
from bot.changes.lockout import OwnToken
from bot.influxdb.call import Call
from bot.influxdb.endpoints import CLOUD, Endpoints

T = TypeVar("T")

_DENIED = frozenset({ErrorCode.PERMISSION_MISSING, ErrorCode.INSTANCE_REFUSED})


class Ask(Protocol):
    """Make a call, again if need be; raise UpstreamError if it fails."""

    async def __call__(self, call: Call[T]) -> T:
        """Make it."""
        ...


async def unless_denied(ask: Ask, call: Call[T]) -> T | None:
    """Make a call; None where the instance does not let the bot know."""
    try:
        return await ask(call)
    except UpstreamError as error:
        if error.problem.code in _DENIED:
            return None
        raise


class OwnTokenSearch:
    """Tell what can be known of the bot's own token where its value is not shown.

    Args:
        ask: Makes calls.
        endpoints: Describes them.
        build: Tells what the instance last called itself.
        configured: The id of the token's authorization in the configuration, or None.
    """

    def __init__(
        self,
        ask: Ask,
        endpoints: Endpoints,
        build: Callable[[], str | None],
        configured: str | None,
    ) -> None:
        self._ask = ask
        self._endpoints = endpoints
        self._build = build
        self._configured = configured
        self._confirmed = False

    async def search(self) -> OwnToken:
        """Look for it; raise UpstreamError if the instance does not answer as it should.

        The configuration knows best, unless it names what cannot be the bot's own. InfluxDB Cloud
        finds an authorization by its token; elsewhere that query would only put the token into a
        URL, and the user is what is known.
        """
        if self._configured is not None and await self._can_be_own(self._configured):
            return OwnToken(authorization_id=self._configured)
        if self._build() is None:
            await self._ask(self._endpoints.ping())
        if self._build() == CLOUD:
            found = await self._ask(self._endpoints.by_token())
            if found:
                return OwnToken(authorization_id=found[0].id)
        user = await unless_denied(self._ask, self._endpoints.me())
        if user is None:
            return OwnToken()
        seen = await self._ask(self._endpoints.all_of_user(user.id))
        siblings = sum(each.user_id == user.id for each in seen)
        return OwnToken(user_id=user.id, siblings=siblings)

    async def _can_be_own(self, configured: str) -> bool:
        """Tell whether the configured authorization can be the bot's own: active, its user's.

        With another's id, every token would pass for not being the bot's own. What the instance
        does not tell is believed, since that is what the setting is for. It is asked once.
        """
        if self._confirmed:
            return True
        try:
            named = await unless_denied(self._ask, self._endpoints.one(configured))
        except (AuthorizationNotFoundError, OrphanError):
            return False
        if named is None:
            return True
        user = await unless_denied(self._ask, self._endpoints.me())
        self._confirmed = named.active and (user is None or named.user_id == user.id)
        return self._confirmed
