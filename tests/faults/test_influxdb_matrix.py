"""Whatever goes wrong in InfluxDB, and whatever was asked: the person is told what is true."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.attacks import SIMPLE, shows, told
from tests.counting import Tally
from tests.patience import PATIENT
from tests.world import World, world

TIMING = replace(
    PATIENT,
    tempo=replace(PATIENT.tempo, late=timedelta(milliseconds=300)),
    influxdb_timeout=0.6,
)
FOR_EVER = 10_000

LIST, SHOW = "list telegraf", f"show {TELEGRAF_EDGE_42}"
DISABLE = f"disable {TELEGRAF_EDGE_42}"
ENABLE = f"enable {INACTIVE_LOAD_TEST}"
DESCRIBE = f"describe {TELEGRAF_EDGE_42} leaked"
SEVERAL = f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}"
UNDO = "undo"

# What a read is answered while the fault lasts.
READS = {
    Fault.TOO_MANY_REQUESTS: "InfluxDB default is busy (HTTP 429) and asks to wait 0 s.",
    Fault.INTERNAL_ERROR: "InfluxDB default stumbled (HTTP 500): an internal error has occurred.",
    Fault.BAD_GATEWAY_HTML: "InfluxDB default is not available (HTTP 502).",
    Fault.UNAVAILABLE: "InfluxDB default is busy (HTTP 503) and asks to wait 0 s.",
    Fault.TIMEOUT_BEFORE: "InfluxDB default did not answer within 0.6 s.",
    Fault.TIMEOUT_AFTER: "InfluxDB default did not answer within 0.6 s.",
    Fault.RESET_BEFORE: "The connection to InfluxDB default broke off.",
}
# How a change ends whose PATCHes meet the fault for as long as it lasts.
DONE = {
    DISABLE: "Token disabled ·",
    ENABLE: "Token enabled ·",
    DESCRIBE: "Description changed · leaked",
    SEVERAL: "2 tokens disabled ·",
    UNDO: "Token disabled, then undone ·",
}
NOT_DONE = {
    DISABLE: "Token not disabled ·",
    ENABLE: "Token not enabled ·",
    DESCRIBE: "Description not changed ·",
    SEVERAL: "1 token disabled, 1 failed ·",
    UNDO: "Not undone ·",
}
NOT_READ_BACK = {
    DISABLE: "Token disabled, but not read back ·",
    ENABLE: "Token enabled, but not read back ·",
    DESCRIBE: "Description changed, but not read back ·",
    SEVERAL: "2 applied but not read back ·",
    UNDO: "Token disabled, then undone, but not read back ·",
}
# A stale page sets a token active: what enables, and what does not care, is not hurt by it.
STALE = {**DONE, DISABLE: NOT_DONE[DISABLE], SEVERAL: NOT_DONE[SEVERAL]}
CHANGES = {
    Fault.INTERNAL_ERROR: NOT_DONE,
    Fault.BAD_GATEWAY_HTML: NOT_DONE,
    Fault.UNAVAILABLE: NOT_DONE,
    Fault.TIMEOUT_BEFORE: NOT_DONE,
    Fault.TIMEOUT_AFTER: DONE,
    Fault.RESET_BEFORE: NOT_DONE,
    Fault.SLOW: DONE,
    Fault.STALE_REENABLE: STALE,
    Fault.OWNER_VANISHES: NOT_READ_BACK,
}
# Why a change was not done, in the words of its message.
CAUSES = {
    Fault.INTERNAL_ERROR: "stumbled (HTTP 500): an internal error has occurred. The token was read "
    "back and is as it was before:",
    Fault.STALE_REENABLE: "Something else has written to it, perhaps an API Tokens page",
}
READ_BACK = "The token was read back and is as it was before:"
ONCE = {Fault.SLOW, Fault.STALE_REENABLE, Fault.OWNER_VANISHES}


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[World]:
    """The whole bot, which waits for InfluxDB as in production, and is answered quickly."""
    async with world(tmp_path) as here:
        here.timing = TIMING
        await here.start(policy=SIMPLE)
        yield here


def lay(here: World, fault: Fault, method: str, path: str | None = None) -> None:
    """Let a fault befall what is asked from now on."""
    times = 1 if fault in ONCE else FOR_EVER
    delay = 0.2 if fault is Fault.SLOW else 1.5
    here.influxdb.faults.add(
        fault, method=method, path=path, times=times, retry_after=0, delay=delay
    )


async def ask(here: World, text: str) -> str:
    """Bring somebody to where they ask for it; give the token that the fault befalls."""
    if text == UNDO:
        await here.say(DISABLE)
        return TELEGRAF_EDGE_42
    if text == SEVERAL:
        await here.say(SEVERAL)
        return TELEGRAF_EDGE_43
    return INACTIVE_LOAD_TEST if text == ENABLE else TELEGRAF_EDGE_42


async def send(here: World, text: str) -> None:
    """Ask for it, be it by a button."""
    if text == UNDO:
        await here.slack.press(cast.ALICE, here.channel()[0], "Undo")
    elif text == SEVERAL:
        await here.slack.press(cast.ALICE, here.channel()[0], "Confirm")
    else:
        await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", text)


@pytest.mark.parametrize("text", [LIST, SHOW])
@pytest.mark.parametrize("fault", list(READS))
async def test_a_read_says_what_is_wrong(
    patient: World, fault: Fault, text: str, tally: Tally
) -> None:
    """It says what InfluxDB answered, what to do, and the id under which the log knows it."""
    lay(patient, fault, "GET")

    await patient.say(text)

    assert READS[fault] in patient.last()
    assert "error " in patient.last()
    assert patient.patches() == []
    tally("fault matrix (InfluxDB)", "cells", 1)


@pytest.mark.parametrize("text", [LIST, SHOW])
async def test_a_read_waits_for_a_slow_answer(patient: World, text: str, tally: Tally) -> None:
    """What is slow is still an answer."""
    lay(patient, Fault.SLOW, "GET")

    await patient.say(text)

    assert f"{TELEGRAF_EDGE_42} · active" in patient.last()
    tally("fault matrix (InfluxDB)", "cells", 1)


@pytest.mark.parametrize("text", [LIST, SHOW])
async def test_a_read_shows_what_a_stale_page_has_done(
    patient: World, text: str, tally: Tally
) -> None:
    """What was disabled and is active again is shown as active, whatever the record says."""
    await patient.say(DISABLE)
    patient.influxdb.edit(TELEGRAF_EDGE_42, status="active")

    await patient.say(text)

    assert f"{TELEGRAF_EDGE_42} · active" in patient.last()
    tally("fault matrix (InfluxDB)", "cells", 1)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (LIST, "No tokens with “telegraf” on default"),
        (SHOW, f"The owner of {TELEGRAF_EDGE_42} on InfluxDB default no longer exists."),
    ],
)
async def test_a_read_of_an_orphan(patient: World, text: str, answer: str, tally: Tally) -> None:
    """A list omits it, as InfluxDB does; a read of it says what an orphan is."""
    owner = patient.influxdb.authorization(TELEGRAF_EDGE_42).user_id
    patient.influxdb.delete_user(owner)

    await patient.say(text)

    assert answer in patient.last()
    tally("fault matrix (InfluxDB)", "cells", 1)


@pytest.mark.parametrize("text", list(DONE))
@pytest.mark.parametrize("fault", list(CHANGES))
async def test_a_change_ends_in_the_truth(
    patient: World, fault: Fault, text: str, tally: Tally
) -> None:
    """Its message says what is so on the server, and where that is not what was asked, why."""
    token = await ask(patient, text)
    before = patient.influxdb.authorization(token)
    lay(patient, fault, "PATCH", f"/api/v2/authorizations/{token}")

    await send(patient, text)
    expected = CHANGES[fault][text]
    if expected == NOT_DONE[UNDO]:
        answer = await told(patient, expected)
    else:
        answer = (await shows(patient, expected)).plain
    await patient.settled()

    now = patient.influxdb.authorization(token)
    as_before = (now.status, now.description) == (before.status, before.description)
    assert as_before is (expected == NOT_DONE[text])
    if as_before:
        assert CAUSES.get(fault, READ_BACK) in answer
    tally("fault matrix (InfluxDB)", "cells", 1)


@pytest.mark.parametrize("text", list(DONE))
async def test_a_change_over_the_limit_waits(patient: World, text: str, tally: Tally) -> None:
    """InfluxDB has not dealt with it, so it is told to wait, and sent when that is over."""
    token = await ask(patient, text)
    lay(patient, Fault.TOO_MANY_REQUESTS, "PATCH", f"/api/v2/authorizations/{token}")

    await send(patient, text)
    waiting = (await shows(patient, "Waiting")).plain
    patient.influxdb.faults.clear()
    await shows(patient, DONE[text])

    assert "InfluxDB default is busy (HTTP 429)" in waiting
    assert "It is tried again until" in waiting
    assert ("Nothing was changed." in waiting) is (text != SEVERAL)
    tally("fault matrix (InfluxDB)", "cells", 1)
