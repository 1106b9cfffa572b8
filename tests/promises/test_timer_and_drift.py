"""Where a timer and what others do meet: every message says what holds."""

from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from bot.sandbox.slack import Message
from tests.attacks import SIMPLE, reopened, shows, texts, told
from tests.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
JUST_BEFORE = timedelta(minutes=51)


@pytest.fixture
async def simple(idle_world: World) -> World:
    """The bot where nothing needs an approval."""
    await idle_world.start(policy=SIMPLE)
    return idle_world


async def disabled(here: World, *ids: str, how: str = "--for 1h") -> Message:
    """Disable tokens, and give the message."""
    await here.say(f"disable {' '.join(ids or [TELEGRAF_EDGE_42])} {how}")
    message = here.channel()[-1]
    if "Confirm" in texts(message):
        await here.press(message, "Confirm")
    return message


def drifts(here: World) -> list[Message]:
    """Give what tells that something is active again, the newest last."""
    return [m for m in here.channel() if "that was loaded before" in m.plain]


async def active_again(here: World, authorization_id: str = TELEGRAF_EDGE_42) -> Message:
    """Let somebody enable a token in the UI, and the bot find it; give what tells of it."""
    before = drifts(here)
    here.influxdb.edit(authorization_id, status="active")
    here.now.advance(MINUTE + timedelta(seconds=1))
    await here.slack.wait_for(lambda: len(drifts(here)) > len(before))
    await here.settled()
    return drifts(here)[-1]


async def noted(here: World) -> Message:
    """Let the time go on until the end is near, and give the note."""
    here.now.advance(JUST_BEFORE)
    await told(here, "About to be enabled again")
    (note,) = here.slack.direct_messages(cast.ALICE)
    return note


async def test_active_again(simple: World) -> None:
    """What was found active is not said to end by itself, and nobody is asked to keep it."""
    change = await disabled(simple)
    await active_again(simple)

    assert "To be enabled again by itself" not in change.plain
    assert texts(change) == ["Details"]
    await simple.say("pending", user=cast.BOB)
    assert "Nothing waits" in simple.last(cast.BOB)


async def test_no_note_of_what_is_active_again(simple: World) -> None:
    """Nobody is asked to keep it disabled; of another one, which ends after it, they are."""
    await disabled(simple)
    await active_again(simple)
    await disabled(simple, TELEGRAF_EDGE_43)

    note = await noted(simple)
    await simple.settled()

    assert TELEGRAF_EDGE_43 in note.plain
    assert simple.slack.direct_messages(cast.ALICE) == [note]


async def test_kept_disabled_although_active(simple: World) -> None:
    """Whoever presses Keep disabled on an earlier list is told that it is active, as all are."""
    change = await disabled(simple)
    await simple.say("pending", user=cast.BOB)
    pending = simple.slack.ephemerals(cast.BOB)[-1]
    await active_again(simple)

    await simple.press(pending, "Keep disabled", user=cast.BOB)

    assert "Timer stopped by @bob; the token is active again." in change.plain
    assert "tays disabled" not in change.plain
    assert "The token is active again." in await told(simple, "You have stopped", cast.BOB)


async def test_one_of_two_is_active_again(simple: World) -> None:
    """The other one still ends by itself, and can be kept."""
    change = await disabled(simple, TELEGRAF_EDGE_42, TELEGRAF_EDGE_43)
    await active_again(simple)

    assert "1 token to be enabled again by itself at" in change.plain
    await simple.say("pending", user=cast.BOB)
    assert "1 token to be enabled again by itself" in simple.last(cast.BOB)
    await simple.press(change, "Keep disabled", user=cast.BOB)
    assert "1 token stays disabled: @bob stopped the timer." in change.plain
    simple.now.advance(HOUR)
    await simple.influxdb_quiet(seconds=0.2)
    assert reopened(simple) == []


async def test_the_note_after_it_was_stopped_elsewhere(simple: World) -> None:
    """Pressed in the note after somebody has stopped the timer: who did, and the token's status."""
    change = await disabled(simple)
    note = await noted(simple)
    await simple.press(change, "Keep disabled", user=cast.BOB)

    await simple.press(note, "Keep disabled")

    answer = await told(simple, "was stopped already")
    assert "The token was inactive when it was read last." in answer
    assert "By @bob" in answer
    assert "ancel" not in answer
    assert note.buttons == []
    assert "Stays disabled: @bob stopped the timer." in note.plain


async def test_the_note_after_the_end(simple: World) -> None:
    """Pressed in the note after the end: when that was, and that the token is active."""
    await disabled(simple)
    note = await noted(simple)
    simple.now.advance(HOUR)
    await shows(simple, "then undone")
    await simple.settled()

    await simple.press(note, "Keep disabled")

    answer = await told(simple, "ended at")
    assert "The token was active when it was read last." in answer
    assert note.buttons == []
    assert "Undone by itself as change" in note.plain


async def test_the_note_after_it_is_active_again(simple: World) -> None:
    """Pressed in the note once others have set the token active: it says that it is active."""
    await disabled(simple)
    note = await noted(simple)
    await active_again(simple)

    await simple.press(note, "Keep disabled")

    assert "The token is active again." in await told(simple, "You have stopped")
    assert note.buttons == []
    assert "Timer stopped by @alice; the token is active again." in note.plain


async def test_the_note_is_used(simple: World) -> None:
    """Pressed in time, the note has no button left, and says who has stopped the timer."""
    await disabled(simple)
    note = await noted(simple)

    await simple.press(note, "Keep disabled")

    assert note.buttons == []
    assert "Stays disabled: @alice stopped the timer." in note.plain


async def test_disabled_by_command_meanwhile(simple: World) -> None:
    """Disable again, pressed after somebody's disable: that is said at once, nothing is sent."""
    await disabled(simple, how="")
    found = await active_again(simple)
    await simple.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    sent = len(simple.patches())

    await simple.press(found, "Disable again")

    assert "was disabled again at" in simple.last()
    assert "By @bob" in simple.last()
    assert texts(found) == ["Details"]
    assert "Disabled again since by @bob as change" in found.plain
    assert len(simple.patches()) == sent


async def test_active_once_more_after_that(simple: World) -> None:
    """Found active after that disable as well, Disable again of the first drift disables again."""
    await disabled(simple, how="")
    found = await active_again(simple)
    await simple.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    await active_again(simple)
    sent = len(simple.patches())

    await simple.press(found, "Disable again")

    assert len(simple.patches()) == sent + 1
    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
