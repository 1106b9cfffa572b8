"""P8: no path sets a token active without the approval that the policy wants. Each is an attack."""

from datetime import timedelta

import pytest

from bot.changes.audit import EventTag
from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.attacks import (
    APPROVALS,
    ENABLE_ALONE,
    INACTIVE,
    SEVERAL_ALONE,
    SIMPLE,
    freeze,
    hold_token,
    id_of,
    path,
    reload,
    reopened,
    shows,
    texts,
    told,
    unfreeze,
)
from tests.world import World


@pytest.fixture
async def guarded(idle_world: World) -> World:
    """The bot where enabling, and several at once, need an approval."""
    await idle_world.start(policy=APPROVALS)
    return idle_world


@pytest.fixture
async def lenient(idle_world: World) -> World:
    """The bot where nothing needs an approval, before the policy changes."""
    await idle_world.start(policy=SIMPLE)
    return idle_world


def assert_asked(here: World) -> None:
    """Check that somebody is asked to approve, and that nothing was enabled."""
    assert reopened(here) == []
    (message,) = (each for each in here.channel() if "Approval needed" in each.plain)
    assert texts(message)[:3] == ["Approve", "Deny", "Cancel"]


@pytest.mark.parametrize(
    "text",
    [
        f"enable {INACTIVE_LOAD_TEST}",
        f"activate {INACTIVE_LOAD_TEST}",
        f"active {INACTIVE_LOAD_TEST.upper()}",
        f"enable {INACTIVE_LOAD_TEST} --describe back again",
        f"enable {INACTIVE_LOAD_TEST} {INACTIVE_LOAD_TEST}",
    ],
)
async def test_typed(guarded: World, text: str) -> None:
    """However enable is typed, it asks; its own requester waits for somebody else."""
    await guarded.say(text)

    assert_asked(guarded)


async def test_a_lists_row(guarded: World) -> None:
    """The Enable of a list's row is the same as typing it."""
    await guarded.say("list load test")

    await guarded.press(guarded.slack.ephemerals(cast.ALICE)[-1], "Enable")

    assert_asked(guarded)


async def test_the_details(guarded: World) -> None:
    """So is the Enable of a token's details."""
    await guarded.say(f"show {INACTIVE_LOAD_TEST}")

    await guarded.press(guarded.slack.ephemerals(cast.ALICE)[-1], "Enable")

    assert_asked(guarded)


async def test_the_undo_button(guarded: World) -> None:
    """To take a disable back is to enable, whoever presses it."""
    await guarded.say(f"disable {TELEGRAF_EDGE_42}")

    await guarded.press(guarded.channel()[0], "Undo", user=cast.BOB)

    assert_asked(guarded)


@pytest.mark.parametrize("named", [False, True])
async def test_typed_undo(guarded: World, named: bool) -> None:  # noqa: FBT001 - a parameter
    """So is typing it, with the change or without."""
    await guarded.say(f"disable {TELEGRAF_EDGE_42}")

    await guarded.say(f"undo {id_of(guarded.channel()[0])}" if named else "undo")

    assert_asked(guarded)


async def test_an_undo_that_hides_behind_a_description(guarded: World) -> None:
    """A disable that also described: its undo still enables, and asks."""
    await guarded.say(f"disable {TELEGRAF_EDGE_42} --describe leaked")

    await guarded.say("undo")

    assert_asked(guarded)


async def test_the_undo_of_several(idle_world: World) -> None:
    """Confirmed by its requester alone, the undo of a bulk disable is not sent: it asks."""
    await idle_world.start(policy=ENABLE_ALONE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    await idle_world.press(idle_world.channel()[0], "Confirm")

    await idle_world.press(idle_world.channel()[0], "Undo 2")
    await idle_world.press(idle_world.channel()[-1], "Confirm")

    assert_asked(idle_world)


async def test_the_undo_of_several_where_one_alone_is_free(idle_world: World) -> None:
    """Where only several need an approval, the undo of several is several."""
    await idle_world.start(policy=SEVERAL_ALONE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    await idle_world.press(idle_world.channel()[0], "Confirm")
    await idle_world.press(idle_world.channel()[0], "Approve", user=cast.BOB)

    await idle_world.press(idle_world.channel()[0], "Undo 2")
    await idle_world.press(idle_world.channel()[-1], "Confirm")

    assert_asked(idle_world)


async def test_an_undo_of_an_undo(guarded: World) -> None:
    """Enable with an approval, undo it freely, undo that: the last would enable, and is refused."""
    await guarded.say(f"enable {INACTIVE_LOAD_TEST}")
    await guarded.press(guarded.channel()[0], "Approve", user=cast.BOB)
    await guarded.press(guarded.channel()[0], "Undo")
    undo = next(e for e in await guarded.events() if e.detail.get("undo_of"))

    await guarded.say(f"undo {undo.change_id}")

    assert "an undo is not undone" in guarded.last()
    assert len(reopened(guarded)) == 1
    assert guarded.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"


async def test_for_a_while(guarded: World) -> None:
    """A disable that would end by itself is refused: its end would be nobody's second look."""
    await guarded.say(f"disable {TELEGRAF_EDGE_42} --for 1h")

    assert "--for enables again by itself" in guarded.last()
    assert guarded.patches() == []
    assert await guarded.tags() == ["request.refused"]


async def test_a_dry_run_of_for_a_while(idle_world: World) -> None:
    """It promises nothing that would be refused."""
    await idle_world.start(policy=APPROVALS)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42} --for 1h --dry-run")

    told = idle_world.last()
    assert "It would be refused: Not allowed: --for enables again by itself" in told
    assert "To be enabled again" not in told


async def test_for_a_while_several(idle_world: World) -> None:
    """Where only several need an approval, --for of several is refused, of one is not."""
    await idle_world.start(policy=SEVERAL_ALONE)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43} --for 1h")
    refused = idle_world.last()
    await idle_world.say("disable --user telegraf --for 1h")

    assert "--for enables again by itself" in refused
    assert "--for enables again by itself" in idle_world.last()
    assert idle_world.patches() == []


