"""Who the bot is, is asked once; until Slack tells, people are told to wait."""

import pytest
from pydantic import SecretStr

from bot.changes.policy import Workspace
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.slack.identity import BadSlackTokenError
from tests.slack.traces import traces
from tests.world import World


@pytest.mark.parametrize("fault", ["internal_error", "ratelimited", None])
async def test_until_slack_tells_commands_are_answered_and_then_carried_out(
    idle_world: World, fault: str | None
) -> None:
    """Slack in trouble at the start: not ready, nothing stored; it gets going by itself."""
    idle_world.slack.faults.add("auth.test", error=fault, drop=fault is None, times=2)
    await idle_world.start()

    readiness = await idle_world.readiness()
    before = traces(idle_world)
    early = await idle_world.slack.command(
        "U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}"
    )
    after = traces(idle_world)

    assert readiness == (503, "auth.test has not answered yet")
    assert early.shown is not None
    assert early.shown.plain.startswith("The bot is starting and Slack has not told it yet")
    assert "Nothing was changed." in early.shown.plain
    assert after == before

    await idle_world.slack.wait_for(lambda: idle_world.slack.journal[-1].answer.get("ok"))
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    assert await idle_world.readiness() == (200, "ok")
    assert "Token disabled" in idle_world.channel()[0].plain
    async with idle_world.store() as store, store.reading() as reading:
        assert await reading.known_workspace() == Workspace("T0HOME")


async def test_a_click_while_starting_is_answered(idle_world: World) -> None:
    """A press on an older message is told the same, by the response URL."""
    await idle_world.start()
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    await idle_world.stop()
    idle_world.slack.faults.add("auth.test", error="internal_error", times=2)
    await idle_world.start()

    await idle_world.slack.press("U0BOB", idle_world.channel()[0], "Undo")
    (told,) = await idle_world.slack.wait_for(lambda: idle_world.slack.ephemerals("U0BOB"))

    assert told.plain.startswith("The bot is starting")
    assert len(idle_world.patches()) == 1


async def test_a_token_that_slack_refuses_ends_the_start(idle_world: World) -> None:
    """No waiting mends a bad token: the start fails with Slack's word for it."""
    with pytest.raises(BadSlackTokenError, match="invalid_auth"):
        await idle_world.start(slack_bot_token=SecretStr("xoxb-another"))
