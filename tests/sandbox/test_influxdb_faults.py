"""Faults laid out on the InfluxDB stand-in, as clients meet them over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import httpx
import pytest

from bot.sandbox.influxdb import Fault, InfluxDBStandIn
from bot.sandbox.influxdb import organisation as acme
from bot.sandbox.serving import serve

ONE = f"/api/v2/authorizations/{acme.TELEGRAF_EDGE_42}"
ALL = "/api/v2/authorizations"
AUTHORIZED = {"Authorization": f"Token {acme.BOT_API_TOKEN}"}
DISABLE = {"status": "inactive"}


@pytest.fixture
def influxdb() -> InfluxDBStandIn:
    """Stand in for the server of the made-up company, at a time that stands still."""
    return InfluxDBStandIn(
        acme.realistic_fixture(), lambda: datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    )


@pytest.fixture
async def url(influxdb: InfluxDBStandIn) -> AsyncIterator[str]:
    """Serve it."""
    async with serve(influxdb.app) as address:
        yield address


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Ask it with the bot's own API token."""
    async with httpx.AsyncClient(base_url=url, headers=AUTHORIZED, timeout=5) as opened:
        yield opened


@pytest.mark.parametrize(
    ("fault", "status", "code", "retry_after"),
    [
        (Fault.TOO_MANY_REQUESTS, 429, "too many requests", "7"),
        (Fault.UNAVAILABLE, 503, "unavailable", "7"),
        (Fault.INTERNAL_ERROR, 500, "internal error", None),
    ],
)
async def test_refuses_in_influxdbs_envelope(
    influxdb: InfluxDBStandIn,
    client: httpx.AsyncClient,
    fault: Fault,
    status: int,
    code: str,
    retry_after: str | None,
) -> None:
    """The server's own refusals carry its envelope and headers, and nothing is applied."""
    influxdb.faults.add(fault, retry_after=7)

    answer = await client.patch(ONE, json=DISABLE)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers.get("Retry-After") == retry_after
    assert answer.headers["X-Platform-Error-Code"] == code
    assert answer.headers["X-Influxdb-Version"] == "v2.7.12"
    assert influxdb.authorization(acme.TELEGRAF_EDGE_42).status == "active"


async def test_leaves_retry_after_out_on_request(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """A 429 may come without Retry-After, and with one below a second."""
    influxdb.faults.add(Fault.TOO_MANY_REQUESTS, retry_after=None)
    influxdb.faults.add(Fault.TOO_MANY_REQUESTS, retry_after=0.25)

    first, second = await client.get(ALL), await client.get(ALL)

    assert "Retry-After" not in first.headers
    assert second.headers["Retry-After"] == "0.25"


async def test_starts_up(influxdb: InfluxDBStandIn, client: httpx.AsyncClient) -> None:
    """A starting server answers 503 without the envelope everywhere but on /health."""
    influxdb.faults.add(Fault.STARTING, times=2)

    health, ping, listed = [await client.get(path) for path in ("/health", "/ping", ALL)]

    assert health.status_code == 200
    assert (ping.status_code, listed.status_code) == (503, 503)
    assert listed.text == '{"status":"starting"}\n'


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.BAD_GATEWAY_HTML, 502), (Fault.NOT_JSON, 200)]
)
async def test_something_between_answers_with_a_page(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient, fault: Fault, status: int
) -> None:
    """A proxy's page is HTML without InfluxDB's headers, and nothing is applied."""
    influxdb.faults.add(fault)

    answer = await client.patch(ONE, json=DISABLE)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "X-Influxdb-Build" not in answer.headers
    assert influxdb.authorization(acme.TELEGRAF_EDGE_42).status == "active"


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.RESET_BEFORE, "active"), (Fault.RESET_AFTER, "inactive")]
)
async def test_resets_the_connection(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient, url: str, fault: Fault, status: str
) -> None:
    """The connection is reset without a byte of an answer, before or after applying."""
    influxdb.faults.add(fault, times=2)

    with pytest.raises(httpx.ReadError):
        await client.patch(ONE, json=DISABLE)
    async with aiohttp.ClientSession(url, headers=AUTHORIZED) as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.patch(ONE, json=DISABLE)

    assert influxdb.authorization(acme.TELEGRAF_EDGE_42).status == status
    assert [exchange.status for exchange in influxdb.patches()] == [None, None]
    assert (await client.get(ONE)).json()["status"] == status


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.TIMEOUT_BEFORE, "active"), (Fault.TIMEOUT_AFTER, "inactive")]
)
async def test_leaves_the_client_waiting(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient, url: str, fault: Fault, status: str
) -> None:
    """A client that waits less than the delay times out; the state shows whether it was applied."""
    influxdb.faults.add(fault, delay=20, times=2)

    with pytest.raises(httpx.ReadTimeout):
        await client.patch(ONE, json=DISABLE, timeout=0.05)
    async with aiohttp.ClientSession(url, headers=AUTHORIZED) as session:
        with pytest.raises(TimeoutError):
            await session.patch(ONE, json=DISABLE, timeout=aiohttp.ClientTimeout(total=0.05))

    assert influxdb.authorization(acme.TELEGRAF_EDGE_42).status == status
    assert [exchange.fault for exchange in influxdb.patches()] == [fault, fault]


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER])
async def test_closes_the_connection_after_the_delay(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient, url: str, fault: Fault
) -> None:
    """A client that waits longer than the delay sees the connection close without an answer."""
    influxdb.faults.add(fault, delay=0.02, times=2)

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await client.patch(ONE, json=DISABLE)
    async with aiohttp.ClientSession(url, headers=AUTHORIZED) as session:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.patch(ONE, json=DISABLE)


