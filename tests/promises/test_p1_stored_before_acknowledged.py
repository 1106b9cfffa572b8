"""P1: a command or click that changes something is committed before Slack gets its ack."""

import pytest

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


async def test_a_change_is_in_the_database_when_its_ack_arrives(here: World) -> None:
    """While InfluxDB has not even been asked yet, the acked request and its event are stored."""
    gate = here.influxdb.gate("GET", PATH)

    delivery = await here.slack.command(
        "U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}"
    )

    assert delivery.status == 200
    assert await here.tags() == ["request.accepted"]
    (event,) = await here.events()
    assert event.change_id is not None
    assert (await here.request(event.change_id)).state.value == "accepted" or gate.reached.is_set()
    gate.release()
    await here.settled()


async def test_a_click_is_in_the_database_when_its_ack_arrives(here: World) -> None:
    """The same holds for Undo."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    gate = here.influxdb.gate("GET", PATH)

    delivery = await here.slack.press("U0ALICE", message, "Undo")

    assert delivery.status == 200
    newest = (await here.events())[-1]
    assert (newest.tag.value, newest.detail["asked"]) == ("request.accepted", "undo")
    gate.release()
    await here.settled()


async def test_no_commit_in_time_is_said_and_nothing_is_done(here: World) -> None:
    """If the commit does not succeed within 2 s, the answer says so before Slack's 3 s are over."""
    async with here.locked_database():
        delivery = await here.slack.command(
            "U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}"
        )
    await here.settled()
    assert None is delivery.error
    assert delivery.seconds < 2.9
    shown = here.last()
    assert "Could not confirm that this was stored" in shown
    assert "/token history" in shown
    assert here.patches() == []
    assert await here.tags() == []


@pytest.mark.parametrize("text", ["list", "whoami", f"show {TELEGRAF_EDGE_42}"])
async def test_reads_are_acked_without_waiting_for_influxdb(here: World, text: str) -> None:
    """What only reads is acked while InfluxDB still thinks; the answer follows by itself."""
    gate = here.influxdb.gate("GET", "/api/v2/authorizations.*")

    delivery = await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", text)

    assert (delivery.status, delivery.error) == (200, None)
    gate.release()
    await here.settled()
    assert here.slack.ephemerals("U0ALICE") != []
