"""P10: a leaked secret is traced, disabled and proven dead, and the receipt shows the evidence."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.changes.authorization import Status
from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, Mode
from bot.sandbox.influxdb.organisation import (
    BOT_API_TOKEN,
    BOT_AUTHORIZATION,
    INACTIVE_LOAD_TEST,
    TELEGRAF,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.attacks import freeze, unfreeze
from tests.reporting import START, in_order, report, secret_of
from tests.world import World, world

SECRET = secret_of(TELEGRAF_EDGE_42)
NO_SUCH = "nobody-has-this-one_".ljust(86, "x") + "=="
Here = Callable[[Mode], AbstractAsyncContextManager[World]]


@pytest.fixture
async def hashed(tmp_path: Path) -> AsyncIterator[World]:
    """The whole bot before a server that shows no tokens, as since 2.9."""
    async with world(tmp_path, mode=Mode.HASHED) as here:
        await here.start(influxdb_own_authorization=BOT_AUTHORIZATION)
        yield here


def status(here: World, authorization_id: str) -> str:
    """Give a token's status in InfluxDB."""
    return here.influxdb.authorization(authorization_id).status


def receipt(here: World) -> str:
    """Give the one message of the case."""
    (message,) = (each for each in here.channel() if each.thread_ts is None)
    return message.plain


def change_id(told: str) -> str:
    """Name the case, as its receipt does."""
    found = re.search(r"· change ([0-9A-Z]{6})", told)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("mode", "identified"),
    [
        (Mode.PLAIN, "Identified on default: it equals one of 13 tokens shown there."),
        (Mode.HASHED, "On default InfluxDB named its owner alone, of whose 1 of 2 active tokens"),
        (Mode.CLOUD, "Identified on default: InfluxDB Cloud named it."),
    ],
)
async def test_from_the_secret_alone_to_proven_dead(
    tmp_path: Path, mode: Mode, identified: str
) -> None:
    """Whatever the server shows of tokens: disabled, tried before and after, with the seconds."""
    async with world(tmp_path, mode=mode) as here:
        await here.start(influxdb_own_authorization=BOT_AUTHORIZATION)

        await report(here, SECRET)
        if mode is Mode.HASHED:
            await here.press(here.channel()[0], START)

        told = receipt(here)
        assert status(here, TELEGRAF_EDGE_42) == Status.INACTIVE
        assert told.startswith("Leaked token disabled and proven dead · telegraf on edge-42\n")
        assert f"{TELEGRAF_EDGE_42} · owner telegraf · organisation acme · default" in told
        assert identified in told
        assert re.search(r"Before: default accepted it, at \d\d:\d\d:\d\d UTC\.", told)
        assert re.search(r"After: default refused it: the token is inactive, at \d\d:", told)
        assert re.search(r"Proven dead \d+\.\d s after it was reported\.", told)
        assert "does not stop browser sessions" in told
        assert "delete it later" in told
        assert len(here.patches()) == 1


