"""``--for``: a disable that ends by itself, unless somebody has decided otherwise since."""

from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.attacks import (
    ACTIVE,
    INACTIVE,
    SIMPLE,
    become,
    freeze,
    path,
    reload,
    reopened,
    texts,
    told,
    unfreeze,
)
from tests.world import World

HOUR = timedelta(hours=1)
TEN_MINUTES_BEFORE = HOUR - timedelta(minutes=10) + timedelta(seconds=1)


@pytest.fixture
async def simple(idle_world: World) -> World:
    """The bot where nothing needs an approval."""
    await idle_world.start(policy=SIMPLE)
    return idle_world


async def for_an_hour(here: World, *, user: str = cast.ALICE) -> Message:
    """Disable a token for an hour, and give the message."""
    await here.say(f"disable {TELEGRAF_EDGE_42} --for 1h", user=user)
    message = here.channel()[-1]
    assert "To be enabled again by itself at" in message.plain
    return message


async def enabled_again(here: World) -> None:
    """Wait until the token is enabled again by itself, and told."""
    await here.slack.wait_for(lambda: any("then undone" in m.plain for m in here.channel()))


async def test_enabled_again(simple: World) -> None:
    """After the time it is active again, and its message says so, without buttons."""
    message = await for_an_hour(simple)
    assert "Keep disabled" in texts(message)
    simple.now.advance(HOUR - timedelta(minutes=1))
    await simple.influxdb_quiet(seconds=0.2)
    assert reopened(simple) == []

    simple.now.advance(timedelta(minutes=1))
    await enabled_again(simple)

    assert [body for _, body in simple.patches()] == [INACTIVE, ACTIVE]
    assert message.buttons == []
    events = [e for e in await simple.events() if e.detail.get("automatic")]
    assert events, "the record says that the bot did it by itself"


async def test_a_note_beforehand(simple: World) -> None:
    """Ten minutes before the end the requester is told, once, with a button to keep it."""
    await for_an_hour(simple)
    simple.now.advance(TEN_MINUTES_BEFORE)

    await told(simple, "About to be enabled again")

    (note,) = simple.slack.direct_messages(cast.ALICE)
    assert texts(note) == ["Keep disabled"]
    await simple.press(note, "Keep disabled")
    simple.now.advance(HOUR)
    await simple.influxdb_quiet(seconds=0.2)
    assert reopened(simple) == []
    assert len(simple.slack.direct_messages(cast.ALICE)) <= 2


async def test_keep_disabled(simple: World) -> None:
    """Kept disabled, it stays; the message says who did that, and offers Undo."""
    message = await for_an_hour(simple)

    await simple.press(message, "Keep disabled", user=cast.BOB)
    simple.now.advance(2 * HOUR)
    await simple.influxdb_quiet(seconds=0.2)

    assert "@bob stopped the timer." in message.plain
    assert "Keep disabled" not in texts(message)
    assert reopened(simple) == []


async def test_keep_disabled_by_whoever_may_not(simple: World) -> None:
    """A viewer and a stranger stop no timer."""
    message = await for_an_hour(simple)

    for user in (cast.DAVE, cast.MALLORY):
        await simple.press(message, "Keep disabled", user=user)
        assert "Not allowed" in simple.last(user)
    simple.now.advance(HOUR)
    await enabled_again(simple)


async def test_keep_disabled_too_late(simple: World) -> None:
    """Pressed after the end, it says that there is nothing left to stop."""
    message = await for_an_hour(simple)
    simple.now.advance(HOUR)
    await enabled_again(simple)

    await simple.press(message, "Keep disabled", outdated=True)

    assert "ended at" in simple.last()
    assert "The token was active when it was read last." in simple.last()


@pytest.mark.parametrize("what", ["described", "enabled and disabled", "touched"])
async def test_edited_in_the_ui(simple: World, what: str) -> None:
    """Somebody has decided about the token since: it is left alone, and the requester is told."""
    await for_an_hour(simple)
    match what:
        case "described":
            simple.influxdb.edit(TELEGRAF_EDGE_42, description="revoked, see ticket")
        case "enabled and disabled":
            simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")
            simple.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
        case _:
            simple.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")

    simple.now.advance(HOUR)
    await told(simple, "has changed since")

    assert reopened(simple) == []


