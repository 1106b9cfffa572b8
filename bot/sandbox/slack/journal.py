from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ApiCall:
    """A call of the Web API or a post to a response URL, as it was answered.

    Attributes:
        method: Such as ``chat.postMessage``, or ``response_url``.
        arguments: What was sent, without the token.
        answer: The JSON of the answer; empty if none was given.
        at: When it was answered.
        status: The HTTP status; 0 if the connection was dropped.
    """

    method: str
    arguments: Mapping[str, Any]
    answer: Mapping[str, Any]
    at: datetime
    status: int