async def test_a_wrong_pick_is_put_back_within_the_same_change(hashed: World) -> None:
    """It is active again, the right one is inactive, and one record tells all of it."""
    await report(hashed, SECRET)
    order = in_order(TELEGRAF_EDGE_43, TELEGRAF_EDGE_42)

    await hashed.press(hashed.channel()[0], START, chosen=order)

    assert status(hashed, TELEGRAF_EDGE_43) == Status.ACTIVE
    assert status(hashed, TELEGRAF_EDGE_42) == Status.INACTIVE
    told = receipt(hashed)
    assert "disabled and proven dead · telegraf on edge-42" in told
    assert "[ Undo ] [ Details ]" in told
    assert f"Not it, and put back: {TELEGRAF_EDGE_43} (telegraf on edge-43)." in told
    assert "of whose 2 of 2 active tokens were tried" in told
    events = [e for e in await hashed.events() if e.tag.value.startswith(("change.", "leak."))]
    assert {event.change_id for event in events} == {change_id(told)}
    assert [event.tag.value for event in events].count("change.returned") == 1


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_freeze_in_the_middle_stops_what_is_put_back_too(
    hashed: World, *, cancelled: bool
) -> None:
    """The wrong pick stays disabled meanwhile, which is said; then it goes on to its end.

    Cancel leaves alone what is not tried yet, and is no way around the freeze.
    """
    here = hashed
    await report(here, SECRET)
    gate = here.influxdb.gate("PATCH", f".*{TELEGRAF_EDGE_43}", after=True)
    order = in_order(TELEGRAF_EDGE_43, TELEGRAF_EDGE_42)

    pressing = asyncio.create_task(here.press(here.channel()[0], START, chosen=order))
    await here.reached(gate)
    await freeze(here)
    gate.release()
    await here.slack.wait_for(lambda: receipt(here).startswith("Waiting"))

    waiting = receipt(here)
    assert len(here.patches()) == 1
    assert status(here, TELEGRAF_EDGE_43) == Status.INACTIVE
    assert "changes are stopped" in waiting.lower(), waiting
    assert (
        f"Not it, and disabled until it can be put back: {TELEGRAF_EDGE_43} (telegraf on edge-43)."
    ) in waiting
    assert "Nothing was changed" not in waiting
    await pressing
    if cancelled:
        await here.press(here.channel()[0], "Cancel")
        await here.slack.wait_for(lambda: "Cancelled by" in receipt(here))
        assert "changes are stopped" in receipt(here).lower(), receipt(here)
        assert f"disabled until it can be put back: {TELEGRAF_EDGE_43}" in receipt(here)
        assert len(here.patches()) == 1
    await unfreeze(here)
    left = "Leaked token still usable" if cancelled else "Leaked token disabled and proven dead"
    await here.slack.wait_for(lambda: receipt(here).startswith(left))
    assert status(here, TELEGRAF_EDGE_43) == Status.ACTIVE
    assert status(here, TELEGRAF_EDGE_42) == (Status.ACTIVE if cancelled else Status.INACTIVE)
    assert f"Not it, and put back: {TELEGRAF_EDGE_43}" in receipt(here)
    assert len(here.patches()) == (2 if cancelled else 3)


async def test_what_is_not_chosen_is_not_tried(hashed: World) -> None:
    """The one that was chosen was not it: it is put back, and the other is left alone."""
    await report(hashed, SECRET)

    await hashed.press(hashed.channel()[0], START, chosen=in_order(TELEGRAF_EDGE_43))

    assert status(hashed, TELEGRAF_EDGE_43) == Status.ACTIVE
    assert status(hashed, TELEGRAF_EDGE_42) == Status.ACTIVE
    assert receipt(hashed).startswith("Leaked token still usable")
    assert f"Not tried: {TELEGRAF_EDGE_42} (telegraf on edge-42)." in receipt(hashed)


async def test_others_cannot_start_what_they_did_not_report(hashed: World) -> None:
    """The order is its reporter's, as every Confirm is."""
    await report(hashed, SECRET)

    await hashed.press(hashed.channel()[0], START, user=cast.BOB)

    assert hashed.patches() == []
    assert "asked for" in hashed.last(cast.BOB)


async def test_one_that_was_disabled_before_is_told_as_such(hashed: World, tmp_path: Path) -> None:
    """A server that shows no tokens does not say whose; one that shows them does."""
    secret = secret_of(INACTIVE_LOAD_TEST)

    await report(hashed, secret)

    assert receipt(hashed).startswith("Leaked token already disabled")
    assert "this server does not say whose it is" in receipt(hashed)
    (tmp_path / "plain").mkdir()
    async with world(tmp_path / "plain") as plain:
        await plain.start()
        await report(plain, secret)
        assert receipt(plain).startswith("Leaked token already disabled")
        assert f"Inactive already: {INACTIVE_LOAD_TEST}" in receipt(plain)
        assert plain.patches() == []


async def test_what_is_about_to_work_again_by_itself_is_named(hashed: World) -> None:
    """The server does not say which inactive token it is: what --for enables again may be it."""
    await hashed.say(f"disable {TELEGRAF_EDGE_42} --for 2h")
    await hashed.settled()
    timed = change_id(hashed.channel()[-1].plain)

    await report(hashed, SECRET)

    told = hashed.channel()[-2].plain
    assert told.startswith("Leaked token already disabled"), told
    assert "this server does not say whose it is" in told
    assert (
        f"This may be it, and is to be enabled again by itself: {TELEGRAF_EDGE_42} on default "
        "(telegraf on edge-42), at "
    ) in told
    assert f"as change {timed} ends. Take Keep disabled in pending" in told
    assert "Keep disabled" in hashed.channel()[0].plain