async def test_answers_slowly(influxdb: InfluxDBStandIn, client: httpx.AsyncClient) -> None:
    """A slow answer is the correct one, not sooner than the delay."""
    influxdb.faults.add(Fault.SLOW, delay=0.04)
    began = time.monotonic()

    answer = await client.patch(ONE, json=DISABLE)

    assert time.monotonic() - began >= 0.04
    assert (answer.status_code, answer.json()["status"]) == (200, "inactive")


async def test_stale_page_enables_again(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """The PATCH that disables is answered as done; reading again shows it undone, and when."""
    influxdb.faults.add(Fault.STALE_REENABLE)

    renamed = await client.patch(ONE, json={"description": "edge-42"})
    disabled = await client.patch(ONE, json=DISABLE)
    read = await client.get(ONE)

    assert renamed.json()["status"] == "active"
    assert disabled.json()["status"] == "inactive"
    assert read.json()["status"] == "active"
    assert read.json()["updatedAt"] > disabled.json()["updatedAt"]
    assert [exchange.fault for exchange in influxdb.journal] == [None, Fault.STALE_REENABLE, None]


async def test_owner_vanishes(influxdb: InfluxDBStandIn, client: httpx.AsyncClient) -> None:
    """The PATCH is applied although it is answered 404, and the list no longer shows it."""
    influxdb.faults.add(Fault.OWNER_VANISHES)

    assert (await client.get(ONE)).status_code == 200
    answer = await client.patch(ONE, json=DISABLE)
    listed = (await client.get(ALL)).json()["authorizations"]

    assert (answer.status_code, answer.json()["message"]) == (404, "user not found")
    assert influxdb.authorization(acme.TELEGRAF_EDGE_42).status == "inactive"
    assert acme.TELEGRAF_EDGE_42 not in {entry["id"] for entry in listed}


async def test_hits_what_matches_as_often_as_asked(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """A fault hits only its method and whole path, first laid out first, until it is used up."""
    influxdb.faults.add(Fault.INTERNAL_ERROR, method="GET", path=f"{ALL}/[0-9a-f]+", times=2)
    influxdb.faults.add(Fault.UNAVAILABLE, path=ONE)

    statuses = [(await client.get(path)).status_code for path in (ALL, ONE, ONE, ONE, ONE)]

    assert statuses == [200, 500, 500, 503, 200]


async def test_faults_can_be_taken_back(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """After clear nothing goes wrong any more."""
    influxdb.faults.add(Fault.INTERNAL_ERROR, times=100)
    influxdb.faults.clear()

    assert (await client.get(ALL)).status_code == 200


async def test_gate_holds_a_request_before_it_is_applied(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """While a PATCH waits, somebody else's change is made; the PATCH then comes on top."""
    gate = influxdb.gate("PATCH", ONE)
    patching = asyncio.create_task(client.patch(ONE, json=DISABLE))
    await gate.reached.wait()

    assert influxdb.journal == []
    influxdb.edit(acme.TELEGRAF_EDGE_42, description="changed meanwhile")
    gate.release()
    answer = await patching

    assert answer.json()["description"] == "changed meanwhile"
    assert answer.json()["status"] == "inactive"


async def test_gate_holds_a_request_after_it_is_applied(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """While an applied PATCH waits for its answer, others see its effect; once open, all pass."""
    gate = influxdb.gate("PATCH", f"{ALL}/.*", after=True)
    patching = asyncio.create_task(client.patch(ONE, json=DISABLE))
    await gate.reached.wait()

    assert (await client.get(ONE)).json()["status"] == "inactive"
    assert not patching.done()
    gate.release()
    assert (await patching).json()["status"] == "inactive"
    assert (await client.patch(ONE, json={"status": "active"})).json()["status"] == "active"
