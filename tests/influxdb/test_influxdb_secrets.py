"""No API token gets out: not the bot's own, and none that a server shows."""

import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from bot.changes.authorization import Status
from bot.changes.errors import BotError
from bot.changes.ports import Filter
from bot.changes.update import AuthorizationUpdate
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.credential import Credential
from bot.influxdb.wire import AuthorizationBody
from bot.sandbox.influxdb import Fault, InfluxDBStandIn, Mode

Opened = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]
Raw = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]

OWN = "canary-of-the-bot+/=%&"
OTHERS = "canary-of-somebody-else"
ONE = "0d0d0d0d0d0d0003"
UPDATE = AuthorizationUpdate(status=Status.INACTIVE)
ASKING: tuple[Callable[[InfluxDBClient], Awaitable[object]], ...] = (
    InfluxDBClient.ping,
    InfluxDBClient.own_token,
    lambda client: client.list(Filter()),
    lambda client: client.get(ONE),
    lambda client: client.update(ONE, UPDATE, None),
    lambda client: client.user_active("0c0c0c0c0c0c0002"),
)


@pytest.fixture
def written(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[[], str]:
    """Tell everything that any logger, at any level, and any part has written."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "aiohttp", "aiohttp.client", "stamina", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)

    def text() -> str:
        out, err = capfd.readouterr()
        return "\n".join([out, err, caplog.text, *(repr(vars(each)) for each in caplog.records)])

    return text


def with_canaries(mode: Mode) -> InfluxDBStandIn:
    """Make the recorded server with tokens that can be told from any other text."""
    path = Path(__file__).parent.parent / "contract" / "fixture.json"
    fixture: dict[str, Any] = json.loads(path.read_text())
    for each in fixture["authorizations"]:
        own = each["token"] == "operator-token"
        each["token"] = OWN if own else f"{OTHERS}-{each['id']}"
    return InfluxDBStandIn(fixture, lambda: datetime(2026, 11, 24, 9, 0, tzinfo=UTC), mode=mode)


def told_by(error: BaseException) -> Iterator[str]:
    """Give all that an exception and those behind it tell, the locals of our frames included."""
    chain: list[BaseException] = [error]
    while chain:
        each = chain.pop()
        yield from (str(each), repr(each), repr(vars(each)))
        for frame, _ in traceback.walk_tb(each.__traceback__):
            if frame.f_code.co_filename != __file__:
                yield from (repr(value) for value in frame.f_locals.values())
        chain += [behind for behind in (each.__cause__, each.__context__) if behind is not None]


async def results(client: InfluxDBClient) -> list[str]:
    """Ask for everything, and give all that results and errors tell."""
    told = [repr(client), repr(vars(client))]
    for ask in ASKING:
        try:
            told.append(repr(await ask(client)))
        except BotError as error:
            told += told_by(error)
    return told


def reveals(text: str) -> bool:
    """Tell whether a text holds a token, in clear or as URLs write it."""
    return "canary" in text


@pytest.mark.parametrize("mode", list(Mode))
async def test_no_result_and_no_log_holds_a_token(
    opened: Opened, written: Callable[[], str], mode: Mode
) -> None:
    """Whatever is asked, on every kind of server, Cloud's query for the token included."""
    async with opened(with_canaries(mode).app, token=OWN) as client:
        told = await results(client)

    log = written()
    assert not any(map(reveals, told))
    assert "/api/v2/authorizations" in log
    assert not reveals(log)


@pytest.mark.parametrize(
    "fault", [each for each in Fault if each not in {Fault.SLOW, Fault.STALE_REENABLE}]
)
async def test_no_error_and_no_log_holds_a_token(
    opened: Opened, written: Callable[[], str], fault: Fault
) -> None:
    """Whatever goes wrong; on Cloud, where the token is part of a URL."""
    influxdb = with_canaries(Mode.CLOUD)
    influxdb.faults.add(fault, path="/api.*", times=99, retry_after=None)
    async with opened(influxdb.app, token=OWN, timeout=0.04) as client:
        told = await results(client)

    assert len(told) > len(ASKING)
    assert not any(map(reveals, told))
    assert not reveals(written())


@pytest.mark.parametrize("status", [200, 400, 401, 404, 500])
async def test_what_a_server_says_wrongly_is_masked(
    answering: Answering,
    entry: Callable[..., dict[str, Any]],
    written: Callable[[], str],
    status: int,
) -> None:
    """Tokens in a server's message, and in answers that are malformed, go no further."""
    minted = "Zx9" * 28 + "aQ=="
    body = entry(token=OTHERS, id=OTHERS, updatedAt=OTHERS, status=OTHERS) | {
        "code": "invalid",
        "message": f"the token {OWN} or {minted} is odd",
        "authorizations": [entry(token=OTHERS, status=OTHERS)],
    }
    async with answering(httpx.Response(status, json=body), token=OWN) as (client, _):
        told = await results(client)

    assert not any(reveals(each) or minted in each for each in told)
    assert not reveals(written())


async def test_what_is_no_http_brings_no_token_out(raw: Raw, written: Callable[[], str]) -> None:
    """The libraries' own exceptions repeat a request's headers; they come no further."""
    async with raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", token=SecretStr(OWN)) as client:
        told = await results(client)

    assert not any(map(reveals, told))
    assert not reveals(written())


def test_what_cannot_be_read_is_not_repeated(entry: Callable[..., dict[str, Any]]) -> None:
    """The parser's own errors name the place, and nothing of what was there."""
    body = json.dumps(entry(token=OTHERS, status=OTHERS, updatedAt=OTHERS)).encode()

    with pytest.raises(ValidationError) as caught:
        AuthorizationBody.read(body, Credential(SecretStr(OWN)))

    assert caught.value.error_count() == 2
    assert not reveals(f"{caught.value!s} {caught.value!r}")


async def test_the_token_goes_to_the_instance_alone(answering: Answering) -> None:
    """It is in one header of requests to the API, and in no other place but Cloud's query."""
    empty = httpx.Response(200, json={"authorizations": []})
    async with answering(empty, token=OWN) as (client, asked):
        await client.list(Filter())

    (request,) = asked
    assert request.headers["Authorization"] == f"Token {OWN}"
    rest = [value for name, value in request.headers.items() if name != "authorization"]
    assert not any(map(reveals, [*rest, str(request.url)]))
