"""Somebody's API Tokens page in InfluxDB's UI, loaded before a change."""

from typing import Any

import aiohttp

from bot.sandbox.influxdb.organisation import SETUP_TOKEN, realistic_fixture
from tests.world import World


class StalePage:
    """A page that shows one token as it was when the page was loaded.

    Whatever is edited on it, the UI sends back the whole object that it had loaded, its status
    included; source: ``ui:src/authorizations/actions/thunks.ts`` ``updateAuthorization``.
    """

    def __init__(self, here: World, loaded: dict[str, Any]) -> None:
        self._url = url_of(here, loaded["id"])
        self._loaded = loaded

    @classmethod
    async def of(cls, here: World, authorization_id: str) -> "StalePage":
        """Load the page."""
        url = url_of(here, authorization_id)
        async with session_of_somebody() as session, session.get(url) as answer:
            return cls(here, await answer.json())

    async def rename(self, description: str) -> None:
        """Rename the token on the page."""
        self._loaded = {**self._loaded, "description": description}
        async with (
            session_of_somebody() as session,
            session.patch(self._url, json=self._loaded) as answer,
        ):
            assert answer.status == 200


def url_of(here: World, authorization_id: str) -> str:
    """Give the address of an authorization."""
    return f"{here.settings['influxdb_url']}/api/v2/authorizations/{authorization_id}"


def session_of_somebody() -> aiohttp.ClientSession:
    """Open a session of somebody who holds the operator token of the first setup."""
    (operator,) = (a for a in realistic_fixture()["authorizations"] if a["id"] == SETUP_TOKEN)
    return aiohttp.ClientSession(headers={"Authorization": f"Token {operator['token']}"})
