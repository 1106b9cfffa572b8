"""Which JSON is taken for authorizations, and what becomes of it."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.authorization import Authorization, Permission
from bot.changes.errors import ErrorCode, UpstreamError
from bot.changes.ports import Filter
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.timestamps import moment

Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]
Entry = Callable[..., dict[str, Any]]


async def listed(answering: Answering, *entries: dict[str, Any]) -> list[Authorization]:
    """Read a list that holds these entries."""
    answer = httpx.Response(200, json={"links": {}, "authorizations": entries})
    async with answering(answer) as (client, _):
        return await client.list(Filter())


@pytest.mark.parametrize(
    ("stated", "nanoseconds", "at"),
    [
        ("1970-01-01T00:00:00Z", 0, datetime(1970, 1, 1, tzinfo=UTC)),
        (
            "2026-11-23T18:31:02.859745283-05:00",
            1795476662859745283,
            datetime(2026, 11, 23, 23, 31, 2, 859745, tzinfo=UTC),
        ),
        (
            "2026-11-24T05:01:02.5+05:30",
            1795476662500000000,
            datetime(2026, 11, 23, 23, 31, 2, 500000, tzinfo=UTC),
        ),
        (
            "1969-12-31T23:59:59.999999999Z",
            -1,
            datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        ),
        ("0001-01-01T00:00:00Z", 0, None),
        ("0000-12-31T19:03:58-04:56", 0, None),
        (None, 0, None),
    ],
)
async def test_reads_times_to_the_nanosecond(
    answering: Answering, entry: Entry, stated: str | None, nanoseconds: int, at: datetime | None
) -> None:
    """Any offset and precision; Go's zero time, and none at all, are no time."""
    (found,) = await listed(answering, entry(updatedAt=stated, createdAt=stated))

    assert (found.revision, found.updated_at, found.created_at) == (nanoseconds, at, at)


@given(
    at=st.datetimes(min_value=datetime(2, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001 - the offset is drawn apart
    nanoseconds=st.integers(0, 999_999_999),
    minutes=st.integers(-1439, 1439),
)
def test_reads_what_go_writes(at: datetime, nanoseconds: int, minutes: int) -> None:
    """Whatever second, fraction and offset Go writes is read back exactly."""
    local = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    fraction = f".{nanoseconds:09}".rstrip("0").rstrip(".")

    found = moment(f"{at:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + fraction + offset)

    assert found is not None
    assert found.nanoseconds % 1_000_000_000 == nanoseconds
    assert found.at.replace(microsecond=0) == local
    assert found.at.microsecond == nanoseconds // 1000


async def test_reads_what_later_servers_add(answering: Answering, entry: Entry) -> None:
    """Unknown types of resources, unknown members and missing names are no hindrance."""
    permissions = [
        {"action": "read", "resource": {"type": "flows", "orgID": "0b0b0b0b0b0b0001"}},
        {"action": "write", "resource": {"type": "buckets", "id": "", "future": [1]}},
    ]

    (found,) = await listed(
        answering, entry(permissions=permissions, user=None, org=None, description=None, extra=1)
    )

    assert found.permissions == (
        Permission("read", "flows", org_id="0b0b0b0b0b0b0001"),
        Permission("write", "buckets"),
    )
    assert (found.user, found.org, found.description) == ("", "", "")


@pytest.mark.parametrize(
    ("token", "own"),
    [
        ("operator-token", True),
        ("Operator-token", False),
        ("operator-token ", False),
        ("ünïcödé", False),
        ("", None),
        ("redacted", None),
        ("REDACTED", None),
        (None, None),
        (7, None),
    ],
)
async def test_tells_its_own_by_value_alone(
    answering: Answering, entry: Entry, *, token: object, own: bool | None
) -> None:
    """Equal is its own, different is another's, not shown is not known."""
    (found,) = await listed(answering, entry(token=token))

    assert found.own is own


async def test_sorts_by_id(answering: Answering, entry: Entry) -> None:
    """The order is by id, whatever the server's."""
    ids = ["0d0d0d0d0d0d0009", "0d0d0d0d0d0d000a", "0d0d0d0d0d0d0001"]

    found = await listed(answering, *(entry(id=id_) for id_ in ids))

    assert [each.id for each in found] == sorted(ids)


@pytest.mark.parametrize(
    "members",
    [
        {"id": None},
        {"id": "0D0D0D0D0D0D0003"},
        {"id": "0d0d0d0d0d0d0003\n"},
        {"id": 7},
        {"status": None},
        {"status": "paused"},
        {"status": ""},
        {"userID": None},
        {"userID": ""},
        {"orgID": None},
        {"permissions": None},
        {"permissions": [{"action": "read"}]},
        {"updatedAt": "yesterday"},
        {"updatedAt": "2026-02-30T00:00:00Z"},
        {"updatedAt": "9999-12-31T23:59:59-01:00"},
        {"updatedAt": "٢٠٢٦-01-01T00:00:00Z"},
        {"updatedAt": 7},
    ],
    ids=str,
)
async def test_one_malformed_entry_spoils_the_list(
    answering: Answering, entry: Entry, members: dict[str, Any]
) -> None:
    """A list that left one out would look complete, so none is given."""
    with pytest.raises(UpstreamError) as caught:
        await listed(answering, entry(id="0d0d0d0d0d0d0001"), entry(**members))

    assert caught.value.problem.code is ErrorCode.UNEXPECTED_ANSWER


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'{"authorizations":null}', b"\xff\xfe", b'"\\ud800"', b"[" * 9999],
)
async def test_what_is_no_list_is_named(answering: Answering, body: bytes) -> None:
    """Not JSON, other JSON, and JSON that is nested without end."""
    async with answering(httpx.Response(200, content=body)) as (client, _):
        with pytest.raises(UpstreamError) as caught:
            await client.list(Filter())

    assert caught.value.problem.code is ErrorCode.UNEXPECTED_ANSWER


async def test_reads_a_long_list(answering: Answering, entry: Entry) -> None:
    """There are servers with thousands of authorizations, all in one answer."""
    entries = [entry(id=f"{number:016x}") for number in range(5000)]
    answer = httpx.Response(200, content=json.dumps({"authorizations": entries}).encode())

    async with answering(answer) as (client, _):
        found = await client.list(Filter(user="alice"))

    assert len(found) == 5000
