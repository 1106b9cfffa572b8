"""What the panel beside the workspace shows: InfluxDB's true state, and what was asked of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from bot.sandbox.influxdb import Authorization, Exchange, InfluxDBStandIn

_FRESH: Final = timedelta(seconds=6)
_MOST_REQUESTS: Final = 40
_PREFIX: Final = "/api/v2/"
_SELF: Final = f"{_PREFIX}me"


@dataclass(frozen=True)
class TokenRow:
    """A token as it stands now.

    Attributes:
        changed: When it was last changed, to be read by people.
        exactly: The same, to the second.
        is_changed: Whether it was changed since the sandbox runs.
        is_fresh: Whether that was just now.
    """

    id: str
    status: str
    description: str
    owner: str
    changed: str
    exactly: str
    is_changed: bool
    is_fresh: bool


@dataclass(frozen=True)
class RequestRow:
    """A request, or several that are alike and follow one another.

    Attributes:
        path: What was asked for, as it was sent.
        short: The same without the API's own path.
        note: What a refusal of a token says of it; empty where an answer says what it means.
    """

    number: int
    method: str
    path: str
    short: str
    status: str
    at: str
    is_write: bool
    went_wrong: bool
    note: str
    fault: str
    times: int = 1


@dataclass(frozen=True)
class InfluxDBSide:
    """The panel: tokens, the one last changed first, and requests, the newest first."""

    tokens: Sequence[TokenRow]
    active: int
    requests: Sequence[RequestRow]


def influxdb_side(influxdb: InfluxDBStandIn, since: datetime, now: datetime) -> InfluxDBSide:
    """Look at the stand-in.

    Args:
        influxdb: The stand-in.
        since: When the sandbox was started.
        now: The time.
    """
    tokens = [_token(each, influxdb, since, now) for each in influxdb.authorizations()]
    newest_first = sorted(tokens, key=lambda row: row.exactly, reverse=True)
    return InfluxDBSide(
        newest_first,
        sum(row.status == "active" for row in tokens),
        list(_grouped(influxdb.journal))[:_MOST_REQUESTS],
    )


def _token(
    token: Authorization, influxdb: InfluxDBStandIn, since: datetime, now: datetime
) -> TokenRow:
    changed = datetime.fromisoformat(token.updated_at).astimezone(UTC)
    is_today = changed.date() == now.astimezone(UTC).date()
    return TokenRow(
        id=token.id,
        status=token.status,
        description=token.description,
        owner=influxdb.user_name(token.user_id) or "",
        changed=f"{changed:%H:%M:%S}" if is_today else f"{changed:%b} {changed.day}, {changed:%Y}",
        exactly=f"{changed:%Y-%m-%d %H:%M:%S} UTC",
        is_changed=changed > since,
        is_fresh=now - changed < _FRESH,
    )


def _grouped(journal: Sequence[Exchange]) -> Iterable[RequestRow]:
    row: RequestRow | None = None
    for number in range(len(journal) - 1, -1, -1):
        older = _request(number, journal[number])
        if row is not None and not row.is_write and _alike(row, older):
            row = replace(row, times=row.times + 1, number=number)
            continue
        if row is not None:
            yield row
        row = older
    if row is not None:
        yield row


def _alike(one: RequestRow, other: RequestRow) -> bool:
    return (one.method, one.path, one.status, one.note, one.fault) == (
        other.method,
        other.path,
        other.status,
        other.note,
        other.fault,
    )


def _request(number: int, exchange: Exchange) -> RequestRow:
    status = exchange.status
    path = exchange.path + (f"?{exchange.query}" if exchange.query else "")
    note = _said_of_token(exchange)
    return RequestRow(
        number=number,
        method=exchange.method,
        path=path,
        short=path.removeprefix(_PREFIX),
        status="no answer" if status is None else str(status),
        at=f"{exchange.at.astimezone(UTC):%H:%M:%S}",
        is_write=exchange.method not in {"GET", "HEAD"},
        went_wrong=(status is None or status >= HTTPStatus.BAD_REQUEST) and not note,
        note=note,
        fault="" if exchange.fault is None else exchange.fault.value,
    )


def _said_of_token(exchange: Exchange) -> str:
    """Say what it means that a token was not let see its own user."""
    refused = exchange.path == _SELF and exchange.status == HTTPStatus.UNAUTHORIZED
    if not refused or exchange.authorization_id is None:
        return ""
    if exchange.inactive:
        return "the proof: a disabled token, refused"
    return "it works: a token that may not read users"
