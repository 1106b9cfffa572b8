"""What waits, as one person sees it; its buttons move it on as those of its message do."""

from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from tests.attacks import reload, texts
from tests.slack.listeners.asking import ENABLE, FREE, POLICY, TWO, asked, statuses
from tests.world import World


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, where enabling needs somebody of the security group."""
    await idle_world.start(policy=POLICY)
    return idle_world


async def _pending(here: World, user: str = cast.ALICE) -> Message:
    await here.say("pending", user=user)
    return here.slack.ephemerals(user)[-1]


async def test_nothing_waits(here: World) -> None:
    """And nobody else reads that."""
    assert (await _pending(here)).plain == "Nothing waits"
    assert here.channel() == []


async def test_confirm(here: World) -> None:
    """The requester confirms from there: told alone what follows; the message tells the rest."""
    message = await asked(here, TWO)
    shown = await _pending(here)
    before = shown.plain

    await here.press(shown, "Confirm")

    assert before.startswith("1 change waits\nDisable 2 tokens\nWaits for its requester")
    assert shown.plain.splitlines()[0] in {"Nothing waits", "1 change waits"}
    assert "You have confirmed change " in here.last()
    assert "It goes on now; the outcome follows." in here.last()
    assert message.plain.startswith("2 tokens disabled · on default\n")
    assert len(here.patches()) == 2


async def test_approve_and_deny(here: World) -> None:
    """Two approvals wait, the oldest first: Carol denies the one and approves the other."""
    first = await asked(here, ENABLE)
    second = await asked(here, f"{ENABLE} --describe again")
    shown = await _pending(here, cast.CAROL)
    before = (shown.plain, texts(shown))

    await here.press(shown, "Approve", nth=1, user=cast.CAROL)
    approved = here.last(cast.CAROL)
    await here.press(shown, "Deny", user=cast.CAROL)
    await here.slack.submit(cast.CAROL, {"Reason": "once is enough"})
    await here.settled()

    assert before[0].startswith("2 changes wait\nEnable load test of June\nWaits for approval")
    assert before[1] == ["Approve", "Deny", "Cancel"] * 2
    assert "You have approved change " in approved
    assert first.plain.startswith("Denied: enable load test of June\n")
    assert second.plain.startswith("Token enabled")
    assert len(here.patches()) == 1


async def test_cancel(here: World) -> None:
    """What waits is over, and the message says so."""
    message = await asked(here, ENABLE)
    shown = await _pending(here)

    await here.press(shown, "Cancel")

    assert "You have cancelled change " in here.last()
    assert "Nothing was changed." in here.last()
    assert shown.plain == "Nothing waits"
    assert message.plain.startswith("Cancelled: enable load test of June\n")
    assert (await _pending(here)).plain == "Nothing waits"


async def test_a_timer(here: World) -> None:
    """A disable that ends by itself waits as well, and can be kept."""
    reload(here, FREE)
    message = await asked(here, f"disable {TELEGRAF_EDGE_42} --for 2h")
    shown = await _pending(here, cast.BOB)
    before = shown.plain

    await here.press(shown, "Keep disabled", user=cast.BOB)
    await here.slack.wait_for(lambda: "stopped the timer" in message.plain)

    assert "Done. To be enabled again by itself at " in before
    assert shown.plain == "Nothing waits"
    assert "You have stopped the timer of change " in here.last(cast.BOB)
    assert "What is disabled stays disabled." in here.last(cast.BOB)
    assert (await _pending(here)).plain == "Nothing waits"


async def test_a_list_that_is_outdated(here: World) -> None:
    """What was shown has moved on since: told by whom, and the list shows what waits now."""
    await asked(here, ENABLE)
    shown = await _pending(here, cast.BOB)
    await here.press(here.channel()[0], "Approve", user=cast.CAROL)
    here.now.advance(timedelta(seconds=1))

    await here.press(shown, "Approve", user=cast.BOB)
    await here.settled()

    assert "Nothing more was changed. By @carol." in here.last(cast.BOB)
    assert shown.plain == "Nothing waits"
    assert statuses(here) == ['{"status":"active"}']


async def test_strangers_see_nothing(here: World) -> None:
    """It takes a viewer."""
    await asked(here, TWO)

    assert (await _pending(here, cast.MALLORY)).plain.startswith("Not allowed: you hold no role")
