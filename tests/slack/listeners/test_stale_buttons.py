"""No dead buttons: pressed too late, each is answered, and its message shows what is so now."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from tests.attacks import texts
from tests.slack.listeners.asking import ENABLE, PATH, POLICY, TWO, asked
from tests.world import World


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, where enabling needs somebody of the security group."""
    await idle_world.start(policy=POLICY)
    return idle_world


async def _stray(here: World, text: str) -> tuple[Message, Message]:
    """Have Slack post a message twice, and give the copy of which the record knows nothing."""
    here.slack.faults.add("chat.postMessage", drop=True, applied=True)
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", text)
    await here.slack.wait_for(lambda: len(here.channel()) == 2)
    await here.settled()
    stray, known = here.channel()
    return stray, known


async def _confirm(here: World, known: Message) -> None:
    await here.press(known, "Confirm")


async def _cancel(here: World, known: Message) -> None:
    await here.press(known, "Cancel")


async def _approve(here: World, known: Message) -> None:
    await here.press(known, "Approve", user=cast.CAROL)


async def _deny(here: World, known: Message) -> None:
    await here.press(known, "Deny", user=cast.CAROL)
    await here.slack.submit(cast.CAROL, {"Reason": "no"})
    await here.settled()


Move = Callable[[World, Message], Awaitable[None]]


@pytest.mark.parametrize(
    ("text", "move", "button", "expected"),
    [
        (TWO, _confirm, "Confirm", "is finished. Nothing more was changed."),
        (TWO, _confirm, "Cancel", "is finished, so there is nothing to cancel."),
        (TWO, _cancel, "Confirm", "was cancelled. Nothing more was changed.\nBy @alice"),
        (TWO, _cancel, "Cancel", "was cancelled, so there is nothing to cancel."),
        (ENABLE, _approve, "Approve", "is already approved. Nothing more was changed. By @carol."),
        (ENABLE, _approve, "Deny", "is already approved. Nothing more was changed. By @carol."),
        (ENABLE, _approve, "Cancel", "is finished, so there is nothing to cancel."),
        (ENABLE, _deny, "Approve", "was denied. Nothing more was changed. By @carol."),
        (ENABLE, _deny, "Deny", "was denied. Nothing more was changed. By @carol."),
        (ENABLE, _cancel, "Approve", "was cancelled. Nothing more was changed. By @alice."),
    ],
)
async def test_a_request_that_has_moved_on(
    here: World, text: str, move: Move, button: str, expected: str
) -> None:
    """A copy that still offers its buttons learns what has become of it, and by whom."""
    stray, known = await _stray(here, text)
    await move(here, known)
    patches = here.patches()
    before = texts(stray)
    user = cast.ALICE if button in {"Confirm", "Cancel"} else cast.BOB
    await here.say("whoami", user=user)

    await here.press(stray, button, user=user)
    await here.settled()

    assert button in before
    assert expected.replace("\n", " ").rstrip(".") in here.last(user).replace("\n", " ")
    assert here.patches() == patches
    assert (stray.plain, texts(stray)) == (known.plain, texts(known))


async def test_a_retry_that_came_too_late(here: World) -> None:
    """Somebody has tried it again: told by whom, and the copy offers it no more."""
    path = f"{PATH}/{TELEGRAF_EDGE_42}"
    here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path, times=9)
    stray, known = await _stray(here, f"disable {TELEGRAF_EDGE_42}")
    before = texts(stray)
    here.influxdb.faults.clear()
    await here.press(known, "Retry", user=cast.BOB)

    await here.press(stray, "Retry")
    await here.settled()

    assert before == ["Retry", "Details"]
    assert "is already tried again, as change " in here.last()
    assert "By @bob." in here.last()
    assert (stray.plain, texts(stray)) == (known.plain, ["Details"])


async def test_a_disable_again_that_came_too_late(here: World) -> None:
    """Somebody has disabled it again: told by whom, and the copy offers it no more."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    here.slack.faults.add("chat.postMessage", drop=True, applied=True)
    here.now.advance(timedelta(minutes=1, seconds=1))
    await here.slack.wait_for(lambda: len(here.channel()) == 3)
    await here.settled()
    _, stray, known = here.channel()
    before = texts(stray)
    await here.press(known, "Disable again", user=cast.BOB)

    await here.press(stray, "Disable again")
    await here.settled()

    assert before == ["Disable again", "Details"]
    assert "is already disabled again, as change " in here.last()
    assert "By @bob." in here.last()
    assert (stray.plain, texts(stray)) == (known.plain, ["Details"])


async def test_a_timer_that_is_stopped_already(idle_world: World) -> None:
    """Keep disabled, pressed twice: it was stopped already, and the copy says by whom."""
    here = idle_world
    await here.start()
    stray, known = await _stray(here, f"disable {TELEGRAF_EDGE_42} --for 2h")
    await here.press(known, "Keep disabled", user=cast.BOB)
    await here.slack.wait_for(lambda: "stopped the timer" in known.plain)

    await here.press(stray, "Keep disabled")
    await here.settled()

    assert "was stopped already." in here.last()
    assert "Stays disabled: @bob stopped the timer." in stray.plain
    assert texts(stray) == ["Undo", "Details"]


async def test_a_choice_that_was_made_already(here: World) -> None:
    """A button whose instance is none of those that were offered changes nothing."""
    message = await asked(here, TWO)
    await here.press(message, "Confirm")

    await here.press(message, "Confirm", outdated=True)

    assert "is finished. Nothing more was changed." in here.last()
    assert len(here.patches()) == 2
