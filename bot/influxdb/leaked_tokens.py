"""Find out what an instance knows of a leaked token: is it live, and which authorization has it?"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from pydantic import SecretStr

from bot.changes.errors import UpstreamError
from bot.changes.probe import Probe, ProbeVerdict, Search, Sighting
from bot.influxdb.credential import Credential
from bot.influxdb.endpoints import Endpoints
from bot.influxdb.own_token import Ask, unless_denied

_NEVER_ACCEPTED = "No request can carry this, so InfluxDB accepts no such token. None was sent."
_NOT_BELIEVED = "It calls itself InfluxDB Cloud, and does not find a token as Cloud does."


class LeakedTokens:
    """Probe leaked tokens and look for their authorizations.

    Args:
        ask: Makes calls.
        endpoints: Describes them.
        clock: Tells the time.
    """

    def __init__(self, ask: Ask, endpoints: Endpoints, clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self._endpoints = endpoints
        self._clock = clock

    async def probe(self, secret: SecretStr) -> Probe:
        """Send the token to ``/api/v2/me``; the endpoints that list tell an inactive one nothing.

        Source: ``GET /api/v2/me``, to which InfluxDB says what is wrong with a token.
        """
        sought = _credential(secret)
        if sought is None:
            return Probe(ProbeVerdict.UNKNOWN_TOKEN, self._clock(), None, _NEVER_ACCEPTED)
        try:
            return await self._ask(self._endpoints.me_as(sought))
        except UpstreamError as error:
            return Probe(ProbeVerdict.NOT_PROVEN, self._clock(), None, error.problem.message)

    async def find(self, secret: SecretStr) -> Sighting:
        """Compare the token with those that are shown, or ask Cloud for it.

        The token goes into a URL only where the very server has just called itself Cloud, since
        others ignore it there, and write it to their logs.

        Raises:
            UpstreamError: If the instance does not answer as it should.
        """
        sought = _credential(secret)
        if sought is None:
            return Sighting(Search.IMPOSSIBLE, why=_NEVER_ACCEPTED)
        seen, cloud = await self._ask(self._endpoints.search(sought))
        if seen.shown + seen.hidden == 0:
            # To a token that is inactive, InfluxDB shows an empty list.
            await unless_denied(self._ask, self._endpoints.me())
        return await self._ask_cloud(sought, seen) if cloud and not seen.shown else seen

    async def _ask_cloud(self, sought: Credential, seen: Sighting) -> Sighting:
        found = await self._ask(self._endpoints.by_token(sought))
        # Where there is one token in all, a server that ignores the query would answer the same.
        if found and seen.hidden == 1:
            nobodys = Credential(SecretStr(secrets.token_urlsafe(64)))
            if await self._ask(self._endpoints.by_token(nobodys)) != ():
                found = None
        if found is None:
            return replace(seen, search=Search.FAILED, matches=(), why=_NOT_BELIEVED)
        return replace(seen, search=Search.ASKED, matches=found)


def _credential(secret: SecretStr) -> Credential | None:
    """Give what can be sent; None for what no HTTP header can carry."""
    try:
        return Credential(secret)
    except ValueError:
        return None