@pytest.mark.parametrize("user", [cast.ALICE, cast.BOB])
async def test_somebodys_later_disable(simple: World, user: str) -> None:
    """A later disable, though there was nothing to do, means that it is to stay disabled."""
    await for_an_hour(simple)
    await simple.say(f"disable {TELEGRAF_EDGE_42}", user=user)
    assert "Nothing to change" in simple.last(user)

    simple.now.advance(HOUR)
    await told(simple, "asked for another change of this token")

    assert reopened(simple) == []


async def test_a_later_undo(simple: World) -> None:
    """Undone before the end, nothing more happens at the end."""
    message = await for_an_hour(simple)
    await simple.press(message, "Undo", user=cast.BOB)
    sent = len(simple.patches())

    simple.now.advance(HOUR)
    await simple.influxdb_quiet(seconds=0.2)

    assert len(simple.patches()) == sent
    assert "Undone by @bob" in message.plain


async def test_a_no_op_sets_no_timer(simple: World) -> None:
    """What was inactive already is not enabled by a timer that was never needed."""
    await simple.say(f"disable {INACTIVE_LOAD_TEST} --for 1h")

    simple.now.advance(HOUR)
    await simple.influxdb_quiet(seconds=0.2)

    assert simple.patches() == []
    assert simple.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"


async def test_a_failure_sets_no_timer(simple: World) -> None:
    """What could not be disabled is not enabled either."""
    simple.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", times=9)
    await simple.say(f"disable {TELEGRAF_EDGE_42} --for 1h")
    sent = len(simple.patches())
    simple.influxdb.faults.clear()

    simple.now.advance(HOUR)
    await simple.influxdb_quiet(seconds=0.2)

    assert len(simple.patches()) == sent
    assert reopened(simple) == []


async def test_it_survives_a_restart(simple: World) -> None:
    """The timer is in the database: it ends although the process that set it did before."""
    await for_an_hour(simple)
    await simple.stop()
    simple.now.advance(HOUR)

    await simple.start(policy=SIMPLE)
    await enabled_again(simple)

    assert [body for _, body in simple.patches()] == [INACTIVE, ACTIVE]


async def test_several(simple: World) -> None:
    """Several end together, but for those that somebody has decided about since."""
    await simple.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43} --for 1h")
    (message,) = simple.channel()
    await simple.press(message, "Confirm")
    simple.influxdb.edit(TELEGRAF_EDGE_43, description="this one stays")

    simple.now.advance(HOUR)
    await simple.slack.wait_for(lambda: "1 token enabled" in message.plain)

    assert reopened(simple) == [path()]
    assert simple.influxdb.authorization(TELEGRAF_EDGE_43).status == "inactive"


async def test_more_than_one_person_may_change(simple: World) -> None:
    """Where the end of so many would need an approver, --for is refused at once."""
    reload(simple, f"{SIMPLE}\n[limits]\ntargets_per_person = 1\n")

    await simple.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43} --for 1h")

    assert "--for enables again by itself" in simple.last()
    assert simple.patches() == []


async def test_a_description_that_needs_an_approval(simple: World) -> None:
    """So it is where its end would restore a description, and that needs one."""
    reload(simple, f'{SIMPLE}\n[approval]\nneeded_for = ["describe"]\n')

    await simple.say(f"disable {TELEGRAF_EDGE_42} --describe leaked --for 1h")

    assert "--for enables again by itself" in simple.last()
    assert simple.patches() == []


async def test_a_freeze_at_its_end(simple: World) -> None:
    """A freeze holds the end as it holds everything; when it is lifted, the end comes."""
    await for_an_hour(simple)
    await freeze(simple)
    simple.now.advance(HOUR)
    await simple.slack.wait_for(
        lambda: any("token-bot freeze" in m.plain for m in simple.channel())
    )
    assert reopened(simple) == []

    await unfreeze(simple)
    await simple.slack.wait_for(lambda: reopened(simple) == [path()])


