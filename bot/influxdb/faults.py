"""What it means when no answer came: what failed, and whether the request may have been applied.

httpx-aiohttp maps a connection that breaks off after the request was sent to ``ConnectTimeout``, as
if nothing had been sent. So aiohttp's own exception, the cause, is what counts here.
"""

import zlib

import aiohttp
import httpx

from bot.changes.errors import Effect, ErrorCode, Problem
from bot.influxdb.call import Asked
from bot.influxdb.failure import Failure, effect_unknown, in_seconds, unexpected

CONNECTION_FAULTS = (httpx.HTTPError, aiohttp.ClientError, OSError, TimeoutError, zlib.error)
"""What a request over httpx and aiohttp raises when no answer can be read."""

_LATER = "Ask again later."


def fault(error: BaseException, asked: Asked, seconds: float) -> Failure:
    """Name what an exception of a request means.

    Args:
        error: One of CONNECTION_FAULTS. Its text is not repeated: it may hold the whole URL.
        asked: What the call asked for.
        seconds: How long an answer was waited for.
    """
    name = asked.where
    match error.__cause__ if isinstance(error, httpx.TransportError) else error:
        case aiohttp.ClientConnectorCertificateError() as refused:
            return _untrusted(asked, refused.certificate_error)
        case aiohttp.ClientSSLError():
            return Failure(
                Problem(
                    ErrorCode.INSTANCE_UNAVAILABLE,
                    f"No encrypted connection to {name} came about.",
                    "Check that INFLUXDB_URL names a port that speaks TLS.",
                )
            )
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            problem = Problem(ErrorCode.INSTANCE_UNAVAILABLE, f"{name} cannot be reached.", _LATER)
            return Failure(problem, Effect.NONE, transient=True)
        case TimeoutError():
            return _lost(asked, f"{name} did not answer within {in_seconds(seconds)}.")
        case aiohttp.ClientResponseError():
            return unexpected(asked, "what came is not HTTP")
        case httpx.DecodingError() | zlib.error():
            return unexpected(asked, "its body cannot be decompressed")
        case _:
            return _lost(asked, f"The connection to {name} broke off.")


def _lost(asked: Asked, message: str) -> Failure:
    problem = Problem(ErrorCode.INSTANCE_UNAVAILABLE, message, _LATER)
    return Failure(problem, effect_unknown(asked), transient=True)


def _untrusted(asked: Asked, error: Exception) -> Failure:
    reason = getattr(error, "verify_message", "")
    return Failure(
        Problem(
            ErrorCode.INSTANCE_UNAVAILABLE,
            f"The certificate of {asked.where} is not trusted{f' ({reason})' if reason else ''}.",
            "INFLUXDB_CA_FILE can name the CA that signed it.",
        )
    )
