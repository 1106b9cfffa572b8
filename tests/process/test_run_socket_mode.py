"""`python -m bot run` with SLACK_APP_TOKEN: nothing needs to reach the bot."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import SignedRequest
from tests.process.bot_process import bot_process, environment, run
from tests.world import APP_TOKEN, World, world

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


@pytest.fixture
async def idle_world(tmp_path: Path) -> AsyncIterator[World]:
    """Both stand-ins, with the app in Socket Mode."""
    async with world(tmp_path, socket_mode=True) as here:
        yield here


@pytest.fixture
def variables(idle_world: World, tmp_path: Path) -> dict[str, str]:
    """What the bot needs to be told, with the app-level token in the place of the secret."""
    told = {**environment(idle_world, tmp_path), "SLACK_APP_TOKEN": APP_TOKEN}
    del told["SLACK_SIGNING_SECRET"]
    return told


async def test_the_main_job(idle_world: World, variables: dict[str, str]) -> None:
    """PATCH, message with Undo, inverse PATCH, edited message; the address takes no requests."""
    here = idle_world
    async with bot_process(here, variables) as running, httpx.AsyncClient() as client:
        await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
        (message,) = await here.slack.wait_for(here.channel)
        await here.slack.press("U0ALICE", message, "Undo")
        await here.slack.wait_for(lambda: message.edited)
        ready = await client.get(f"{here.url}/readyz")
        posted = await client.post(f"{here.url}/slack/events")
        running.terminate()
        assert await running.ends() == 0

    assert [body for _, body in here.patches()] == ['{"status":"inactive"}', '{"status":"active"}']
    assert (ready.status_code, posted.status_code) == (200, 404)
    assert here.slack.socket_mode.sockets == []
    assert "ticket=" not in str(running.lines)


async def test_sigterm_acks_what_is_under_way(idle_world: World, variables: dict[str, str]) -> None:
    """The command waits for the database as the signal comes: it is acked, and carried out."""
    here = idle_world
    async with bot_process(here, variables) as running:
        async with here.locked_database():
            command = here.slack.command(
                "U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}"
            )
            delivery = asyncio.ensure_future(command)
            await here.slack.wait_for(lambda: here.slack.socket_mode.sockets[0].sent)
            # What nothing listens to is acked at once, and over one socket in its turn.
            nothing = SignedRequest(b"payload={}", here.slack.sign(b"payload={}"))
            await here.slack.socket_mode.send(nothing, 3)
            running.terminate()
            await running.logged("draining")
            refused = await here.slack.command("U0BOB", "C0INCIDENTS", "/token", "whoami")
        acked = await delivery
        assert await running.ends() == 0

    assert refused.shown is not None
    assert refused.shown.plain.startswith("The bot is restarting.")
    assert acked.shown is not None
    assert acked.shown.plain.startswith("Disabling")
    # If the executor has stopped before it, whoever comes next carries it out.
    async with bot_process(here, variables):
        (message,) = await here.slack.wait_for(here.channel, timeout=20)
    assert "Token disabled" in message.plain


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("xapp-wrong", "SLACK_APP_TOKEN is refused by Slack: invalid_auth. Set it to an app-level"),
        ("xoxb-wrong", "SLACK_APP_TOKEN is no app-level token. Set it to an app-level token"),
    ],
)
async def test_a_bad_app_token(variables: dict[str, str], token: str, said: str) -> None:
    """The process ends at once, with one line that names the remedy, and exit code 2."""
    code, _, err = await run("run", env={**variables, "SLACK_APP_TOKEN": token})

    assert code == 2
    (line,) = [line for line in err.splitlines() if not line.startswith("{")]
    assert line.startswith(said)


async def test_neither_way_is_set(variables: dict[str, str]) -> None:
    """Without the token the secret is missing; the line names both remedies."""
    del variables["SLACK_APP_TOKEN"]

    code, _, err = await run("run", env=variables)

    assert code == 2
    assert err.startswith("SLACK_SIGNING_SECRET is missing. Set it to the app's signing secret")
    assert err.endswith(", or set SLACK_APP_TOKEN for Socket Mode.\n")
