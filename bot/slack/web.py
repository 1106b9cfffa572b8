import math
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.telemetry.slack_metrics import SlackMetrics

# A call that hangs must not hold a change's message for aiohttp's five minutes.
CALL_SECONDS = 10.0
# Slack asks for minutes at most; what asks for years must not silence the bot, nor break a date.
_LONGEST_WAIT = 3600.0
_UNREADABLE: Final = "unreadable_answer"
# These pass by themselves; https://docs.slack.dev/apis/web-api/rate-limits and each method's page.
# So does what a proxy answers in Slack's place.
_PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        _UNREADABLE,
    }
)
# Slack's words for a token that no waiting will mend.
HOPELESS = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
NO_UNFURLING = MappingProxyType({"unfurl_links": False, "unfurl_media": False})
# Ids, timestamps, hashes and addresses: Slack's are nothing else, and a database takes them.
_NAME = re.compile(r"[!-~]{1,1000}")


class UnreadableAnswerError(SlackApiError):
    """An answer that is not Slack's: no JSON object, or without what its method promises."""

    def __init__(self) -> None:
        super().__init__(  # type: ignore[no-untyped-call]  # the SDK's own
            "no answer of Slack's", {"ok": False, "error": _UNREADABLE}
        )


class SlackClient(AsyncWebClient):
    """Slack's Web API, whose answers are objects; whatever else comes is UnreadableAnswerError.

    Left to itself the SDK stumbles over some of it, each time over another exception.
    """

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method of the Web API."""
        try:
            answer = await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if _says_why(error.response):
                raise
            raise UnreadableAnswerError from None
        except aiohttp.ClientError:
            # A certificate that is nobody's is a ValueError as well, and no answer at all.
            raise
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            raise UnreadableAnswerError from None
        if not isinstance(answer.data, dict):
            raise UnreadableAnswerError
        return answer


def _says_why(answer: object) -> bool:
    """Tell whether a refusal is Slack's: with its word for why, or at least with HTTP's."""
    if not isinstance(answer, AsyncSlackResponse):
        return False
    return answer.status_code != 200 or (isinstance(answer.data, dict) and "error" in answer.data)


def told(answer: AsyncSlackResponse, *path: str) -> str:
    """Give a name out of an answer, such as a message's timestamp.

    Args:
        answer: The answer.
        path: Where it stands there, from the outside to the inside.

    Raises:
        UnreadableAnswerError: If there is none.
    """
    part: object = answer.data
    for key in path:
        part = part.get(key) if isinstance(part, Mapping) else None
    if not isinstance(part, str) or _NAME.fullmatch(part) is None:
        raise UnreadableAnswerError
    return part


class MeasuredClient(SlackClient):
    """Slack's Web API with each call measured; all methods go through one.

    Args:
        metrics: Measure the calls.
        options: The client's own.
    """

    def __init__(self, metrics: SlackMetrics, **options: Any) -> None:
        super().__init__(**options)
        self._metrics = metrics

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method."""
        with measured(self._metrics, api_method):
            return await super().api_call(api_method, **arguments)


@contextmanager
def measured(metrics: SlackMetrics, method: str) -> Iterator[None]:
    """Measure one call of Slack, by what it raises."""
    begun, outcome = time.monotonic(), "ok"
    try:
        yield
    except SlackApiError as error:
        outcome = error_code(error)
        raise
    except TimeoutError:
        outcome = "timeout"
        raise
    except aiohttp.ClientError:
        outcome = "connection"
        raise
    except BaseException:
        # Whoever waited is cancelled, or what came is no answer of Slack's.
        outcome = "broken_off"
        raise
    finally:
        metrics.call(method, outcome, time.monotonic() - begun)


def web_client(
    token: SecretStr,
    api_url: str,
    session: aiohttp.ClientSession,
    metrics: SlackMetrics | None = None,
) -> SlackClient:
    """Give a client of Slack's Web API that retries nothing by itself.

    A post that is sent twice stands in the channel twice; the executor, which knows what was
    posted, decides about trying again.

    Args:
        token: The token that goes with each call.
        api_url: Where the Web API is.
        session: For HTTP.
        metrics: Measure each call; None for a client whose calls nobody counts.
    """
    made = SlackClient if metrics is None else partial(MeasuredClient, metrics)
    return made(
        token=token.get_secret_value(),
        base_url=f"{api_url.rstrip('/')}/",
        session=session,
        retry_handlers=[],
    )


def error_code(error: SlackApiError) -> str:
    """Give Slack's word for what went wrong, such as ``channel_not_found``."""
    return str(_data(error).get("error", "unknown_error"))


def passing(error: SlackApiError) -> bool:
    """Tell whether what went wrong is Slack's own trouble, so that trying again may help."""
    status = getattr(error.response, "status_code", 200)
    return status == 429 or status >= 500 or error_code(error) in _PASSING


def retry_after(error: SlackApiError) -> float | None:
    """Give the seconds that Slack asks to wait, an hour at most, or None."""
    headers = getattr(error.response, "headers", {}) or {}
    value = headers.get("Retry-After") or headers.get("retry-after")
    try:
        seconds = math.nan if value is None else float(value)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(seconds) else min(max(0.0, seconds), _LONGEST_WAIT)


def _data(error: SlackApiError) -> dict[str, Any]:
    data = getattr(error.response, "data", error.response)
    return data if isinstance(data, dict) else {}
