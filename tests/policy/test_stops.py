"""A stop of all changes, at each stage: what is queued waits and says so, then goes on."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.attacks import APPROVALS, SIMPLE, freeze, hold_token, reload, reopened, texts, unfreeze
from tests.world import BRISK, World

Switch = Callable[[World], Awaitable[None]]


async def frozen(here: World) -> None:
    """Stop by the switch that every replica obeys."""
    await freeze(here)


async def read_only(here: World) -> None:
    """Stop by the policy file."""
    reload(here, f"{APPROVALS}\n[limits]\nread_only = true\n")


async def on(here: World) -> None:
    """Let changes go on, whichever switch it was."""
    await unfreeze(here)
    reload(here, APPROVALS)


STOPS = [frozen, read_only]


@pytest.mark.parametrize("stop", STOPS)
async def test_asked_while_stopped(idle_world: World, stop: Switch) -> None:
    """A new change is refused by the name of what stops it; readings go on."""
    await idle_world.start(policy=APPROVALS)
    await stop(idle_world)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    refused = idle_world.last()
    await idle_world.say("list edge-42")

    assert "changes are stopped" in refused
    assert "read_only" in refused or "token-bot freeze" in refused
    assert "telegraf on edge-42" in idle_world.last()
    assert idle_world.patches() == []


async def test_read_only_by_the_environment(idle_world: World) -> None:
    """READ_ONLY stops all, whatever the file says."""
    await idle_world.start(policy=SIMPLE, read_only=True)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    reload(idle_world, f"{SIMPLE}\n[limits]\nread_only = false\n")
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    assert "READ_ONLY is set" in idle_world.last()
    assert idle_world.patches() == []


@pytest.mark.parametrize("stop", STOPS)
async def test_confirmed_while_stopped(idle_world: World, stop: Switch) -> None:
    """A preview can be confirmed; it waits, says so, and goes on when the stop is lifted."""
    await idle_world.start(policy=APPROVALS.replace(', "several"', ""))
    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    (message,) = idle_world.channel()
    await stop(idle_world)
    if stop is read_only:
        policy = APPROVALS.replace(', "several"', "")
        reload(idle_world, f"{policy}\n[limits]\nread_only = true\n")

    await idle_world.press(message, "Confirm")
    await idle_world.slack.wait_for(lambda: "Waiting" in message.plain)
    assert texts(message) == ["Cancel"]
    assert idle_world.patches() == []

    await unfreeze(idle_world)
    reload(idle_world, APPROVALS.replace(', "several"', ""))
    await idle_world.slack.wait_for(lambda: "2 tokens disabled" in message.plain)


@pytest.mark.parametrize("stop", STOPS)
async def test_approved_while_stopped(idle_world: World, stop: Switch) -> None:
    """Votes are taken; what they let through waits for the end of the stop."""
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    (message,) = idle_world.channel()
    await stop(idle_world)
    await idle_world.say("pending", user=cast.BOB)

    await idle_world.press(idle_world.slack.ephemerals(cast.BOB)[-1], "Approve", user=cast.BOB)
    assert "It waits: changes are stopped" in idle_world.last(cast.BOB)
    await idle_world.slack.wait_for(lambda: "Waiting" in message.plain)
    await idle_world.influxdb_quiet(seconds=0.2)
    assert reopened(idle_world) == []

    await on(idle_world)
    await idle_world.slack.wait_for(lambda: "Token enabled" in message.plain)
    assert len(reopened(idle_world)) == 1


@pytest.mark.parametrize("stop", STOPS)
async def test_stopped_while_it_waits_for_its_turn(idle_world: World, stop: Switch) -> None:
    """Accepted before the stop, its turn comes after it: it waits and says so."""
    await idle_world.start(policy=APPROVALS)
    gate = await hold_token(idle_world)
    await idle_world.slack.command(
        cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}"
    )
    await stop(idle_world)
    gate.release()
    await idle_world.slack.wait_for(
        lambda: any("Waiting: disable" in m.plain for m in idle_world.channel())
    )
    assert [body for _, body in idle_world.patches()] == ['{"description":"held"}']

    await on(idle_world)
    await idle_world.slack.wait_for(lambda: len(idle_world.patches()) == 2)


async def test_what_waited_comes_before_what_is_asked_later(idle_world: World) -> None:
    """A freeze does not turn the order of two changes of one token round."""
    slow = replace(BRISK.tempo.pauses, held_back=timedelta(seconds=1))
    idle_world.timing = replace(BRISK, tempo=replace(BRISK.tempo, pauses=slow))
    await idle_world.start(policy=SIMPLE)
    gate = await hold_token(idle_world)
    await idle_world.slack.command(
        cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}"
    )
    await freeze(idle_world)
    gate.release()
    await idle_world.slack.wait_for(
        lambda: any("Waiting: disable" in m.plain for m in idle_world.channel())
    )

    await unfreeze(idle_world)
    await idle_world.say(f"enable {TELEGRAF_EDGE_42}")

    assert [body for _, body in idle_world.patches()] == [
        '{"description":"held"}',
        '{"status":"inactive"}',
        '{"status":"active"}',
    ]


@pytest.mark.parametrize("stop", STOPS)
async def test_cancelled_while_it_waits(idle_world: World, stop: Switch) -> None:
    """What waits can be cancelled; it does not go on then."""
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    (message,) = idle_world.channel()
    await stop(idle_world)
    await idle_world.press(message, "Approve", user=cast.BOB)
    await idle_world.slack.wait_for(lambda: "Waiting" in message.plain)

    await idle_world.press(message, "Cancel")
    await on(idle_world)
    await idle_world.influxdb_quiet(seconds=0.2)

    assert "Cancelled" in message.plain
    assert reopened(idle_world) == []


@pytest.mark.parametrize("stop", STOPS)
async def test_a_restart_while_it_waits(idle_world: World, stop: Switch) -> None:
    """What waits still waits after a restart, and goes on after it."""
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    (message,) = idle_world.channel()
    await stop(idle_world)
    await idle_world.press(message, "Approve", user=cast.BOB)
    await idle_world.slack.wait_for(lambda: "Waiting" in message.plain)
    text = idle_world.policy_file.read_text(encoding="utf-8")

    await idle_world.stop()
    await idle_world.start(policy=text)
    await idle_world.influxdb_quiet(seconds=0.2)
    assert reopened(idle_world) == []

    await on(idle_world)
    await idle_world.slack.wait_for(lambda: "Token enabled" in message.plain)


@pytest.mark.parametrize("stop", STOPS)
async def test_a_dry_run_while_stopped(idle_world: World, stop: Switch) -> None:
    """A dry run says that it would not be allowed now."""
    await idle_world.start(policy=APPROVALS)
    await stop(idle_world)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42} --dry-run")

    assert "It would not be allowed now: changes are stopped" in idle_world.last()


async def test_stopped_twice(idle_world: World) -> None:
    """Lifting one of two stops lets nothing through."""
    await idle_world.start(policy=APPROVALS)
    await freeze(idle_world)
    await read_only(idle_world)
    await unfreeze(idle_world)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    assert "read_only" in idle_world.last()
    assert idle_world.patches() == []
