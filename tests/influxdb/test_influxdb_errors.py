"""How refusals are put into words."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from bot.changes.errors import ErrorCode, UpstreamError
from bot.changes.ports import Filter
from bot.influxdb.client import InfluxDBClient
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN

Opened = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]

ONE = "0d0d0d0d0d0d0003"
CODES = {401: "unauthorized", 403: "forbidden", 404: "not found", 400: "invalid"}


def refusal(status: int, message: str) -> httpx.Response:
    """Write an error in InfluxDB's envelope."""
    return httpx.Response(status, json={"code": CODES.get(status, "x"), "message": message})


@pytest.mark.parametrize(
    ("token", "message", "hint"),
    [
        (
            "unknown-token",
            "InfluxDB default does not accept the bot's token.",
            "Whoever runs this bot can set it right: check INFLUXDB_TOKEN.",
        ),
        (
            "inactive-oper",
            "The bot's own token on InfluxDB default is inactive.",
            (
                "Whoever runs this bot can set it right: enable it with the influx CLI, or give "
                "the bot another one (INFLUXDB_TOKEN)."
            ),
        ),
        (
            "bob-token",
            "The user whose token the bot uses on InfluxDB default is inactive or deleted.",
            (
                "Whoever runs this bot can set it right: activate the user, or give the bot "
                "another user's token (INFLUXDB_TOKEN)."
            ),
        ),
        (
            "authz-only",
            "The bot's token on InfluxDB default lacks the permission read:users/0c0c0c0c0c0c0002.",
            (
                "The bot needs a token with read access to the user 0c0c0c0c0c0c0002 as well, or "
                "to all users. Permissions of an existing token cannot be changed."
            ),
        ),
        (
            "other-org",
            (
                "The bot's token on InfluxDB default lacks the permission "
                f"read:orgs/0b0b0b0b0b0b0001/authorizations/{ONE}."
            ),
            (
                "The bot needs a token with read access to authorizations in the organisation "
                "0b0b0b0b0b0b0001 as well. Permissions of an existing token cannot be changed."
            ),
        ),
    ],
)
async def test_says_what_is_wrong_with_the_bots_own_token(
    influxdb: InfluxDBStandIn, opened: Opened, token: str, message: str, hint: str
) -> None:
    """Each of the reasons that share a status is told apart, with what to do about it."""
    async with opened(influxdb.app, token=token) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.get(ONE)

    assert (caught.value.problem.message, caught.value.problem.hint) == (message, hint)


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (
            refusal(401, "write:frobs is unauthorized"),
            ErrorCode.PERMISSION_MISSING,
            "The bot's token on InfluxDB default lacks the permission write:frobs.",
        ),
        (
            refusal(401, "Unauthorized"),
            ErrorCode.BAD_CREDENTIAL,
            "InfluxDB default does not accept the bot's token.",
        ),
        (
            refusal(403, "quota exceeded"),
            ErrorCode.INSTANCE_REFUSED,
            "InfluxDB default refused: quota exceeded.",
        ),
        (
            refusal(400, "  odd \n\n message "),
            ErrorCode.INSTANCE_REFUSED,
            "InfluxDB default refused: odd message.",
        ),
        (
            refusal(400, "word " * 100),
            ErrorCode.INSTANCE_REFUSED,
            f"InfluxDB default refused: {('word ' * 40)}….",
        ),
        (
            # Nobody looks for secrets in megabytes; half a one at the end of the look stays hidden.
            refusal(400, f"odd{' ' * 9_970}{BOT_API_TOKEN}{' ' * 1_000_000}"),
            ErrorCode.INSTANCE_REFUSED,
            "InfluxDB default refused: odd….",
        ),
        (
            refusal(500, "json: cannot unmarshal"),
            ErrorCode.UNEXPECTED_ANSWER,
            "InfluxDB default stumbled (HTTP 500): json: cannot unmarshal.",
        ),
        (
            httpx.Response(401, json={"error": "the request was not authenticated"}),
            ErrorCode.UNEXPECTED_ANSWER,
            (
                "InfluxDB default did not answer as InfluxDB v2 does: HTTP 401 without "
                "InfluxDB's error "
                "message."
            ),
        ),
        (
            httpx.Response(500),
            ErrorCode.UNEXPECTED_ANSWER,
            (
                "InfluxDB default did not answer as InfluxDB v2 does: HTTP 500 without "
                "InfluxDB's error "
                "message."
            ),
        ),
    ],
)
async def test_names_what_it_does_not_know(
    answering: Answering, answer: httpx.Response, code: ErrorCode, message: str
) -> None:
    """Other refusals are passed on in the server's words, trimmed; strange answers are not."""
    async with answering(answer) as (client, _):
        with pytest.raises(UpstreamError) as caught:
            await client.get(ONE)

    assert (caught.value.problem.code, caught.value.problem.message) == (code, message)


async def test_the_words_of_one_call_do_not_fit_another(answering: Answering) -> None:
    """A list without names that is answered 404 is refused; nobody asked for a user."""
    async with answering(refusal(404, "user not found")) as (client, _):
        with pytest.raises(
            UpstreamError, match="InfluxDB default refused: user not found"
        ) as caught:
            await client.list(Filter())

    assert caught.value.problem.code is ErrorCode.INSTANCE_REFUSED


async def test_a_ping_without_influxdbs_headers_is_no_influxdb(answering: Answering) -> None:
    """Another product that answers at the address is not taken for InfluxDB."""
    async with answering(httpx.Response(200, text="pong")) as (client, _):
        with pytest.raises(UpstreamError) as caught:
            await client.ping()

    assert caught.value.problem.code is ErrorCode.UNEXPECTED_ANSWER


async def test_an_answer_about_another_authorization_is_not_taken(
    answering: Answering, entry: Callable[..., dict[str, object]]
) -> None:
    """What comes back has to be what was asked for."""
    other = httpx.Response(200, json=entry(id="0d0d0d0d0d0d0004"))
    async with answering(other) as (client, _):
        with pytest.raises(UpstreamError) as caught:
            await client.get(ONE)

    assert caught.value.problem.code is ErrorCode.UNEXPECTED_ANSWER


async def test_an_answer_about_another_user_vouches_for_nobody(answering: Answering) -> None:
    """A user counts as active only by an answer about this very user."""
    other = httpx.Response(200, json={"id": "0c0c0c0c0c0c0009", "status": "active"})
    async with answering(other) as (client, _):
        assert await client.user_active("0c0c0c0c0c0c0002") is False
