"""What a client finds out about the API token that it uses."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from bot.changes.errors import ErrorCode, UpstreamError
from bot.changes.lockout import OwnToken
from bot.influxdb.client import InfluxDBClient
from bot.sandbox.influxdb import Fault, InfluxDBStandIn, Mode

Opened = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
StandIn = Callable[[Mode], InfluxDBStandIn]
Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]

ADMIN = "0c0c0c0c0c0c0001"
CLOUD = {"X-Influxdb-Build": "Cloud"}
OSS = {"X-Influxdb-Build": "OSS"}


async def test_the_configuration_knows_best(influxdb: InfluxDBStandIn, opened: Opened) -> None:
    """A configured id is taken once it is seen that it can be the bot's own; that is asked once."""
    async with opened(influxdb.app, own_authorization="0d0d0d0d0d0d0001") as client:
        for _ in range(2):
            assert await client.own_token() == OwnToken(authorization_id="0d0d0d0d0d0d0001")

    assert [each.path for each in influxdb.journal] == [
        "/api/v2/authorizations/0d0d0d0d0d0d0001",
        "/api/v2/me",
    ]


@pytest.mark.parametrize("id_", ["0d0d0d0d0d0d0003", "0d0d0d0d0d0d0004", "0123456789abcdef"])
async def test_a_configuration_that_cannot_be_right_is_not_believed(
    stand_in: StandIn, opened: Opened, id_: str
) -> None:
    """Another user's, an inactive or a missing one would make the bot's own pass for another's."""
    influxdb = stand_in(Mode.HASHED)
    async with opened(influxdb.app, own_authorization=id_) as client:
        assert await client.own_token() == OwnToken(user_id=ADMIN, siblings=3)


@pytest.mark.parametrize("id_", ["", "0d0d", "0D0D0D0D0D0D0001", "operator-token"])
def test_what_is_no_id_is_no_configuration(id_: str) -> None:
    """An id that cannot be would make every token pass for another's."""
    with pytest.raises(ValueError, match="16 lower-case hexadecimal digits") as caught:
        InfluxDBClient(name="x", url="http://h", token="t", own_authorization=id_)  # type: ignore[arg-type]  # not reached

    assert "operator-token" not in str(caught.value)


async def test_cloud_finds_it_by_value(stand_in: StandIn, opened: Opened) -> None:
    """Cloud answers a query for the token with its authorization alone."""
    influxdb = stand_in(Mode.CLOUD)
    async with opened(influxdb.app) as client:
        assert await client.own_token() == OwnToken(authorization_id="0d0d0d0d0d0d0001")

    assert [each.query for each in influxdb.journal] == ["", "token=redacted"]


async def test_oss_is_never_asked_by_value(stand_in: StandIn, opened: Opened) -> None:
    """OSS would ignore the query, so the token stays out of URLs; the user is found instead."""
    influxdb = stand_in(Mode.HASHED)
    async with opened(influxdb.app) as client:
        assert await client.own_token() == OwnToken(user_id=ADMIN, siblings=3)

    assert all("token=" not in each.query for each in influxdb.journal)


@pytest.mark.parametrize(("build", "listed"), [(OSS, 1), (CLOUD, 2), (CLOUD, 0), ({}, 1)], ids=str)
async def test_a_doubtful_find_is_not_believed(
    answering: Answering,
    entry: Callable[..., dict[str, Any]],
    build: dict[str, str],
    listed: int,
) -> None:
    """Only one entry, from Cloud, counts; else the user is what is known."""
    entries = [entry(id=f"0d0d0d0d0d0d000{n}", token="redacted") for n in range(listed)]
    found = httpx.Response(200, headers=build, json={"authorizations": entries})
    me = httpx.Response(200, json={"id": "0c0c0c0c0c0c0002", "status": "active"})
    none = httpx.Response(200, json={"authorizations": []})

    async with answering(httpx.Response(204, headers=CLOUD), found, me, none) as (client, asked):
        own = await client.own_token()

    assert own == OwnToken(user_id="0c0c0c0c0c0c0002", siblings=0)
    assert asked[1].url.params["token"] == "operator-token"


async def test_nothing_is_known_where_me_is_denied(stand_in: StandIn, opened: Opened) -> None:
    """Without the permission to read its own user, a hashed server tells nothing."""
    async with opened(stand_in(Mode.HASHED).app, token="authz-only") as client:
        assert await client.own_token() == OwnToken()


async def test_nothing_is_known_where_there_is_no_me(answering: Answering) -> None:
    """A product without ``/api/v2/me`` tells nothing."""
    missing = httpx.Response(404, json={"code": "not found", "message": "path not found"})

    async with answering(httpx.Response(204, headers=OSS), missing) as (client, _):
        assert await client.own_token() == OwnToken()


async def test_an_outage_is_not_taken_for_a_denial(stand_in: StandIn, opened: Opened) -> None:
    """If the server does not answer, that is an error, and not nothing known."""
    influxdb = stand_in(Mode.HASHED)
    influxdb.faults.add(Fault.BAD_GATEWAY_HTML, path="/api/v2/me", times=9)
    async with opened(influxdb.app) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.own_token()

    assert caught.value.problem.code is ErrorCode.INSTANCE_UNAVAILABLE
