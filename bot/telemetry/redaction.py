from collections.abc import MutableMapping
from typing import Any

from pydantic import SecretStr

from bot.changes.secret import MASK, mask_secrets

# Slack's payloads hold these, and nobody needs them in a log.
_SECRET_KEYS = frozenset({"token", "response_url", "trigger_id", "authorization", "signature"})
_DEEPEST = 6


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take out of a log event whatever is a secret, or looks like one; a structlog processor."""
    for key, value in event.items():
        event[key] = MASK if key.lower() in _SECRET_KEYS else _redacted(value, _DEEPEST)
    return event


def _redacted(value: Any, depth: int) -> Any:
    if isinstance(value, SecretStr) or depth == 0:
        return MASK
    if isinstance(value, str):
        return mask_secrets(value)
    if isinstance(value, dict):
        return {
            key: MASK if str(key).lower() in _SECRET_KEYS else _redacted(item, depth - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_redacted(item, depth - 1) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_secrets(str(value))
