"""How requests reach an InfluxDB: connections, trust, and where the API token joins a request."""

import ssl
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot.influxdb.credential import Credential

BEARER = "influxdb.bearer"
"""The request extension with the API token that goes with a request, a Credential or None."""

SOUGHT = "influxdb.sought"
"""The request extension with the API token that the query names, for InfluxDB Cloud, or None."""

_MOST_CONNECTIONS = 100


class AuthorizingTransport(httpx.AsyncBaseTransport):
    """Put an API token into a request at the last moment, and let no cookie go with it.

    httpx logs the URLs of its requests and hangs requests onto its exceptions. Those it knows hold
    no secret. Cookies are a second way to log in to InfluxDB; the token alone says who asks.

    Args:
        inner: What sends.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
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
        bearer: Credential | None = request.extensions.get(BEARER)
        sought: Credential | None = request.extensions.get(SOUGHT)
        if bearer is not None:
            headers.append((b"Authorization", bearer.authorization))
        if sought is not None:
            url = url.copy_merge_params(sought.query)
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            content=request.content,
            extensions=request.extensions,
        )


def connect(url: httpx.URL, ca_file: Path | None) -> httpx.AsyncBaseTransport:
    """Prepare connections to one InfluxDB; they are made when requests are.

    aiohttp's pool, since httpx's own slows down when many requests wait for it. Nothing comes from
    the environment: a proxy named there, say for Slack, would read every token that a plain-HTTP
    InfluxDB shows.

    Args:
        url: Where it is.
        ca_file: The certificates of the CAs to trust in place of the system's.

    Raises:
        OSError: If the file cannot be read, or holds no certificates.
    """
    if url.scheme == "https" or ca_file is not None:
        trust = ssl.create_default_context(cafile=ca_file)
    else:
        # To read the system's certificates takes longer than all else at a start; this trusts none.
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS, ssl=trust),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    return AuthorizingTransport(AiohttpTransport(verify=trust, trust_env=False, client=session))
