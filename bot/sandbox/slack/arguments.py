"""The arguments of a request, however they were sent."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.sandbox.slack.replies import RefusedError


async def read_arguments(request: Request) -> dict[str, Any]:
    """Give the arguments from the query and from a form or JSON body.

    https://docs.slack.dev/apis/web-api/#post-bodies

    Raises:
        RefusedError: ``invalid_json``, ``json_not_object``, ``invalid_form_data`` or
            ``invalid_post_type``.
    """
    arguments: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    if not body:
        return arguments
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if content_type == "application/json":
        return arguments | parse_json_object(body)
    if content_type == "application/x-www-form-urlencoded":
        try:
            return arguments | dict(parse_qsl(body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            raise RefusedError("invalid_form_data") from None
    raise RefusedError("invalid_post_type")


def parse_json_object(body: bytes) -> dict[str, Any]:
    """Parse a body that must be a JSON object.

    Raises:
        RefusedError: ``invalid_json`` or ``json_not_object``.
    """
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise RefusedError("json_not_object")
    return parsed


def required(arguments: Mapping[str, Any], name: str) -> str:
    """Give an argument that must be there.

    Raises:
        RefusedError: ``invalid_arguments``.
    """
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError(
            "invalid_arguments",
            response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
        )
    return value


def is_set(arguments: Mapping[str, Any], name: str) -> bool:
    """Tell whether a flag is set; in a query or form it is a word."""
    return arguments.get(name) in (True, "1", "true")
