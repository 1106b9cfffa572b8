import re
from collections.abc import MutableMapping
from typing import Any

from pydantic import SecretStr

from bot.changes.secret import MASK, mask_secrets

# Slack's payloads hold some of these, our settings and HTTP's headers the others.
_SECRET_KEY = re.compile(
    r".*(?:token|secret|password|signature|cookie|api_key|fingerprint_key)"
    r"|response_url|trigger_id|(?:proxy-)?authorization",
    re.IGNORECASE,
)
_DEEPEST = 6


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take out of a log event whatever is a secret, or looks like one; a structlog processor."""
    for key, value in event.items():
        event[key] = _entry(key, value, _DEEPEST)
    return event


def _entry(key: str, value: Any, depth: int) -> Any:
    return MASK if _SECRET_KEY.fullmatch(key) else _redacted(value, depth)


def _redacted(value: Any, depth: int) -> Any:
    if isinstance(value, SecretStr) or depth == 0:
        return MASK
    if isinstance(value, str):
        return mask_secrets(value)
    if isinstance(value, dict):
        return {
            mask_secrets(str(key)): _entry(str(key), item, depth - 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_redacted(item, depth - 1) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_secrets(str(value))
