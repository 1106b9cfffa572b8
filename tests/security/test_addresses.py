"""The bot's secrets and answers go to the addresses of its settings, wherever others point it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.serving import serve
from bot.slack.response_urls import leads_to_slack
from tests.certificates import self_signed, serving
from tests.world import BOT_TOKEN, World

SLACK = "https://slack.com/api/"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/commands/T0/1/x",
        "https://hooks.slack.com/actions/T0/1/x?a=b",
        "https://hooks.slack-gov.com/commands/T0/1/x",
        "https://slack.com/api/x",
    ],
)
def test_what_is_slacks(url: str) -> None:
    """Slack's own hosts, and where its Web API is by the settings."""
    assert leads_to_slack(url, SLACK)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://hooks.slack.com/commands/T0/1/x",
        "https://hooks.slack.com",
        "https://hooks.slack.com.example.org/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com@example.org/x",
        "https://example.org\\.slack.com/x",
        "https://example.org#.slack.com/x",
        "https://example.org/.slack.com/x",
        "https://evilslack.com/x",
        "https://slack.com.example.org/api/x",
        "https://slack.com@example.org/x",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8086/api/v2/authorizations",
        "file:///etc/passwd",
        "https://hooks.slack.com/x\r\nHost: example.org",
    ],
)
def test_what_is_not(url: str) -> None:
    """Anything else, however much it looks like it."""
    assert not leads_to_slack(url, SLACK)


@asynccontextmanager
async def elsewhere() -> AsyncIterator[tuple[str, list[Scope]]]:
    """Serve another address, which takes whatever comes and tells of it."""
    asked: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        asked.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"ok": true}'})

    async with serve(app) as url:
        yield url, asked


@asynccontextmanager
async def moving_away(here: World, path: str, to: str) -> AsyncIterator[str]:
    """Serve Slack, where what is asked of one path is sent on to another address."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(path):
            await here.slack.app(scope, receive, send)
            return
        headers = [(b"location", to.encode())]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body"})

    async with serve(app) as url:
        yield url


async def typed(here: World, text: str, response_url: str) -> None:
    """Have a command arrive, signed, with a response URL that Slack has not given."""
    body = urlencode(
        {
            "command": "/token",
            "text": text,
            "user_id": cast.ALICE,
            "team_id": here.slack.workspace.installation.team_id,
            "channel_id": cast.INCIDENTS,
            "response_url": response_url,
        }
    ).encode()
    assert (await here.slack.deliver_raw(body, here.slack.sign(body))).status == 200
    await here.settled()


async def test_a_forged_response_url_gets_nothing(idle_world: World) -> None:
    """Whoever can sign has the bot speak to no other address; its person is told all the same."""
    here = idle_world
    async with elsewhere() as (url, asked), moving_away(here, "/away", url) as slack_url:
        await here.start(slack_api_url=f"{slack_url}/api/")
        with capture_logs() as logs:
            await typed(here, "list telegraf", f"{url}/secret-path")
            await typed(here, "list telegraf", f"{slack_url}/away/secret-path")

    assert asked == []
    whispered = [call.method for call in here.slack.journal if "Ephemeral" in call.method]
    assert len(whispered) == 2
    assert "secret-path" not in str(logs)


async def test_the_bot_token_does_not_follow_a_redirect(idle_world: World) -> None:
    """Slack's Web API may send on what it is asked; the bot token stays where it is."""
    here = idle_world
    async with (
        elsewhere() as (url, asked),
        moving_away(here, "/api/chat.postMessage", f"{url}/x") as slack_url,
    ):
        await here.start(slack_api_url=f"{slack_url}/api/")
        await here.say(f"disable {TELEGRAF_EDGE_42}")

    assert len(asked) > 0
    assert BOT_TOKEN not in str(asked)


async def test_a_server_that_only_passes_for_slack_gets_nothing(
    idle_world: World, tmp_path: Path
) -> None:
    """Its certificate is nobody's: the connection ends before the bot token is on it."""
    here = idle_world
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    certificate = await asyncio.to_thread(self_signed, tmp_path)
    async with await asyncio.start_server(hear, "127.0.0.1", 0, ssl=serving(certificate)) as server:
        port = server.sockets[0].getsockname()[1]
        with capture_logs() as logs:
            await here.start(slack_api_url=f"https://127.0.0.1:{port}/api/")
            status, slack = await here.readiness()
        await here.stop()

    assert (status, slack) == (503, "auth.test has not answered yet")
    assert {"Slack does not answer"} <= {line["event"] for line in logs}
    assert b"".join(heard) == b""
