from types import MappingProxyType
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

# A call that hangs must not hold a change's message for aiohttp's five minutes.
CALL_SECONDS = 10.0
# These pass by themselves; https://docs.slack.dev/apis/web-api/rate-limits and each method's page.
_PASSING = frozenset(
    {"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}
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


def web_client(token: SecretStr, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Give a client of Slack's Web API that retries nothing by itself.

    A post that is sent twice stands in the channel twice; the executor, which knows what was
    posted, decides about trying again.
    """
    return AsyncWebClient(
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
    """Give the seconds that Slack asks to wait, or None."""
    headers = getattr(error.response, "headers", {}) or {}
    value = headers.get("Retry-After") or headers.get("retry-after")
    try:
        return None if value is None else max(0.0, float(value))
    except (TypeError, ValueError):
        return None


def _data(error: SlackApiError) -> dict[str, Any]:
    data = getattr(error.response, "data", error.response)
    return data if isinstance(data, dict) else {}