async def test_what_has_leaked_does_not_come_back_by_itself(here: World) -> None:
    """One token had been disabled for two hours: the report names it, and ends its timer."""
    await here.say(f"disable {TELEGRAF_EDGE_42} --for 2h")
    await here.settled()
    timed = change_id(here.channel()[-1].plain)

    await report(here, SECRET)

    told = here.channel()[-2].plain
    assert told.startswith("Leaked token already disabled"), told
    assert f"Change {timed} was to enable {TELEGRAF_EDGE_42} on default again by itself" in told
    assert "It does not; the token stays disabled." in told
    assert "Stays disabled: @alice stopped the timer." in here.channel()[0].plain
    (stop,) = [e for e in await here.events() if e.tag.value == "timer.stopped"]
    assert (stop.change_id, stop.detail["leak_of"]) == (timed, change_id(told))
    here.now.advance(timedelta(hours=3))
    await here.settled()
    assert status(here, TELEGRAF_EDGE_42) == Status.INACTIVE


async def test_one_that_nobody_knows_is_said_plainly(here: World) -> None:
    """Everybody in the channel reads what was looked at, and that nothing was changed."""
    await report(here, NO_SUCH)

    told = receipt(here)
    assert told.startswith("Leaked token not found")
    assert "No InfluxDB instance of this bot knows the secret. Nothing was changed." in told
    assert "Not found on default: compared with 13 tokens shown there." in told
    assert "Before: default refused it: it knows no such token" in told


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.RESET_BEFORE])
async def test_where_influxdb_does_not_answer_nothing_is_proven(here: World, fault: Fault) -> None:
    """The token is disabled, and whether it is dead is not known: it is not called dead."""
    here.influxdb.faults.add(fault, method="GET", path="/api/v2/me", times=99)

    await report(here, SECRET)

    assert status(here, TELEGRAF_EDGE_42) == Status.INACTIVE
    told = receipt(here)
    assert told.startswith("Token disabled, but not proven dead · telegraf on edge-42")
    assert "Before: default did not say whether it accepts it" in told
    assert "After: default did not say whether it accepts it" in told
    assert "Proven dead" not in told


async def test_the_bots_own_token_is_refused(here: World) -> None:
    """It cannot saw off its own branch, leaked or not, and says so."""
    await report(here, BOT_API_TOKEN)

    assert here.patches() == []
    told = receipt(here)
    assert told.startswith("Leaked token still usable")
    assert f"Refused: {BOT_AUTHORIZATION}" in told
    assert "the bot's own" in told or "itself" in told, told


async def test_where_disabling_takes_two_it_waits_for_the_second(idle_world: World) -> None:
    """The approval says that it is about a leaked token; what follows is proven all the same."""
    here = idle_world
    await here.start(policy=cast.SECOND_PERSON.replace('["enable"]', '["enable", "disable"]'))
    await report(here, SECRET)
    asked = receipt(here)
    assert here.patches() == []

    await here.press(here.channel()[0], "Approve", user=cast.CAROL)

    assert asked.startswith("Approval needed: disable telegraf on edge-42")
    assert "Reported as leaked; found in “https://gist.example/42”." in asked
    assert receipt(here).startswith("Leaked token disabled and proven dead")
    assert "approved by @carol" in receipt(here)


async def test_others_disable_it_while_it_waits(idle_world: World) -> None:
    """The approval is not void: what was wanted is so, which InfluxDB itself says."""
    here = idle_world
    await here.start(policy=cast.SECOND_PERSON.replace('["enable"]', '["enable", "disable"]'))
    await report(here, SECRET)
    here.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")

    await here.press(here.channel()[0], "Approve", user=cast.CAROL)

    assert here.patches() == []
    told = receipt(here)
    assert told.startswith("Leaked token already disabled")
    assert "Before: default accepted it" in told
    assert "default refused it: the token is inactive" in told
    assert "so somebody else has seen to it" in told


async def test_its_owners_other_tokens_are_another_change(here: World) -> None:
    """Asked for with the report, it is shown and confirmed as any other; each names the other."""
    await report(
        here, SECRET, **{"Other tokens of its owner": "Also disable every other active one"}
    )

    first, second = (each for each in here.channel() if each.thread_ts is None)
    others = re.search(r"Its owner's other active tokens: change ([0-9A-Z]{6})\.", first.plain)
    assert others is not None
    assert f"change {others[1]}" in second.plain
    assert f"change {others[1]}, after the leak of {change_id(first.plain)}" in second.plain
    await here.press(second, "Confirm")
    assert status(here, TELEGRAF_EDGE_43) == Status.INACTIVE
    assert all(
        a.status == "inactive" for a in here.influxdb.authorizations() if a.user_id == TELEGRAF
    )
