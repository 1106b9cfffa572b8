"""What it means when Slack takes no call, and for how long it asks to wait."""

import math
from typing import Any, Final

from slack_sdk.errors import SlackApiError

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


class UnreadableAnswerError(SlackApiError):
    """An answer that is not Slack's: no JSON object, or without what its method promises."""

    def __init__(self) -> None:
        super().__init__(  # type: ignore[no-untyped-call]  # the SDK's own
            "no answer of Slack's", {"ok": False, "error": _UNREADABLE}
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
