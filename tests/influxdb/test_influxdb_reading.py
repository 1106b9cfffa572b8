"""Reading authorizations and users from the recorded server."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from starlette.types import Receive, Scope, Send

from bot.changes.authorization import Permission, Status
from bot.changes.errors import (
    AuthorizationNotFoundError,
    Effect,
    ErrorCode,
    OrphanError,
    UserError,
)
from bot.changes.ports import Authorizations, Filter
from bot.influxdb.client import InfluxDBClient
from bot.sandbox.influxdb import InfluxDBStandIn, Mode

Opened = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
StandIn = Callable[[Mode], InfluxDBStandIn]

ALICES_BUCKET = "0d0d0d0d0d0d0003"
ORPHAN = "0d0d0d0d0d0d0006"
UNKNOWN = "0d0d0d0d0d0dffff"


def ordinals(found: list[str]) -> list[str]:
    """Cut ids down to the digits in which they differ."""
    return [each.removeprefix("0d0d0d0d0d0d00") for each in found]


async def test_lists_all_that_can_be_seen_by_id(client: InfluxDBClient) -> None:
    """Without a filter all come, by ascending id, but those whose owner is gone."""
    port: Authorizations = client

    found = await port.list(Filter())

    listed = ordinals([each.id for each in found])
    assert listed == ["01", "02", "03", "04", "05", "07", "08", "0a"]
    assert (found[0].operator, found[2].operator) == (True, False)
    assert [each.status for each in found].count(Status.INACTIVE) == 1


@pytest.mark.parametrize(
    ("wanted", "fitting"),
    [
        (Filter(user="alice"), ["02", "03", "08", "0a"]),
        (Filter(org="other"), ["07"]),
        (Filter(user="admin", org="acme"), ["01", "04"]),
        (Filter(user="alice", org="other"), []),
    ],
)
async def test_lists_what_fits(client: InfluxDBClient, wanted: Filter, fitting: list[str]) -> None:
    """Names of owner and organisation narrow the list; both must fit."""
    found = await client.list(wanted)

    assert ordinals([each.id for each in found]) == fitting


@pytest.mark.parametrize(
    ("wanted", "fitting"),
    [(Filter(user="alice"), ["02", "03", "08", "0a"]), (Filter(org="other"), ["07"])],
)
async def test_filters_where_the_server_does_not(
    influxdb: InfluxDBStandIn, opened: Opened, wanted: Filter, fitting: list[str]
) -> None:
    """A server before 2.0.9 ignores the names; nothing that does not fit comes through."""

    async def old(scope: Scope, receive: Receive, send: Send) -> None:
        await influxdb.app({**scope, "query_string": b""}, receive, send)

    async with opened(old) as client:
        found = await client.list(wanted)

    assert ordinals([each.id for each in found]) == fitting


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Filter(user="nobody"), "There is no user named nobody on InfluxDB default."),
        (
            Filter(user="a+b c&org=acme/é%"),
            "There is no user named a+b c&org=acme/é% on InfluxDB default.",
        ),
        (Filter(org="nope"), "There is no organisation named nope on InfluxDB default."),
        (
            Filter(user="alice", org="nope"),
            "There is no organisation named nope on InfluxDB default.",
        ),
    ],
)
async def test_unknown_names_are_the_askers_mistake(
    client: InfluxDBClient, wanted: Filter, message: str
) -> None:
    """A name that the server does not know is said to be unknown, not taken for an empty list."""
    with pytest.raises(UserError) as caught:
        await client.list(wanted)

    assert (caught.value.problem.code, caught.value.problem.message) == (ErrorCode.USAGE, message)


async def test_names_reach_the_server_as_given(
    influxdb: InfluxDBStandIn, client: InfluxDBClient
) -> None:
    """Characters that mean something in URLs arrive as parts of the name."""
    with pytest.raises(UserError):
        await client.list(Filter(user="a+b c&org=acme"))

    assert parse_qs(influxdb.journal[0].query) == {"user": ["a+b c&org=acme"]}


async def test_gets_one(influxdb: InfluxDBStandIn, client: InfluxDBClient) -> None:
    """One authorization comes with owner, organisation and permissions; its id in any case."""
    found = await client.get(ALICES_BUCKET.upper())

    assert (found.id, found.description) == (ALICES_BUCKET, "telegraf")
    assert (found.user, found.org) == ("alice", "acme")
    assert found.permissions == (
        Permission("read", "buckets", "0a0a0a0a0a0a0001", "metrics", "0b0b0b0b0b0b0001", "acme"),
        Permission("write", "buckets", "0a0a0a0a0a0a0009", None, "0b0b0b0b0b0b0001", None),
    )
    assert found.created_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert influxdb.journal[0].path == f"/api/v2/authorizations/{ALICES_BUCKET.upper()}"


async def test_a_patch_moves_the_revision(
    influxdb: InfluxDBStandIn, client: InfluxDBClient
) -> None:
    """Two reads differ in revision if and only if somebody wrote in between."""
    first, second = await client.get(ALICES_BUCKET), await client.get(ALICES_BUCKET)
    influxdb.edit(ALICES_BUCKET)
    third = await client.get(ALICES_BUCKET)

    assert first == second
    assert third.revision > second.revision


async def test_unknown_ids_are_not_found(client: InfluxDBClient) -> None:
    """What does not exist has an error of its own, which names it and the instance."""
    with pytest.raises(AuthorizationNotFoundError) as caught:
        await client.get(UNKNOWN)

    assert (
        caught.value.problem.message == f"There is no authorization {UNKNOWN} on InfluxDB default."
    )
    assert caught.value.effect is Effect.NONE


async def test_orphans_are_told_apart_from_unknown_ids(client: InfluxDBClient) -> None:
    """An authorization without an owner exists, and its token is refused already."""
    with pytest.raises(OrphanError) as caught:
        await client.get(ORPHAN)

    assert caught.value.problem.code is ErrorCode.ORPHAN
    assert "403 User is inactive" in caught.value.problem.message


@pytest.mark.parametrize(
    ("mode", "own"),
    [(Mode.PLAIN, {True, False}), (Mode.HASHED, {None}), (Mode.CLOUD, {None})],
)
async def test_knows_its_own_token_where_tokens_are_shown(
    stand_in: StandIn, opened: Opened, mode: Mode, own: set[bool | None]
) -> None:
    """By value where the server shows it; where it shows none, nothing is claimed."""
    async with opened(stand_in(mode).app) as client:
        found = await client.list(Filter())

    assert {each.own for each in found} == own
    assert [each.id for each in found if each.own] == (
        ["0d0d0d0d0d0d0001"] if mode is Mode.PLAIN else []
    )


@pytest.mark.parametrize(
    ("token", "user_id", "active"),
    [
        ("operator-token", "0c0c0c0c0c0c0001", True),
        ("operator-token", "0c0c0c0c0c0c0003", False),
        ("operator-token", "0c0c0c0c0c0cffff", False),
        ("authz-only", "0c0c0c0c0c0c0001", False),
    ],
)
async def test_users_count_as_active_only_if_that_is_read(
    influxdb: InfluxDBStandIn, opened: Opened, *, token: str, user_id: str, active: bool
) -> None:
    """An inactive, unknown, malformed or unreadable user is not active."""
    async with opened(influxdb.app, token=token) as client:
        assert await client.user_active(user_id) is active


@pytest.mark.parametrize(
    ("mode", "version"),
    [(Mode.PLAIN, "OSS v2.7.12"), (Mode.HASHED, "OSS v2.9.1"), (Mode.CLOUD, "Cloud")],
)
async def test_ping_names_the_server_without_the_token(
    stand_in: StandIn, opened: Opened, mode: Mode, version: str
) -> None:
    """The build and version come from headers, and no credential is sent for them."""
    influxdb = stand_in(mode)
    async with opened(influxdb.app) as client:
        assert await client.ping() == version

    (exchange,) = influxdb.journal
    assert (exchange.path, exchange.authorization_id) == ("/ping", None)
