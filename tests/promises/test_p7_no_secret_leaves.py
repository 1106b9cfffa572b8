"""P7: a token's secret is in no message, log, exception, metric or database."""

from io import StringIO
from pathlib import Path

import pytest

from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, TELEGRAF_EDGE_42, realistic_fixture
from tests.let_out import everything
from tests.world import BOT_TOKEN, SIGNING_SECRET, World

# In the shape of a token that InfluxDB mints.
PASTED = "kZ3nQ9xV7bT1yR5wP8mL2cJ4hG6fD0sA_aE-iU9oY7tK5rN3vB1xM8qW6zC4jH2gF0dS7pL5kQ9wE3rT1yU8i=="
PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


async def test_no_secret_of_influxdb_or_slack_gets_out(
    idle_world: World, tmp_path: Path, logs_at_debug: StringIO
) -> None:
    """After everything the bot can do, well and badly, no secret is anywhere, at DEBUG even."""
    here = idle_world
    await here.start()
    for text in (
        "list",
        f"show {TELEGRAF_EDGE_42}",
        f"disable {TELEGRAF_EDGE_42} --reason why",
        f"describe {TELEGRAF_EDGE_42} words",
        f"enable {TELEGRAF_EDGE_42} --dry-run",
        "undo",
        "history",
    ):
        await here.say(text)
    for fault in (Fault.NOT_JSON, Fault.INTERNAL_ERROR, Fault.RESET_AFTER):
        here.influxdb.faults.add(fault, path=PATH, times=3)
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        here.influxdb.faults.clear()
    here.slack.faults.add("chat.postMessage", status=500)
    await here.say(f"enable {TELEGRAF_EDGE_42}")
    await here.slack.wait_for(lambda: "Token enabled" in here.channel()[-1].plain)
    out = await everything(here, tmp_path, logs_at_debug.getvalue())

    secrets = [a["token"] for a in realistic_fixture()["authorizations"]]
    assert '"level": "warning"' in out
    assert "why" in out
    assert [s for s in (*secrets, BOT_TOKEN, SIGNING_SECRET) if s in out] == []
    assert BOT_API_TOKEN in secrets


@pytest.mark.parametrize(
    "text",
    [
        f"disable {PASTED}",
        f"show {PASTED}",
        f"describe {TELEGRAF_EDGE_42} was {PASTED}",
        f"disable {TELEGRAF_EDGE_42} --reason {PASTED}",
        f"list “{PASTED}”",
        PASTED,
        f"`{PASTED[:60]}`",
    ],
)
@pytest.mark.parametrize("user", ["U0ALICE", "U0MALLORY"])
async def test_a_secret_as_command_text_is_stored_nowhere(
    idle_world: World, tmp_path: Path, logs_at_debug: StringIO, text: str, user: str
) -> None:
    """It is refused before anything is stored; that somebody tried is recorded, the text is not."""
    here = idle_world
    await here.start()
    delivery = await here.say(text, user=user)
    asked = list(here.influxdb.journal)
    out = await everything(here, tmp_path, logs_at_debug.getvalue())

    assert delivery.status == 200
    assert "looks like a secret" in here.last(user)
    assert "treat it as leaked" in here.last(user)
    assert await here.tags() == ["request.refused"]
    assert PASTED[:40] not in out
    assert asked == []
