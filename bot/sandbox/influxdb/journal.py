"""What was asked of the server, for tests and the sandbox's page to look at."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from bot.sandbox.influxdb.faults import Fault


@dataclass(frozen=True, slots=True)
class Exchange:
    """Record a request and how it ended, without the bearer's secret and without the answer.

    Attributes:
        path: The path as sent.
        query: The query string as sent, but for the value of ``token``, which is a secret.
        body: The request's body; None if it was empty.
        authorization_id: Whose token was sent; None for no or an unknown one.
        status: The answer's status; None if none was sent.
        at: When the server dealt with it.
        fault: What went wrong on purpose.
        inactive: Whether the token that was sent was inactive.
    """

    method: str
    path: str
    query: str
    body: str | None
    authorization_id: str | None
    status: int | None
    at: datetime
    fault: Fault | None
    inactive: bool = False


def without_token(query: str) -> str:
    """Replace the value of each ``token`` parameter; any other query stays as it is."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if all(name != "token" for name, _ in pairs):
        return query
    return urlencode([(name, "redacted" if name == "token" else value) for name, value in pairs])
