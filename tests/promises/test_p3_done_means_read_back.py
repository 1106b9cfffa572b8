"""P3: done means read back; what cannot be known is unknown, and is resolved by reading."""

import pytest

from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


async def test_every_patch_is_followed_by_a_read(here: World) -> None:
    """The bot reads, patches and reads again, and says when it read."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")

    assert [exchange.method for exchange in here.influxdb.journal if exchange.path == PATH] == [
        "GET",
        "PATCH",
        "GET",
    ]
    assert "active → inactive, read back at " in here.channel()[0].plain


async def test_nothing_is_said_before_the_read_back(here: World) -> None:
    """While the read-back is on its way, the channel holds no message."""
    patched = here.influxdb.gate("PATCH", PATH, after=True)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(patched)
    reading = here.influxdb.gate("GET", PATH)
    patched.release()
    await here.reached(reading)

    assert here.channel() == []

    reading.release()
    await here.settled()
    assert len(here.channel()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.TIMEOUT_AFTER,
        Fault.RESET_AFTER,
        Fault.BAD_GATEWAY_HTML,
        Fault.TOO_MANY_REQUESTS,
        Fault.UNAVAILABLE,
        Fault.STARTING,
        Fault.TIMEOUT_BEFORE,
        Fault.RESET_BEFORE,
    ],
)
async def test_one_fault_of_the_patch_is_overcome(here: World, fault: Fault) -> None:
    """Trying again, or reading, ends in the truth: disabled, and read back."""
    here.influxdb.faults.add(fault, method="PATCH", retry_after=0, delay=1.5)

    await here.say(f"disable {TELEGRAF_EDGE_42}")

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert "Token disabled" in here.channel()[0].plain


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (Fault.TIMEOUT_AFTER, "inactive", "Token disabled ·"),
        (Fault.RESET_AFTER, "inactive", "Token disabled ·"),
        (Fault.TIMEOUT_BEFORE, "active", "Token not disabled ·"),
        (Fault.RESET_BEFORE, "active", "Token not disabled ·"),
        (Fault.BAD_GATEWAY_HTML, "active", "Token not disabled ·"),
        (Fault.INTERNAL_ERROR, "active", "Token not disabled ·"),
        (Fault.NOT_JSON, "active", "Token not disabled ·"),
        (Fault.STALE_REENABLE, "active", "Token not disabled ·"),
        (Fault.OWNER_VANISHES, "inactive", "Token disabled, but not read back ·"),
    ],
)
async def test_lasting_faults_of_the_patch_end_in_the_truth(
    here: World, fault: Fault, status: str, title: str
) -> None:
    """Whatever happened to the PATCH, the message says what is so on the server."""
    here.influxdb.faults.add(fault, method="PATCH", times=9, delay=1.5)

    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.slack.wait_for(lambda: title in here.channel()[0].plain, timeout=10)

    (message,) = here.channel()
    assert status == here.influxdb.authorization(TELEGRAF_EDGE_42).status
    assert title in message.plain


async def test_an_internal_error_is_not_repeated_blindly(here: World) -> None:
    """A 500 can be the client's own fault: one PATCH, no more."""
    here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", times=9)

    await here.say(f"disable {TELEGRAF_EDGE_42}")

    assert len(here.patches()) == 1


async def test_an_unknown_outcome_is_said_and_resolved_by_reading(here: World) -> None:
    """The answer is lost and reading fails: unknown; when reading works again, it is done."""
    here.influxdb.faults.add(Fault.RESET_AFTER, method="PATCH")
    patched = here.influxdb.gate("PATCH", PATH, after=True)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(patched)
    here.influxdb.faults.add(Fault.BAD_GATEWAY_HTML, method="GET", path=PATH, times=6)
    patched.release()

    unknown = await here.slack.wait_for(here.channel, timeout=10)
    plain = unknown[0].plain
    await here.slack.wait_for(lambda: "read back at" in here.channel()[0].plain, timeout=10)

    assert "outcome unknown" in plain
    assert "It is not known whether the change took effect." in plain
    assert len(here.channel()) == 1
    assert "Token disabled" in here.channel()[0].plain
    assert (await here.tags())[-3:] == ["change.intended", "change.unknown", "change.done"]
    assert len(here.patches()) == 1


async def test_a_patch_that_arrives_late_is_found(here: World) -> None:
    """The answer never came and nothing had changed; then it arrives: the message says so."""
    gate = here.influxdb.gate("PATCH", PATH)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.slack.wait_for(lambda: here.channel() and "unknown" in here.channel()[0].plain, 10)
    unknown = here.channel()[0].plain

    gate.release()
    await here.slack.wait_for(lambda: "read back at" in here.channel()[0].plain, timeout=10)

    assert "as it was before: active. The change may still arrive." in unknown
    assert "Token disabled" in here.channel()[0].plain
    assert (await here.tags())[-2:] == ["change.unknown", "change.done"]


async def test_an_outcome_that_nobody_can_read_any_more_is_called_lost(here: World) -> None:
    """The answer is lost, and then the owner is gone: neither done nor failed is claimed."""
    here.influxdb.faults.add(Fault.RESET_AFTER, method="PATCH", times=2)
    patched = here.influxdb.gate("PATCH", PATH, after=True)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(patched)
    here.influxdb.delete_user(here.influxdb.authorization(TELEGRAF_EDGE_42).user_id)
    patched.release()

    await here.slack.wait_for(here.channel, timeout=10)

    assert "Disabling, outcome lost" in here.channel()[0].plain
    assert "cannot be read any more" in here.channel()[0].plain
    assert (await here.tags())[-1] == "change.lost"