async def test_read_only_at_its_end(simple: World) -> None:
    """So does read_only."""
    await for_an_hour(simple)
    reload(simple, f"{SIMPLE}\n[limits]\nread_only = true\n")
    simple.now.advance(HOUR)

    await simple.slack.wait_for(lambda: any("read_only" in m.plain for m in simple.channel()))

    assert reopened(simple) == []


async def test_a_requester_who_may_not_any_more(simple: World) -> None:
    """The end is asked for in the requester's name: one who was deactivated enables nothing."""
    await for_an_hour(simple)
    become(simple, cast.ALICE, deleted=True)
    simple.now.advance(HOUR)

    await simple.slack.wait_for(
        lambda: [c for c in simple.slack.journal if "Not undone" in str(c.arguments.get("text"))]
    )

    assert reopened(simple) == []


@pytest.mark.parametrize("span", ["0", "30s", "31d", "-1h", "tomorrow", "2h2h", "99999999h"])
async def test_spans_that_are_none(simple: World, span: str) -> None:
    """What is no time, too short or too long is refused before anything is stored."""
    await simple.say(f"disable {TELEGRAF_EDGE_42} --for {span}")

    assert "--for" in simple.last()
    assert simple.patches() == []


async def test_enable_takes_none(simple: World) -> None:
    """An enable does not end by itself."""
    await simple.say(f"enable {INACTIVE_LOAD_TEST} --for 1h")

    assert simple.patches() == []


async def test_pending_shows_it(simple: World) -> None:
    """What ends by itself waits, and can be kept from there."""
    await for_an_hour(simple)
    await simple.say("pending", user=cast.BOB)
    pending = simple.slack.ephemerals(cast.BOB)[-1]
    assert "To be enabled again by itself" in pending.plain

    await simple.press(pending, "Keep disabled", user=cast.BOB)
    simple.now.advance(HOUR)
    await simple.influxdb_quiet(seconds=0.2)

    assert reopened(simple) == []


async def test_an_undo_that_nobody_confirms(simple: World) -> None:
    """An undo waits for its Confirm when the time is over: the end comes after it has expired."""
    await simple.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43} --for 1h")
    (message,) = simple.channel()
    await simple.press(message, "Confirm")
    simple.now.advance(HOUR - timedelta(minutes=5))
    await simple.press(message, "Undo 2")
    simple.now.advance(timedelta(minutes=6))
    await simple.influxdb_quiet(seconds=0.2)
    assert reopened(simple) == []

    simple.now.advance(timedelta(minutes=5))
    await simple.slack.wait_for(lambda: len(reopened(simple)) == 2)


async def test_kept_while_an_undo_waits(simple: World) -> None:
    """Kept disabled while somebody's undo waits for its Confirm: it stays, once that is cancelled.

    Whoever keeps it disabled has no say in the undo, which somebody else has asked for.
    """
    await simple.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43} --for 1h")
    (message,) = simple.channel()
    await simple.press(message, "Confirm")
    await simple.press(message, "Undo 2")

    await simple.press(message, "Keep disabled", user=cast.BOB, outdated=True)
    await simple.press(simple.channel()[-1], "Cancel")
    simple.now.advance(2 * HOUR)
    await simple.influxdb_quiet(seconds=0.2)

    assert reopened(simple) == []
    assert "@bob stopped the timer." in message.plain


async def test_kept_after_its_undo(simple: World) -> None:
    """After an undo took effect there is nothing left to keep disabled."""
    message = await for_an_hour(simple)
    await simple.press(message, "Undo")

    await simple.press(message, "Keep disabled", user=cast.BOB, outdated=True)

    assert "was undone as change" in simple.last(cast.BOB)
    assert "The token was active when it was read last." in simple.last(cast.BOB)
    assert "Undone by @alice" in message.plain
