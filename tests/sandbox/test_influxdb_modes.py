"""How the stand-in differs between InfluxDB OSS, OSS with hashed tokens, and Cloud."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.sandbox.influxdb import InfluxDBStandIn, Mode
from bot.sandbox.influxdb import organisation as acme
from bot.sandbox.serving import serve

ALL = "/api/v2/authorizations"
ONE = f"{ALL}/{acme.TELEGRAF_EDGE_42}"


@asynccontextmanager
async def asking(
    mode: Mode, version: str | None = None, fixture: dict[str, Any] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a stand-in of a mode and ask it with the bot's own API token."""
    stand_in = InfluxDBStandIn(
        fixture or acme.realistic_fixture(),
        lambda: datetime(2026, 9, 1, 12, 0, tzinfo=UTC),
        mode=mode,
        version=version,
    )
    headers = {"Authorization": f"Token {acme.BOT_API_TOKEN}"}
    async with (
        serve(stand_in.app) as url,
        httpx.AsyncClient(base_url=url, headers=headers) as client,
    ):
        yield client


async def tokens(client: httpx.AsyncClient) -> set[str]:
    """List the tokens the server shows."""
    return {entry["token"] for entry in (await client.get(ALL)).json()["authorizations"]}


async def test_plain_server_shows_tokens() -> None:
    """OSS without hashing shows every token in clear, the bearer's own among them."""
    async with asking(Mode.PLAIN) as client:
        shown = await tokens(client)
        ping = await client.get("/ping")

    assert acme.BOT_API_TOKEN in shown
    assert len(shown) == 13
    assert (ping.headers["X-Influxdb-Build"], ping.headers["X-Influxdb-Version"]) == (
        "OSS",
        "v2.7.12",
    )


async def test_hashed_server_shows_no_token() -> None:
    """OSS 2.9 shows an empty token, and still lets bearers in by theirs."""
    async with asking(Mode.HASHED) as client:
        shown = await tokens(client)
        changed = await client.patch(ONE, json={"status": "inactive"})
        health = await client.get("/health")

    assert shown == {""}
    assert (changed.json()["token"], changed.json()["status"]) == ("", "inactive")
    assert changed.headers["X-Influxdb-Version"] == "v2.9.1"
    assert health.json()["version"] == "v2.9.1"


async def test_hashed_server_shows_a_new_token_once() -> None:
    """What POST answers holds the token, which then opens the door; later it is not shown."""
    asked = {
        "orgID": acme.ACME,
        "permissions": [{"action": "read", "resource": {"type": "users"}}],
    }
    async with asking(Mode.HASHED) as client:
        made = (await client.post(ALL, json=asked)).json()
        later = await client.get(f"{ALL}/{made['id']}")
        me = await client.get("/api/v2/me", headers={"Authorization": f"Bearer {made['token']}"})

    assert len(made["token"]) == 88
    assert later.json()["token"] == ""
    assert me.json()["name"] == "token-bot"


async def test_mixed_server_shows_only_tokens_not_hashed() -> None:
    """After hashing was switched off again, tokens from before stay hidden."""
    fixture = acme.realistic_fixture()
    fixture["authorizations"][0]["hashed"] = True
    async with asking(Mode.PLAIN, "v2.9.1", fixture) as client:
        first, second = (await client.get(ALL)).json()["authorizations"][:2]

    assert first["token"] == ""
    assert second["token"] == fixture["authorizations"][1]["token"]


async def test_cloud_redacts_tokens() -> None:
    """Cloud names itself in a header and shows every token as redacted."""
    async with asking(Mode.CLOUD) as client:
        shown = await tokens(client)
        ping = await client.get("/ping")
        health = await client.get("/health")

    assert shown == {"redacted"}
    assert ping.headers["X-Influxdb-Build"] == "Cloud"
    assert "X-Influxdb-Version" not in ping.headers
    assert health.status_code == 404


@pytest.mark.parametrize(
    ("token", "found"), [(acme.BOT_API_TOKEN, [acme.BOT_AUTHORIZATION]), ("unknown", [])]
)
async def test_cloud_finds_by_token(token: str, found: list[str]) -> None:
    """Cloud heeds ``?token=`` with one entry or none."""
    async with asking(Mode.CLOUD) as client:
        listed = (await client.get(ALL, params={"token": token})).json()["authorizations"]

    assert [entry["id"] for entry in listed] == found


@pytest.mark.parametrize(
    ("mode", "version", "prefix"),
    [
        (Mode.PLAIN, None, ""),
        (Mode.PLAIN, "v2.8.0", "encodeAuthorization: "),
        (Mode.HASHED, None, "encodeAuthorization: "),
        (Mode.CLOUD, None, ""),
    ],
)
async def test_words_a_bad_status_as_the_version_does(
    mode: Mode, version: str | None, prefix: str
) -> None:
    """From 2.8 on the refusal of an unknown status names the function that refused."""
    async with asking(mode, version) as client:
        answer = await client.patch(ONE, json={"status": "disabled"})

    assert answer.status_code == 400
    assert answer.json()["message"] == f"{prefix}unknown authorization status"


def test_version_must_be_of_influxdb_2() -> None:
    """A stand-in of another major version cannot be made."""
    with pytest.raises(ValueError, match=r"not an InfluxDB v2 version: 'v3\.0\.0'"):
        InfluxDBStandIn(
            acme.realistic_fixture(), lambda: datetime(2026, 9, 1, tzinfo=UTC), version="v3.0.0"
        )
