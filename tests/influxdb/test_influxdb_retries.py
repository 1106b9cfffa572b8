"""How long a client waits and tries."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from bot.changes.errors import ErrorCode, UpstreamError
from bot.changes.ports import Filter
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.sandbox.influxdb import Fault, InfluxDBStandIn

Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]
Opened = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
Raw = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EMPTY = httpx.Response(200, json={"authorizations": []})


class Observed:
    """Remember what was told of requests; an ``Observer``.

    Attributes:
        requests: Operation, outcome and HTTP status of each.
        told: Whatever else, by name and operation.
        first: Is set with the first request.
        moments: When each was told, by the loop's clock.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str]] = []
        self.told: list[tuple[str, str]] = []
        self.first = asyncio.Event()
        self.moments: list[float] = []

    def request(self, operation: str, outcome: str, status: str, seconds: float) -> None:
        """Remember a request."""
        assert seconds > 0
        self.requests.append((operation, outcome, status))
        self.moments.append(asyncio.get_running_loop().time())
        self.first.set()

    def retry(self, operation: str) -> None:
        """Remember a call that is tried once more."""
        self.told.append(("retry", operation))

    def held_back(self, operation: str) -> None:
        """Remember a call that is not sent."""
        self.told.append(("held back", operation))


def busy(retry_after: str | None = None) -> httpx.Response:
    """Write a 503."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return httpx.Response(503, headers=headers, json={"code": "unavailable", "message": "busy"})


def at(moment: datetime) -> str:
    """Write a moment as HTTP does."""
    return format_datetime(moment, usegmt=True)


async def test_waits_as_long_as_asked(answering: Answering) -> None:
    """Retry-After in seconds takes the place of the client's own pause."""
    slow = Retries(first_pause=10, longest_pause=10)
    async with answering(busy("0.04"), EMPTY, retries=slow) as (client, asked):
        begun = asyncio.get_running_loop().time()
        assert await client.list(Filter()) == []
        elapsed = asyncio.get_running_loop().time() - begun

    assert len(asked) == 2
    assert 0.04 <= elapsed < 5


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ("Retry-After: 60", "60 s"),
        ("Retry-After: 86400000.125", "86400000.12 s"),
        (f"Retry-After: {at(NOW + timedelta(seconds=90))}", "90 s"),
        (
            (
                f"Date: {at(NOW - timedelta(days=1))}\r\n"
                f"Retry-After: {at(NOW - timedelta(days=1, seconds=-45))}"
            ),
            "45 s",
        ),
    ],
)
async def test_says_how_long_to_wait_if_that_is_too_long(raw: Raw, headers: str, said: str) -> None:
    """A wait beyond the budget ends the call at once; a date counts from the server's own clock."""
    seen = Observed()
    answer = f"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n{headers}\r\n\r\n".encode()

    async with raw(answer, clock=lambda: NOW, observer=seen) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.list(Filter())

    assert seen.requests == [("list", "instance_unavailable", "503")]
    assert caught.value.problem.code is ErrorCode.INSTANCE_UNAVAILABLE
    assert (
        caught.value.problem.message
        == f"InfluxDB default is busy (HTTP 503) and asks to wait {said}."
    )


async def test_a_moment_that_is_past_is_no_wait(answering: Answering) -> None:
    """A date before now means now."""
    past = at(datetime(2020, 1, 1, tzinfo=UTC))
    slow = Retries(first_pause=10, longest_pause=10)
    async with answering(busy(past), EMPTY, retries=slow) as (client, asked):
        assert await client.list(Filter()) == []

    assert len(asked) == 2


@pytest.mark.parametrize("stated", ["soon", "-5", "1e9", "٣", "Tue, 99 Nov 2026 09:00:00 GMT"])
async def test_a_wait_that_means_nothing_is_none(answering: Answering, stated: str) -> None:
    """A Retry-After that cannot be read leaves the client its own pauses."""
    encoded = httpx.Response(503, headers=[(b"Retry-After", stated.encode())])
    async with answering(encoded, EMPTY) as (client, asked):
        assert await client.list(Filter()) == []

    assert len(asked) == 2


@pytest.mark.parametrize("budget", [Retries(attempts=1), Retries(seconds=0.5)])
async def test_the_budget_bounds_attempts_and_time(answering: Answering, budget: Retries) -> None:
    """One attempt means one, and no pause begins that would outlast the budget."""
    async with answering(busy(), retries=budget) as (client, asked):
        with pytest.raises(UpstreamError, match="InfluxDB default is busy"):
            await client.list(Filter())

    assert len(asked) == 1


async def test_a_request_that_is_begun_gets_a_second(
    influxdb: InfluxDBStandIn, opened: Opened
) -> None:
    """A last attempt at the end of the budget is not cut off before it can be answered."""
    influxdb.faults.add(Fault.SLOW, delay=0.04)
    async with opened(influxdb.app, retries=Retries(seconds=0.01)) as client:
        assert len(await client.list(Filter())) == 8


async def test_each_request_is_measured(answering: Answering) -> None:
    """Whoever observes hears of every request, by operation, outcome and status, and of retries."""
    seen = Observed()
    odd = httpx.Response(200, json=[])
    async with answering(busy(), EMPTY, odd, observer=seen) as (client, _):
        await client.list(Filter())
        with pytest.raises(UpstreamError):
            await client.get("0d0d0d0d0d0d0001")

    assert seen.requests == [
        ("list", "instance_unavailable", "503"),
        ("list", "ok", "200"),
        ("get", "unexpected_answer", "200"),
    ]
    assert seen.told == [("retry", "list")]


async def test_one_retry_after_holds_every_call(answering: Answering) -> None:
    """Once the server asks to wait, no other call is sent before the time is over."""
    seen = Observed()

    async with answering(busy("0.2"), EMPTY, observer=seen) as (client, asked):
        first = asyncio.create_task(client.list(Filter()))
        await seen.first.wait()
        await asyncio.gather(first, *(client.list(Filter()) for _ in range(5)))

    assert min(seen.moments[1:]) - seen.moments[0] >= 0.2
    assert len(asked) == 7


async def test_a_wait_beyond_the_budget_is_not_begun(answering: Answering) -> None:
    """Whoever comes while the server asks for more than the budget is told so at once."""
    seen = Observed()
    patience = Retries(seconds=1)
    async with answering(busy("30"), EMPTY, retries=patience, observer=seen) as (client, asked):
        for _ in range(2):
            with pytest.raises(UpstreamError, match="30 s"):
                await client.list(Filter())
    assert seen.told == [("held back", "list")]

    assert len(asked) == 1


async def test_a_probe_is_not_held(answering: Answering) -> None:
    """Whether the server is there may be asked all the same."""
    pong = httpx.Response(204, headers={"X-Influxdb-Build": "OSS"})
    async with answering(busy("30"), pong, retries=Retries(seconds=1)) as (client, asked):
        with pytest.raises(UpstreamError):
            await client.list(Filter())
        assert await client.ping() == "OSS"

    assert len(asked) == 2