async def test_a_timer_that_outlives_its_policy(lenient: World) -> None:
    """Once enabling needs an approval, a timer that was set before enables nothing any more."""
    await lenient.say(f"disable {TELEGRAF_EDGE_42} --for 1h")
    reload(lenient, APPROVALS)
    lenient.now.advance(timedelta(hours=1, minutes=1))

    await told(lenient, "does not happen by itself")

    assert reopened(lenient) == []


async def test_the_retry_of_an_approved_enable(guarded: World) -> None:
    """An approval is used up by its execution: what failed is asked for anew."""
    await guarded.say(f"enable {INACTIVE_LOAD_TEST}")
    guarded.influxdb.faults.add(
        Fault.INTERNAL_ERROR, method="PATCH", path=path(INACTIVE_LOAD_TEST), times=9
    )
    await guarded.press(guarded.channel()[0], "Approve", user=cast.BOB)
    guarded.influxdb.faults.clear()
    tried = len(reopened(guarded))

    await guarded.press(guarded.channel()[0], "Retry")

    assert "Approval needed" in guarded.channel()[-1].plain
    assert len(reopened(guarded)) == tried
    assert guarded.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"


async def test_an_old_retry(lenient: World) -> None:
    """What a later try has done and somebody took back is not done by the first one's Retry."""
    lenient.influxdb.faults.add(
        Fault.INTERNAL_ERROR, method="PATCH", path=path(INACTIVE_LOAD_TEST), times=2
    )
    await lenient.say(f"enable {INACTIVE_LOAD_TEST}")
    first = lenient.channel()[-1]
    await lenient.press(first, "Retry")
    await lenient.press(lenient.channel()[-1], "Retry")
    assert lenient.influxdb.authorization(INACTIVE_LOAD_TEST).status == "active"
    await lenient.press(first, "Retry")
    meanwhile = await told(lenient, "carried out meanwhile")
    await lenient.say(f"disable {INACTIVE_LOAD_TEST}", user=cast.BOB)
    opened = len(reopened(lenient))

    await lenient.press(first, "Retry")

    refused = await told(lenient, "something else of this token since")
    assert "Nothing more was changed." in meanwhile
    assert "By @bob." in refused
    assert len(reopened(lenient)) == opened
    assert lenient.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"


async def test_an_old_preview(lenient: World) -> None:
    """What was shown before the policy changed is confirmed under the new one: it asks."""
    lenient.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
    await lenient.say(f"enable {INACTIVE_LOAD_TEST} {TELEGRAF_EDGE_42}")
    reload(lenient, APPROVALS)

    await lenient.press(lenient.channel()[0], "Confirm")

    assert_asked(lenient)


async def test_an_old_list(lenient: World) -> None:
    """A row's Enable from before the policy changed asks as well."""
    await lenient.say("list load test")
    reload(lenient, APPROVALS)

    await lenient.press(lenient.slack.ephemerals(cast.ALICE)[-1], "Enable")

    assert_asked(lenient)


async def test_an_old_undo(lenient: World) -> None:
    """So does the Undo of a message from before."""
    await lenient.say(f"disable {TELEGRAF_EDGE_42}")
    reload(lenient, APPROVALS)

    await lenient.press(lenient.channel()[0], "Undo")

    assert_asked(lenient)


async def test_queued_through_a_freeze(lenient: World) -> None:
    """Accepted before, held back by a freeze, and the policy changed meanwhile: it asks."""
    gate = await hold_token(lenient, INACTIVE_LOAD_TEST)
    await lenient.slack.command(
        cast.ALICE, cast.INCIDENTS, "/token", f"enable {INACTIVE_LOAD_TEST}"
    )
    await freeze(lenient)
    gate.release()
    await shows(lenient, "Waiting")
    reload(lenient, APPROVALS)

    await unfreeze(lenient)
    await shows(lenient, "Approval needed")

    assert_asked(lenient)


