"""What can be made to go wrong does go wrong, as it is told."""

from collections.abc import Mapping
from types import MappingProxyType

import httpx
import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, TELEGRAF_EDGE_42, realistic_fixture
from bot.sandbox.mishaps import MISHAPS
from bot.sandbox.serving import serve
from bot.sandbox.slack import SlackStandIn
from tests.world import BOT_TOKEN, SIGNING_SECRET, Now

READ, CHANGE, POST = "read", "change", "post"
GOES_WRONG: Mapping[str, tuple[tuple[str, ...], tuple[object, ...], str]] = MappingProxyType(
    {
        "influxdb-busy": ((READ, CHANGE, CHANGE), (200, 429, 200), "inactive"),
        "influxdb-error": ((CHANGE,), (500,), "active"),
        "influxdb-starting": ((READ,) * 9, (503,) * 8 + (200,), "active"),
        "influxdb-bad-gateway": ((READ,) * 9, (502,) * 8 + (200,), "active"),
        "influxdb-lost-request": ((CHANGE,), ("broken",), "active"),
        "influxdb-lost-answer": ((CHANGE,), ("broken",), "inactive"),
        "influxdb-slow": ((CHANGE,), ("late",), "inactive"),
        "influxdb-stale-page": ((CHANGE,), (200,), "active"),
        "influxdb-owner-deleted": ((CHANGE, CHANGE), (404, 404), "inactive"),
        "slack-busy": ((POST, POST), (429, 200), "1 message"),
        "slack-down": ((POST,) * 4, (503, 503, 503, 200), "1 message"),
        "slack-lost-answer": ((POST, POST), ("broken", 200), "2 messages"),
        "slack-expired-answers": ((POST,), (200,), "1 message"),
    }
)


@pytest.mark.parametrize("name", MISHAPS)
async def test_it_goes_wrong_as_told(name: str) -> None:
    """Each befalls the requests that its text names, and no others."""
    influxdb = InfluxDBStandIn(realistic_fixture(), Now())
    slack = SlackStandIn(Now(), signing_secret=SIGNING_SECRET, bot_token=BOT_TOKEN)
    cast.populate(slack)
    requests, outcomes, state = GOES_WRONG[name]
    async with (
        serve(influxdb.app) as influxdb_url,
        serve(slack.app) as slack_url,
        httpx.AsyncClient(timeout=0.5) as client,
    ):
        MISHAPS[name].befall(influxdb, slack)
        met = tuple([await _outcome(client, each, influxdb_url, slack_url) for each in requests])

    messages = len(slack.messages(cast.INCIDENTS))
    seen = {
        influxdb.authorization(TELEGRAF_EDGE_42).status,
        f"{messages} message{'s'[: messages > 1]}",
    }
    assert met == outcomes
    assert state in seen


async def _outcome(
    client: httpx.AsyncClient, request: str, influxdb_url: str, slack_url: str
) -> object:
    one = f"{influxdb_url}/api/v2/authorizations/{TELEGRAF_EDGE_42}"
    influxdb = {"Authorization": f"Token {BOT_API_TOKEN}"}
    try:
        if request == READ:
            answer = await client.get(one, headers=influxdb)
        elif request == CHANGE:
            answer = await client.patch(one, headers=influxdb, json={"status": "inactive"})
        else:
            answer = await client.post(
                f"{slack_url}/api/chat.postMessage",
                headers={"Authorization": f"Bearer {BOT_TOKEN}"},
                json={"channel": cast.INCIDENTS, "text": "x"},
            )
    except httpx.TimeoutException:
        return "late"
    except httpx.TransportError:
        return "broken"
    return answer.status_code
