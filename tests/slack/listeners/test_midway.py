"""A change of many tokens, on its way: how far it is, and how to stop it."""

import asyncio
import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Gate
from bot.sandbox.influxdb.organisation import CI_BACKUP, realistic_fixture
from bot.sandbox.slack import Message
from tests.attacks import freeze, texts, unfreeze
from tests.slack.fit_for_people import assert_fit_for_people
from tests.slack.listeners.asking import FREE, PATH, asked
from tests.world import BRISK, World, world

RUNNERS = tuple(f"0fd43095c7{number:03x}000" for number in range(1, 41))
ALL = len(RUNNERS) + 1  # the user's own one as well
# So many are on their way at once; the others wait for their turn.
AT_ONCE = BRISK.tempo.patches_at_once


def _crowd() -> dict[str, Any]:
    """Give the organisation with forty further tokens of one user."""
    fixture = realistic_fixture()
    first = next(a for a in fixture["authorizations"] if a["id"] == CI_BACKUP)
    owner = next(user["id"] for user in fixture["users"] if user["name"] == "ci")
    first["userID"] = owner
    fixture["authorizations"] += [
        {
            **copy.deepcopy(first),
            "id": each,
            "token": each.ljust(86, "y") + "==",
            "description": f"runner {number}",
        }
        for number, each in enumerate(RUNNERS, start=1)
    ]
    return dict(fixture)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    """The whole bot, before an InfluxDB with a user of many tokens."""
    async with world(tmp_path, fixture=_crowd()) as here:
        limits = "[limits]\ntargets_per_person = 1000\n"
        await here.start(policy=f"{FREE}\n{limits}")
        yield here
    assert_fit_for_people(here)


async def _confirmed(here: World) -> Message:
    """Have all tokens of the user disabled, and give the message that tells of it."""
    message = await asked(here, "disable --user ci")
    assert message.plain.startswith(f"To confirm: disable {ALL} tokens of ci on default")
    await here.slack.press(cast.ALICE, message, "Confirm")
    return message


def _hold(here: World, count: int) -> Gate:
    """Let all PATCHes wait but those of the first ones, whatever their order is."""
    held = "|".join(RUNNERS[-count:])
    return here.influxdb.gate("PATCH", f"{PATH}/({held})")


async def _underway(here: World, gate: Gate, message: Message, waiting: int) -> None:
    """Wait until all are sent but those, and as many of them are on their way as can be at once."""
    await here.slack.wait_for(lambda: f"{ALL - waiting} of {ALL} sent." in message.plain)
    async with asyncio.timeout(15):
        await gate.holding(AT_ONCE)


async def test_the_progress_is_told_and_the_rest_cancelled(here: World) -> None:
    """A few are done when Bob stops it: what is on its way is read back, the rest stays."""
    waiting = AT_ONCE + 3
    gate = _hold(here, waiting)
    message = await _confirmed(here)
    await _underway(here, gate, message, waiting)
    midway = (message.plain, texts(message))

    await here.slack.press(cast.BOB, message, "Cancel the rest")
    await here.influxdb_quiet(0.2)
    gate.release()
    await here.settled()

    assert midway[0].startswith(f"Disabling {ALL} tokens of ci on default\n")
    assert midway[1] == ["Cancel the rest"]
    assert len(here.patches()) == ALL - 3
    assert message.plain.startswith(f"{ALL - 3} tokens disabled, 3 cancelled · of ci on default\n")
    assert "Cancelled by @bob while it was under way." in message.plain
    assert texts(message) == [f"Undo {ALL - 3}"]
    assert [a.status for a in here.influxdb.authorizations() if a.id in RUNNERS].count(
        "active"
    ) == 3


async def test_a_stop_of_all_changes_midway_says_so(here: World) -> None:
    """Frozen when some are sent: the message says how far it is and why it waits; then it ends."""
    waiting = AT_ONCE + 3
    gate = _hold(here, waiting)
    message = await _confirmed(here)
    await _underway(here, gate, message, waiting)

    await freeze(here)
    await here.influxdb_quiet(0.2)
    gate.release()
    await here.slack.wait_for(lambda: message.plain.startswith("Waiting"))
    held, sent = message.plain, len(here.patches())
    await unfreeze(here)
    await here.slack.wait_for(lambda: message.plain.startswith(f"{ALL} tokens disabled"))

    assert sent == ALL - 3
    assert f"So far: {ALL - 3} tokens disabled, 3 to come." in held
    assert "by token-bot freeze (drill)." in held
    assert "The rest is sent as soon as it can be." in held
    assert len(here.patches()) == ALL