async def test_queued_behind_another_change(lenient: World) -> None:
    """Accepted before, waiting for the token's turn while the policy changes: it asks."""
    gate = await hold_token(lenient, INACTIVE_LOAD_TEST)
    await lenient.slack.command(
        cast.ALICE, cast.INCIDENTS, "/token", f"enable {INACTIVE_LOAD_TEST}"
    )
    reload(lenient, APPROVALS)

    gate.release()
    await lenient.settled()

    assert_asked(lenient)


@pytest.mark.parametrize(
    "text",
    [
        f"describe {INACTIVE_LOAD_TEST} --status active",
        f'describe {INACTIVE_LOAD_TEST} x","status":"active',
        f"rename {INACTIVE_LOAD_TEST} enable {INACTIVE_LOAD_TEST}",
    ],
)
async def test_smuggled_into_a_description(guarded: World, text: str) -> None:
    """A description is a description, whatever it says."""
    await guarded.say(text)

    assert guarded.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"
    assert str(guarded.patches()[0][1]).startswith('{"description":')


async def test_smuggled_into_a_disable(guarded: World) -> None:
    """The undo of a disable that changed nothing cannot enable, by name or as the latest."""
    await guarded.say(f"disable {INACTIVE_LOAD_TEST}")
    (accepted,) = [e for e in await guarded.events() if e.tag is EventTag.REQUEST_ACCEPTED]

    await guarded.say("undo")
    latest = guarded.last()
    await guarded.say(f"undo {accepted.change_id}")

    assert "no change in this channel that had an effect" in latest
    assert "nothing to undo" in guarded.last()
    assert guarded.patches() == []


async def test_a_disable_that_only_described(guarded: World) -> None:
    """The undo of a disable of what was inactive restores the description, and no more."""
    await guarded.say(f"disable {INACTIVE_LOAD_TEST} --describe twice")

    await guarded.say("undo")

    assert guarded.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"
    assert reopened(guarded) == []


async def test_several_mixed_with_what_is_so_already(guarded: World) -> None:
    """Among tokens that are active already, the one that is not is not slipped through."""
    await guarded.say(f"enable {TELEGRAF_EDGE_42} {INACTIVE_LOAD_TEST} {TELEGRAF_EDGE_43}")

    await guarded.press(guarded.channel()[0], "Confirm")

    assert_asked(guarded)
    assert guarded.patches() == []


async def test_several_mixed_with_the_other_way_round(guarded: World) -> None:
    """Disabling several needs an approval too; the requester's Confirm is none."""
    await guarded.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")

    await guarded.press(guarded.channel()[0], "Confirm")

    assert_asked(guarded)
    assert guarded.patches() == []


async def test_from_a_direct_message(guarded: World) -> None:
    """Asked where nobody reads along, it is asked all the same; the requester cannot agree."""
    await guarded.say(f"enable {INACTIVE_LOAD_TEST}", channel=cast.ALICE)
    (message,) = guarded.slack.direct_messages(cast.ALICE)

    await guarded.press(message, "Approve")

    assert reopened(guarded) == []
    assert "Approval needed" in message.plain


async def test_disable_again_of_several(lenient: World) -> None:
    """It is several at once: confirmed, and still nothing is sent before somebody agrees."""
    ids = f"{TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}"
    await lenient.say(f"disable {ids}")
    await lenient.press(lenient.channel()[-1], "Confirm")
    for each in ids.split():
        lenient.influxdb.edit(each, status="active")
    lenient.now.advance(timedelta(minutes=1, seconds=1))
    message = await shows(lenient, "that was loaded before")
    reload(lenient, APPROVALS)
    sent = len(lenient.patches())

    await lenient.press(message, "Disable 2 again")
    asked = lenient.channel()[-1]
    await lenient.press(asked, "Confirm")

    assert_asked(lenient)
    assert len(lenient.patches()) == sent
    await lenient.press(asked, "Deny", user=cast.BOB)
    await lenient.slack.submit(cast.BOB, {"Reason": "no"})
    await lenient.settled()
    assert texts(message) == ["Disable 2 again"]


async def test_fast_to_stop(guarded: World) -> None:
    """The other way takes one person: the same policy lets a disable through at once."""
    await guarded.say(f"disable {TELEGRAF_EDGE_42}")

    assert guarded.patches() == [(path(), INACTIVE)]


async def test_an_enable_that_got_lost_is_not_sent_over_a_disable(idle_world: World) -> None:
    """The answer to its PATCH is lost; before it would be sent again somebody has disabled it."""
    here = idle_world
    await here.start()
    here.influxdb.faults.add(Fault.RESET_AFTER, method="PATCH", path=path(INACTIVE_LOAD_TEST))
    held = here.influxdb.gate("PATCH", path(INACTIVE_LOAD_TEST))
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"enable {INACTIVE_LOAD_TEST}")
    await here.reached(held)
    reading = here.influxdb.gate("GET", path(INACTIVE_LOAD_TEST))
    held.release()
    await here.reached(reading)

    here.influxdb.edit(INACTIVE_LOAD_TEST, status="inactive")
    reading.release()
    await here.settled()

    assert reopened(here) == [path(INACTIVE_LOAD_TEST)]
    assert here.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"
    assert "Token enabled" not in here.channel()[-1].plain
