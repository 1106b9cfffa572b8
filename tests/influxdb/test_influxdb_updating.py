"""Changing an authorization: what is sent, what is tried again, what a failure may have done."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from bot.changes.authorization import Status
from bot.changes.errors import (
    AuthorizationNotFoundError,
    BotError,
    Effect,
    ErrorCode,
    OrphanError,
    UpstreamError,
)
from bot.changes.update import AuthorizationUpdate
from bot.influxdb.client import InfluxDBClient
from bot.sandbox.influxdb import Fault, InfluxDBStandIn

# Long enough for an answer that comes, on a busy machine as well; short where none does.
SOON = 0.3
Opened = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]

ONE = "0d0d0d0d0d0d0003"
ORPHAN = "0d0d0d0d0d0d0006"
UNKNOWN = "0d0d0d0d0d0dffff"
DISABLE = AuthorizationUpdate(status=Status.INACTIVE)


async def failed(client: InfluxDBClient, authorization_id: str = ONE) -> UpstreamError:
    """Disable an authorization in vain."""
    with pytest.raises(UpstreamError) as caught:
        await client.update(authorization_id, DISABLE, None)
    return caught.value


@pytest.mark.parametrize(
    ("update", "body"),
    [
        (DISABLE, '{"status":"inactive"}'),
        (AuthorizationUpdate(status=Status.ACTIVE), '{"status":"active"}'),
        (AuthorizationUpdate(description=""), '{"description":""}'),
        (AuthorizationUpdate(description='"é" <b>'), r'{"description":"\"\u00e9\" <b>"}'),
        (
            AuthorizationUpdate(status=Status.ACTIVE, description="x"),
            '{"status":"active","description":"x"}',
        ),
    ],
)
async def test_sends_what_is_set_and_no_more(
    influxdb: InfluxDBStandIn, client: InfluxDBClient, update: AuthorizationUpdate, body: str
) -> None:
    """A field that stays as it is does not appear: an empty status would make a token active."""
    await client.update(ONE, update, None)

    (patch,) = influxdb.patches()
    assert patch.body == body
    assert update.holds(await client.get(ONE))


async def test_half_a_character_does_no_harm(
    influxdb: InfluxDBStandIn, client: InfluxDBClient
) -> None:
    """A lone surrogate, which no UTF-8 can carry, still makes a request."""
    await client.update(ONE, AuthorizationUpdate(description="a\ud83d"), None)

    assert influxdb.authorization(ONE).description == "a\ufffd"


@pytest.mark.parametrize(
    ("fault", "patches"),
    [
        (Fault.TOO_MANY_REQUESTS, 3),
        (Fault.UNAVAILABLE, 3),
        (Fault.STARTING, 3),
        (Fault.BAD_GATEWAY_HTML, 3),
        (Fault.TIMEOUT_BEFORE, 3),
        (Fault.RESET_BEFORE, 3),
        # Found by reading, so that it is not sent again.
        (Fault.TIMEOUT_AFTER, 1),
        (Fault.RESET_AFTER, 1),
    ],
)
async def test_tries_again_where_that_may_help(
    influxdb: InfluxDBStandIn, opened: Opened, fault: Fault, patches: int
) -> None:
    """Two faults that pass are outlived by the third attempt."""
    async with opened(influxdb.app, timeout=SOON) as client:
        before = await client.get(ONE)
        influxdb.faults.add(fault, method="PATCH", times=2, retry_after=0.01)
        await client.update(ONE, DISABLE, before)

    assert len(influxdb.patches()) == patches
    assert influxdb.authorization(ONE).status == "inactive"


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.TIMEOUT_BEFORE, Fault.RESET_BEFORE])
async def test_what_others_have_touched_is_not_sent_again(
    influxdb: InfluxDBStandIn, opened: Opened, fault: Fault
) -> None:
    """Somebody changed it since it was decided to send it: a second PATCH would undo that."""
    influxdb.faults.add(fault, method="PATCH", retry_after=0.01)
    async with opened(influxdb.app, timeout=SOON) as client:
        before = await client.get(ONE)
        influxdb.edit(ONE, description="theirs")
        with pytest.raises(UpstreamError) as caught:
            await client.update(ONE, DISABLE, before)

    assert len(influxdb.patches()) == 1
    assert (caught.value.effect, caught.value.passing) == (Effect.POSSIBLE, False)


@pytest.mark.parametrize(
    ("fault", "effect", "message"),
    [
        # Of all methods, so that the reading between two PATCHes fails as well.
        (Fault.TOO_MANY_REQUESTS, Effect.NONE, "InfluxDB default is busy (HTTP 429)."),
        (Fault.UNAVAILABLE, Effect.POSSIBLE, "InfluxDB default is busy (HTTP 503)."),
        (Fault.STARTING, Effect.POSSIBLE, "InfluxDB default is starting (HTTP 503)."),
        (Fault.BAD_GATEWAY_HTML, Effect.POSSIBLE, "InfluxDB default is not available (HTTP 502)."),
        (Fault.TIMEOUT_BEFORE, Effect.POSSIBLE, "InfluxDB default did not answer within 0.3 s."),
        (Fault.TIMEOUT_AFTER, Effect.POSSIBLE, "InfluxDB default did not answer within 0.3 s."),
        (Fault.RESET_BEFORE, Effect.POSSIBLE, "The connection to InfluxDB default broke off."),
        (Fault.RESET_AFTER, Effect.POSSIBLE, "The connection to InfluxDB default broke off."),
    ],
)
async def test_gives_up_after_four_attempts(
    influxdb: InfluxDBStandIn, opened: Opened, fault: Fault, effect: Effect, message: str
) -> None:
    """A fault that stays is told with whether the change may have been made."""
    influxdb.faults.add(fault, times=9, retry_after=None)
    async with opened(influxdb.app, timeout=SOON) as client:
        error = await failed(client)

    tried = [exchange.method for exchange in influxdb.journal]
    assert tried == ["PATCH"] * 4 if effect is Effect.NONE else ["PATCH", "GET", "GET", "GET"]
    assert error.problem.code is ErrorCode.INSTANCE_UNAVAILABLE
    assert (error.problem.message, error.effect) == (message, effect)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            Fault.INTERNAL_ERROR,
            "InfluxDB default stumbled (HTTP 500): an internal error has occurred.",
        ),
        (
            Fault.NOT_JSON,
            (
                "InfluxDB default did not answer as InfluxDB v2 does: HTTP 200, and not what "
                "was asked for."
            ),
        ),
    ],
)
async def test_does_not_repeat_what_may_be_its_own_mistake(
    influxdb: InfluxDBStandIn, client: InfluxDBClient, fault: Fault, message: str
) -> None:
    """An internal error, which InfluxDB also answers to bad JSON, and a strange page: once."""
    influxdb.faults.add(fault, times=9)

    error = await failed(client)

    assert len(influxdb.patches()) == 1
    assert error.problem.code is ErrorCode.UNEXPECTED_ANSWER
    assert (error.problem.message, error.effect) == (message, Effect.POSSIBLE)


@pytest.mark.parametrize(
    ("token", "authorization_id", "code"),
    [
        ("unknown-token", ONE, ErrorCode.BAD_CREDENTIAL),
        ("inactive-oper", ONE, ErrorCode.OWN_TOKEN_INACTIVE),
        ("bob-token", ONE, ErrorCode.OWN_USER_INACTIVE),
        ("authz-only", ONE, ErrorCode.PERMISSION_MISSING),
        ("operator-token", UNKNOWN, ErrorCode.AUTHORIZATION_NOT_FOUND),
        ("operator-token", "abc", ErrorCode.INSTANCE_REFUSED),
    ],
)
async def test_a_clear_refusal_changed_nothing(
    influxdb: InfluxDBStandIn, opened: Opened, token: str, authorization_id: str, code: ErrorCode
) -> None:
    """Where the server says no, nothing was changed, and asking again would not help."""
    async with opened(influxdb.app, token=token) as client:
        error = await failed(client, authorization_id)

    assert (error.problem.code, error.effect) == (code, Effect.NONE)
    assert len(influxdb.patches()) == 1


async def test_an_orphan_is_changed_all_the_same(
    influxdb: InfluxDBStandIn, client: InfluxDBClient
) -> None:
    """InfluxDB writes before it looks for the owner: its 404 comes with the change applied."""
    error = await failed(client, ORPHAN)

    assert isinstance(error, OrphanError)
    assert (error.problem.code, error.effect) == (ErrorCode.ORPHAN, Effect.APPLIED)
    assert influxdb.authorization(ORPHAN).status == "inactive"


@pytest.mark.parametrize(
    ("first", "effect"),
    [(Fault.TIMEOUT_AFTER, Effect.POSSIBLE), (Fault.TOO_MANY_REQUESTS, Effect.NONE)],
)
async def test_a_later_refusal_does_not_undo_an_earlier_attempt(
    influxdb: InfluxDBStandIn, opened: Opened, first: Fault, effect: Effect
) -> None:
    """What a lost attempt may have done counts, however clearly the next one is refused."""
    influxdb.faults.add(first, retry_after=0)
    async with opened(influxdb.app, token="authz-only", timeout=SOON) as client:
        error = await failed(client)

    assert error.problem.code is ErrorCode.PERMISSION_MISSING
    assert error.effect is effect


async def test_an_orphan_after_a_lost_attempt_is_certain(
    influxdb: InfluxDBStandIn, opened: Opened
) -> None:
    """If the owner vanishes while an attempt is lost, the next one proves the change applied."""
    async with opened(influxdb.app, timeout=SOON) as client:
        before = await client.get(ONE)
        influxdb.faults.add(Fault.TIMEOUT_BEFORE, method="PATCH")
        influxdb.faults.add(Fault.OWNER_VANISHES, method="PATCH")
        with pytest.raises(OrphanError) as caught:
            await client.update(ONE, DISABLE, before)

    assert caught.value.effect is Effect.APPLIED


async def test_gone_after_a_lost_attempt_stays_in_doubt(
    answering: Answering,
) -> None:
    """An authorization that is not found after a lost attempt may have been changed before."""
    lost = httpx.Response(502, html="<h1>Bad Gateway</h1>")
    gone = httpx.Response(404, json={"code": "not found", "message": "authorization not found"})

    async with answering(lost, gone) as (client, _):
        error = await failed(client)

    assert (type(error), error.effect) == (AuthorizationNotFoundError, Effect.POSSIBLE)


@pytest.mark.parametrize(
    ("answer", "effect"),
    [
        (
            httpx.Response(404, json={"code": "not found", "message": "organization not found"}),
            Effect.POSSIBLE,
        ),
        (httpx.Response(404, text="404 page not found\n"), Effect.POSSIBLE),
        (httpx.Response(403, html="<h1>Sign in</h1>"), Effect.POSSIBLE),
        (httpx.Response(408, json={"code": "x", "message": "request timeout"}), Effect.POSSIBLE),
        (httpx.Response(307, headers={"Location": "/elsewhere"}), Effect.POSSIBLE),
        (httpx.Response(200, json={}), Effect.POSSIBLE),
        (httpx.Response(204), Effect.POSSIBLE),
        (httpx.Response(405), Effect.NONE),
        (
            httpx.Response(
                400, json={"code": "invalid", "message": "unknown authorization status"}
            ),
            Effect.NONE,
        ),
        (
            httpx.Response(413, json={"code": "request too large", "message": "too large"}),
            Effect.NONE,
        ),
        (httpx.Response(422, json={"code": "conflict", "message": "conflict"}), Effect.NONE),
    ],
)
async def test_what_is_no_clear_refusal_may_have_changed_something(
    answering: Answering, answer: httpx.Response, effect: Effect
) -> None:
    """Only InfluxDB's own refusals prove that nothing happened."""
    async with answering(answer) as (client, asked):
        error = await failed(client)

    assert error.effect is effect
    assert len(asked) == 1


async def test_reading_never_has_an_effect(influxdb: InfluxDBStandIn, opened: Opened) -> None:
    """Whatever happens to a GET, nothing was changed."""
    for fault in (Fault.TIMEOUT_AFTER, Fault.INTERNAL_ERROR, Fault.NOT_JSON, Fault.RESET_BEFORE):
        influxdb.faults.add(fault, times=9)
        async with opened(influxdb.app, timeout=SOON) as client:
            with pytest.raises(BotError) as caught:
                await client.get(ONE)
        influxdb.faults.clear()

        assert isinstance(caught.value, UpstreamError)
        assert caught.value.effect is Effect.NONE
