"""P4: repeats, double clicks, two people and restarts lead to one execution."""

import asyncio
from datetime import timedelta

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


async def test_a_repeated_command_has_no_effect(here: World) -> None:
    """The same signed bytes again get 200 and an empty body; nothing more is stored or sent."""
    first = await here.say(f"disable {TELEGRAF_EDGE_42}")
    before = (await here.tags(), here.patches(), len(here.slack.journal))

    again = await here.slack.replay(first)
    await here.settled()

    assert (again.status, again.body) == (200, "")
    assert (await here.tags(), here.patches(), len(here.slack.journal)) == before


async def test_a_repeated_reading_has_no_effect(here: World) -> None:
    """The same holds for a reading: InfluxDB is not asked again."""
    first = await here.say("list telegraf")
    asked = len(here.influxdb.journal)

    again = await here.slack.replay(first)
    await here.settled()

    assert (again.status, again.body) == (200, "")
    assert len(here.influxdb.journal) == asked


async def test_a_repeated_denial_is_recorded_once(here: World) -> None:
    """A stranger's request that is sent again leaves one audit event."""
    first = await here.say(f"disable {TELEGRAF_EDGE_42}", user="U0MALLORY")

    await here.slack.replay(first)

    assert await here.tags() == ["request.denied"]


async def test_a_repeat_after_a_restart_has_no_effect(here: World) -> None:
    """What was taken is remembered in the database, not in the process."""
    first = await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.stop()
    await here.start()

    again = await here.slack.replay(first)
    await here.settled()

    assert (again.status, again.body) == (200, "")
    assert len(here.patches()) == 1


async def test_a_repeat_that_overlaps_the_first_has_no_effect(here: World) -> None:
    """Twenty at once of the same signed request make one change, and one is told of it.

    A machine may be so slow that a repeat is told that nobody could look: that is no second change.
    """
    form = await here.say("whoami")
    body = form.request.body.replace(b"whoami", f"disable+{TELEGRAF_EDGE_42}".encode())
    headers = here.slack.sign(body)

    answers = await asyncio.gather(*(here.slack.deliver_raw(body, headers) for _ in range(20)))
    await here.settled()

    assert {answer.status for answer in answers} == {200}
    told = [answer.body for answer in answers if answer.body]
    assert [f"Disabling {TELEGRAF_EDGE_42}" in each for each in told].count(True) == 1
    assert all("Disabling" in each or "Could not confirm" in each for each in told)
    assert len(here.patches()) == 1


async def test_two_people_press_undo_at_once(here: World) -> None:
    """One inverse PATCH; the other is told who was first."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()

    await asyncio.gather(
        here.slack.press("U0ALICE", message, "Undo"), here.slack.press("U0BOB", message, "Undo")
    )
    await here.settled()

    (undone,) = here.channel()
    winner, loser = ("alice", "U0BOB") if "Undone by @alice" in undone.plain else ("bob", "U0ALICE")
    assert [body for _, body in here.patches()] == ['{"status":"inactive"}', '{"status":"active"}']
    assert f"By @{winner}." in here.last(loser)
    assert "Nothing more was changed." in here.last(loser)


async def test_a_double_click_undoes_once(here: World) -> None:
    """The same person presses twice before the message has changed."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    gate = here.influxdb.gate("PATCH", PATH)

    await here.slack.press("U0ALICE", message, "Undo")
    await here.slack.press("U0ALICE", message, "Undo")
    gate.release()
    await here.settled()

    assert len(here.patches()) == 2
    assert "is already being undone" in here.last()


async def test_changes_of_one_authorization_run_one_after_the_other(here: World) -> None:
    """A disable beside a describe: InfluxDB would lose one; here both hold."""
    gate = here.influxdb.gate("PATCH", PATH)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(gate)
    await here.slack.command("U0BOB", "C0INCIDENTS", "/token", f"describe {TELEGRAF_EDGE_42} new")

    await here.influxdb_quiet(seconds=0.5)
    reads_while_held = [e for e in here.influxdb.journal if e.path == PATH]
    gate.release()
    await here.settled()

    found = here.influxdb.authorization(TELEGRAF_EDGE_42)
    assert (found.status, found.description) == ("inactive", "new")
    assert len(reads_while_held) == 1
    assert [e.method for e in here.influxdb.journal if e.path == PATH] == [
        *("GET", "PATCH", "GET"),
        *("GET", "PATCH", "GET"),
    ]


async def test_changes_of_two_authorizations_run_beside_each_other(here: World) -> None:
    """A change that hangs holds up no other."""
    gate = here.influxdb.gate("PATCH", PATH)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(gate)

    await here.slack.command("U0BOB", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_43}")
    await here.slack.wait_for(here.channel)

    assert here.influxdb.authorization(TELEGRAF_EDGE_43).status == "inactive"
    gate.release()
    await here.settled()


async def test_changes_of_one_authorization_run_in_the_order_they_were_asked(here: World) -> None:
    """Whoever asks last decides: disable, enable, disable ends inactive, however they queue."""
    gate = here.influxdb.gate("PATCH", PATH)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(gate)
    for user, verb in (("U0BOB", "enable"), ("U0ALICE", "disable"), ("U0BOB", "enable")):
        await here.slack.command(user, "C0INCIDENTS", "/token", f"{verb} {TELEGRAF_EDGE_42}")

    gate.release()
    await here.settled()

    statuses = ["inactive", "active", "inactive", "active"]
    assert here.patches() == [(PATH, f'{{"status":"{status}"}}') for status in statuses]


async def test_an_executor_that_lost_its_lease_changes_nothing_more(here: World) -> None:
    """The machine was suspended and the change taken up again: one outcome, one message."""
    gate = here.influxdb.gate("PATCH", PATH)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(gate)
    here.now.advance(timedelta(seconds=10))
    await here.influxdb_quiet(seconds=0.5)

    gate.release()
    await here.settled()

    tags = await here.tags()
    assert tags.count("change.done") == 1
    assert len(here.channel()) == 1
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_undone_before_slack_took_the_first_message(here: World) -> None:
    """What is posted late tells of the undo too; nothing in the channel says it is disabled."""
    here.slack.faults.add("chat.postMessage", status=500)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.say("undo")

    await here.slack.wait_for(here.channel)
    await here.settled()
    await here.slack.wait_for(lambda: all("then undone" in m.plain for m in here.channel()))

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"


async def test_two_people_at_once_and_the_second_is_told_who_was_first(here: World) -> None:
    """One PATCH is sent; whoever finds nothing to change is told whose change made it so."""
    gate = here.influxdb.gate("PATCH", PATH)
    first = asyncio.create_task(here.say(f"disable {TELEGRAF_EDGE_42}"))
    await here.reached(gate)
    second = asyncio.create_task(here.say(f"disable {TELEGRAF_EDGE_42}", user="U0BOB"))
    await here.slack.wait_for(lambda: here.slack.ephemerals("U0BOB"))
    gate.release()
    await asyncio.gather(first, second)
    await here.settled()

    (change,) = [each.change_id for each in await here.events() if each.tag.value == "change.done"]
    told = here.last("U0BOB")
    assert told.startswith("Nothing to change")
    assert f"Change {change} made it so. By @alice." in told
    assert len(here.patches()) == 1
