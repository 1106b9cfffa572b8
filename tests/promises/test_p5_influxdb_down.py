"""P5 where InfluxDB is out of reach: a change waits, says so, can be cancelled, and has an end."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import Timing
from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.attacks import APPROVALS, SIMPLE, id_of, shows, texts
from tests.patience import PATIENT
from tests.world import BRISK, World, world

TARGET = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"
FOR_EVER = 10_000


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[World]:
    """The whole bot, which waits for InfluxDB as long as it does in production."""
    async with world(tmp_path) as here:
        here.timing = PATIENT
        await here.start(policy=SIMPLE)
        yield here


def down(here: World, fault: Fault = Fault.RESET_BEFORE, method: str | None = None) -> None:
    """Let InfluxDB answer nothing any more."""
    here.influxdb.faults.add(fault, method=method, times=FOR_EVER, retry_after=0, delay=1.5)


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.UNAVAILABLE, Fault.STARTING])
async def test_an_hour_later_it_is_carried_out(patient: World, fault: Fault) -> None:
    """What could not be sent is sent when InfluxDB is back, and the one message tells both."""
    down(patient, fault)
    await patient.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    waiting = (await shows(patient, "Waiting")).plain
    patient.now.advance(timedelta(hours=1))
    assert patient.patches() == []
    patient.influxdb.faults.clear()

    await shows(patient, "read back at")

    assert "It is tried again until" in waiting
    assert "Nothing was changed." in waiting
    (message,) = patient.channel()
    assert "Token disabled" in message.plain
    # An edit reaches nobody, and nobody looks at a message for an hour.
    (told,) = await patient.slack.wait_for(lambda: patient.slack.direct_messages(cast.ALICE))
    assert told.plain.startswith(f"Your change {id_of(message)} is done")
    assert patient.patches() == [(TARGET, '{"status":"inactive"}')]
    assert await patient.tags() == ["request.accepted", "change.intended", "change.done"]


@pytest.mark.parametrize("asked", [TELEGRAF_EDGE_42, "--user telegraf"])
async def test_a_dry_run_says_that_it_would_wait(patient: World, asked: str) -> None:
    """What a change would do is told, not what becomes of a dry run."""
    down(patient)

    await patient.say(f"disable {asked} --dry-run")

    said = patient.last()
    assert "Dry run" in said
    assert "It would wait: " in said
    assert "It is tried again for up to 2 h." in said
    assert "fail" not in said


async def test_cancel_works_meanwhile(patient: World) -> None:
    """It ends at once, without InfluxDB, and nothing is sent when that is back."""
    down(patient)
    await patient.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    waiting = await shows(patient, "Waiting")

    assert texts(waiting) == ["Cancel"]
    await patient.press(waiting, "Cancel")

    (message,) = patient.channel()
    assert "Cancelled" in message.plain
    assert "Nothing was changed." in message.plain
    assert message.buttons == []
    patient.influxdb.faults.clear()
    await patient.influxdb_quiet(0.3)
    assert patient.patches() == []


async def test_after_its_time_it_has_failed_and_can_be_retried(patient: World) -> None:
    """Two hours are the end; Retry asks for the same once more."""
    down(patient)
    await patient.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    await shows(patient, "Waiting")
    patient.now.advance(timedelta(hours=2))
    failed = await shows(patient, "Token not disabled")
    assert "Nothing was changed." in failed.plain
    assert texts(failed)[0] == "Retry"
    patient.influxdb.faults.clear()

    await patient.press(failed, "Retry")

    assert patient.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert len(patient.patches()) == 1


async def test_it_waits_through_a_restart(patient: World) -> None:
    """Nothing is lost with the process, and the message is the same."""
    down(patient)
    await patient.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    await shows(patient, "Waiting")
    await patient.stop()
    patient.influxdb.faults.clear()
    await patient.start(policy=SIMPLE)

    await shows(patient, "Token disabled")

    assert len(patient.channel()) == 1
    assert len(patient.patches()) == 1


async def test_a_patch_over_the_limit_is_sent_again_later(patient: World) -> None:
    """InfluxDB has not dealt with what it answers 429, so that the token is as it was."""
    down(patient, Fault.TOO_MANY_REQUESTS, method="PATCH")
    await patient.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    waiting = await shows(patient, "Waiting")
    assert "is busy (HTTP 429)" in waiting.plain
    patient.influxdb.faults.clear()

    await shows(patient, "Token disabled")

    assert len(patient.channel()) == 1
    assert (await patient.tags()).count("change.done") == 1


async def test_several_wait_in_part(patient: World) -> None:
    """What is done is done; the rest waits, and Cancel stops the rest alone."""
    await patient.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    other = f"/api/v2/authorizations/{TELEGRAF_EDGE_43}"
    patient.influxdb.faults.add(
        Fault.TOO_MANY_REQUESTS, method="PATCH", path=other, times=FOR_EVER, retry_after=0
    )
    await patient.slack.press(cast.ALICE, patient.channel()[0], "Confirm")
    waiting = await shows(patient, "Waiting")
    assert "1 token disabled, 1 to come" in waiting.plain
    down(patient)

    await patient.press(waiting, texts(waiting)[0])
    over = await shows(patient, "1 cancelled")

    assert "1 token disabled, 1 cancelled" in over.plain
    assert patient.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert patient.influxdb.authorization(TELEGRAF_EDGE_43).status == "active"


async def test_a_preview_waits_too(patient: World) -> None:
    """Nobody is asked to confirm what could not be read; they are when it can be."""
    down(patient)
    await patient.slack.command(
        cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}"
    )
    await shows(patient, "Waiting")
    patient.influxdb.faults.clear()

    preview = await shows(patient, "To confirm")
    await patient.press(preview, "Confirm")

    assert len(patient.patches()) == 2
    assert len(patient.channel()) == 1


async def test_an_approval_does_not_outlive_its_time(idle_world: World) -> None:
    """InfluxDB is back only after the approval ran out: nothing is enabled."""
    idle_world.timing = PATIENT
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}")
    _, _, ends = idle_world.channel()[0].plain.partition("unless it is approved by ")
    down(idle_world)
    await idle_world.slack.press(cast.BOB, idle_world.channel()[0], "Approve")
    waiting = (await shows(idle_world, "Waiting")).plain
    idle_world.now.advance(timedelta(minutes=31))

    over = await shows(idle_world, "ran out")

    assert f"It is tried again until {ends[:12]}" in waiting
    assert "Nothing was changed." in over.plain
    idle_world.influxdb.faults.clear()
    await idle_world.influxdb_quiet(0.2)
    assert idle_world.patches() == []


async def test_who_waits_for_another_change_says_for_which(patient: World) -> None:
    """Behind a change that hangs, the next one of the same token says what comes first."""
    down(patient)
    await patient.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    first = await shows(patient, "Waiting")
    (change,) = {button.value for button in first.buttons}
    await patient.slack.command(
        cast.BOB, cast.INCIDENTS, "/token", f"describe {TELEGRAF_EDGE_42} leaked"
    )
    second = await shows(patient, f"Change {change} comes first.")
    assert texts(second) == ["Cancel"]
    patient.influxdb.faults.clear()

    await shows(patient, "Description changed")

    assert [body for _, body in patient.patches()] == [
        '{"status":"inactive"}',
        '{"description":"leaked"}',
    ]


async def test_what_cannot_be_read_for_a_day_is_given_up(patient: World) -> None:
    """An outcome that nobody can tell ends as such, and says that nobody looks any more."""
    down(patient, Fault.RESET_AFTER, method="PATCH")
    patched = patient.influxdb.gate("PATCH", TARGET, after=True)
    await patient.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    await patient.reached(patched)
    down(patient)
    patched.release()
    await shows(patient, "outcome unknown")
    patient.now.advance(timedelta(days=1))

    over = await shows(patient, "has stopped reading")

    assert "Whether the change took effect cannot be read any more." in over.plain
    assert (await patient.tags())[-1] == "change.lost"


async def test_who_stands_in_line_takes_no_place(idle_world: World) -> None:
    """More changes of one token than an executor has places hold up no change of another one."""
    pace = replace(BRISK.tempo.pace, at_once=2)
    tempo = replace(PATIENT.tempo, pace=pace)
    retries = replace(BRISK.influxdb_retries, seconds=30.0)
    idle_world.timing = replace(
        PATIENT, tempo=tempo, influxdb_timeout=30.0, influxdb_retries=retries
    )
    await idle_world.start(policy=SIMPLE)
    gate = idle_world.influxdb.gate("PATCH", TARGET)
    for number in range(5):
        await idle_world.slack.command(
            cast.ALICE, cast.INCIDENTS, "/token", f"describe {TELEGRAF_EDGE_42} note {number}"
        )
    await idle_world.reached(gate)

    await idle_world.slack.command(
        cast.BOB, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_43}"
    )
    await shows(idle_world, "Token disabled")
    gate.release()
    await idle_world.settled()

    bodies = [body for path, body in idle_world.patches() if path == TARGET]
    assert bodies == [f'{{"description":"note {number}"}}' for number in range(5)]


def test_the_end_is_two_hours_in_production() -> None:
    """So long does an incident with InfluxDB itself take, and no longer is it what was meant."""
    assert Timing().tempo.pauses.try_for == timedelta(hours=2)


async def test_an_undo_that_had_to_wait(patient: World) -> None:
    """An undo that waited has a message of its own, which tells its own outcome and no more."""
    await patient.say(f"disable {TELEGRAF_EDGE_42}")
    (change,) = patient.channel()
    undone = id_of(change)
    down(patient)
    await patient.slack.press(cast.BOB, change, "Undo")
    undo = await shows(patient, "Waiting")

    patient.influxdb.faults.clear()
    patient.now.advance(timedelta(minutes=40))
    await shows(patient, "then undone")
    await patient.settled()

    assert undo.plain.startswith("Token enabled")
    assert f", undo of {undone}" in undo.plain
    assert "Token disabled" not in undo.plain
    assert change.plain.startswith("Token disabled, then undone")
    assert len(patient.channel()) == 2
