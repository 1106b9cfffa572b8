"""P2: an intent row stands before the first PATCH; what cannot be recorded is not done."""

import pytest

from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import INACTIVE_LOAD_TEST, TELEGRAF_EDGE_42
from tests.audit.chains import wrong_with
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


@pytest.mark.parametrize(
    "text",
    [
        f"disable {TELEGRAF_EDGE_42}",
        f"enable {INACTIVE_LOAD_TEST}",
        f"describe {TELEGRAF_EDGE_42} new words",
    ],
)
async def test_the_intent_stands_before_the_patch(here: World, text: str) -> None:
    """When the PATCH arrives at InfluxDB, the intent with the state before it is committed."""
    gate = here.influxdb.gate("PATCH", "/api/v2/authorizations/.*")
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", text)

    await here.reached(gate)

    intent = (await here.events())[-1]
    assert intent.tag.value == "change.intended"
    assert {"status", "description", "revision"} == set(intent.detail["before"])  # type: ignore[call-overload]  # the detail is JSON
    gate.release()
    await here.settled()


async def test_an_intent_that_cannot_be_written_stops_the_change(here: World) -> None:
    """With the database locked, nothing is sent; when it is free again, the change is made."""
    gate = here.influxdb.gate("GET", PATH)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(gate)
    async with here.locked_database():
        gate.release()
        await here.influxdb_quiet(seconds=2.5)
        patches_while_locked = here.patches()

    await here.slack.wait_for(here.channel, timeout=15)

    assert patches_while_locked == []
    assert here.patches() == [(PATH, '{"status":"inactive"}')]
    assert "Token disabled" in here.channel()[0].plain


async def test_denied_refused_and_fruitless_tries_are_recorded(here: World) -> None:
    """Whoever was denied, and whatever found nothing to do or failed, stands in the record."""
    await here.say(f"disable {TELEGRAF_EDGE_42}", user="U0MALLORY")
    await here.say(f"disable {INACTIVE_LOAD_TEST}")
    await here.say("disable 0e840d0499003fff")
    here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="GET", path=PATH)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.say("undo 7F3K2Q")

    assert await here.tags() == [
        "request.denied",
        "request.accepted",
        "change.unchanged",
        "request.accepted",
        "change.refused",
        "request.accepted",
        "change.failed",
        "request.refused",
    ]


async def test_the_chain_holds_from_the_first_event_on(here: World) -> None:
    """Every event sits in its place, the first one included."""
    await here.say(f"disable {TELEGRAF_EDGE_42} --reason why")
    await here.press(here.channel()[0], "Undo")

    record = await here.record()

    assert wrong_with(record) == []
    assert len(record) == 6
