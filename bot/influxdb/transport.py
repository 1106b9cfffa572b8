"""How requests reach an InfluxDB: connections, trust, and where the API token joins a request."""

import ssl
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot.influxdb.credential import Credential

AUTHORIZED = "influxdb.authorized"
"""The request extension that lets the API token go with a request."""

BY_TOKEN = "influxdb.by_token"  # noqa: S105 - a name, not a secret
"""The request extension that puts the API token into the query, for InfluxDB Cloud."""

_MOST_CONNECTIONS = 100


class AuthorizingTransport(httpx.AsyncBaseTransport):
    """Put the API token into a request at the last moment, and let no cookie go with it.

    httpx logs the URLs of its requests and hangs requests onto its exceptions. Those it knows hold
    no secret. Cookies are a second way to log in to InfluxDB; the token alone says who the bot is.

    Args:
        credential: The API token.
        inner: What sends.
    """

    def __init__(self, credential: Credential, inner: httpx.AsyncBaseTransport) -> None:
        self._credential = credential
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request with what its extensions ask for."""
        return await self._inner.handle_async_request(self._authorized(request))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    def _authorized(self, request: httpx.Request) -> httpx.Request:
        headers = [
            (name, value) for name, value in request.headers.raw if name.lower() != b"cookie"
        ]
        url = request.url
        if request.extensions.get(AUTHORIZED, False):
            headers.append((b"Authorization", self._credential.authorization))
        if request.extensions.get(BY_TOKEN, False):
            url = url.copy_merge_params(self._credential.query)
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            content=request.content,
            extensions=request.extensions,
        )


def connect(credential: Credential, ca_file: Path | None) -> httpx.AsyncBaseTransport:
    """Prepare connections to one InfluxDB; they are made when requests are.

    aiohttp's pool, since httpx's own slows down when many requests wait for it. Nothing comes from
    the environment: a proxy named there, say for Slack, would read every token that a plain-HTTP
    InfluxDB shows.

    Args:
        credential: The API token.
        ca_file: The certificates of the CAs to trust in place of the system's.

    Raises:
        OSError: If the file cannot be read, or holds no certificates.
    """
    trust = ssl.create_default_context(cafile=ca_file)

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS, ssl=trust),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    return AuthorizingTransport(
        credential, AiohttpTransport(verify=trust, trust_env=False, client=session)
    )
