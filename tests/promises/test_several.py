"""Several tokens: one change with a result for each, told as it is."""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, Gate
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    CI_BACKUP,
    INACTIVE_LOAD_TEST,
    ORPHAN,
    TELEGRAF_EDGE_42,
    realistic_fixture,
)
from bot.sandbox.slack import Message
from tests.attacks import (
    INACTIVE,
    SEVERAL_ALONE,
    SIMPLE,
    freeze,
    path,
    reload,
    texts,
    unfreeze,
)
from tests.durability.outside import until
from tests.world import BRISK, World, world

FLEET = tuple(f"0fd43095c60{number:02x}000" for number in range(1, 14))
CROWD = tuple(f"0fd43095c7{number:03x}000" for number in range(1, 81))
ROOMY = f"""{SIMPLE}
[limits]
targets_per_person = 1000
"""
# PATCHes that are held on purpose must not run out of time on a busy machine.
PATIENT = replace(
    BRISK,
    influxdb_timeout=20.0,
    influxdb_retries=replace(BRISK.influxdb_retries, seconds=20.0),
)
AT_ONCE = BRISK.tempo.patches_at_once
LIST = "/api/v2/authorizations"
ANY = f"{LIST}/.*"


def with_tokens(ids: tuple[str, ...], user: str = "ci") -> dict[str, Any]:
    """Give the organisation with further tokens of a user."""
    fixture = realistic_fixture()
    first = next(a for a in fixture["authorizations"] if a["id"] == CI_BACKUP)
    owner = next(u["id"] for u in fixture["users"] if u["name"] == user)
    fixture["authorizations"] += [
        {
            **copy.deepcopy(first),
            "id": each,
            "userID": owner,
            "token": f"{each}".ljust(86, "y") + "==",
            "description": f"runner {number}",
        }
        for number, each in enumerate(ids, start=1)
    ]
    return fixture


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[World]:
    """The bot with thirteen tokens of one kind."""
    async with world(tmp_path, fixture=with_tokens(FLEET)) as here:
        await here.start(policy=ROOMY)
        yield here


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[World]:
    """The bot with eighty tokens of one user."""
    async with world(tmp_path, fixture=with_tokens(CROWD, "grafana")) as here:
        here.timing = PATIENT
        await here.start(policy=ROOMY)
        yield here


async def previewed(here: World, text: str) -> Message:
    """Ask for a change of several, and give its message."""
    await here.say(text)
    return here.channel()[-1]


async def under_way(here: World, message: Message) -> Gate:
    """Confirm, and hold the PATCHes as soon as as many are on their way as are sent at once."""
    gate = here.influxdb.gate("PATCH", ANY)
    await here.slack.press(cast.ALICE, message, "Confirm")
    await asyncio.wait_for(gate.holding(AT_ONCE), 15)
    return gate


def statuses(here: World, ids: tuple[str, ...]) -> list[str]:
    """Give what the tokens truly are."""
    return [here.influxdb.authorization(each).status for each in ids]


async def test_a_list_first(fleet: World) -> None:
    """Nothing is sent before Confirm; what cannot be changed is left out, with its reason."""
    message = await previewed(
        fleet,
        f"disable {FLEET[0]} {FLEET[1]} {BOT_AUTHORIZATION} {INACTIVE_LOAD_TEST} {ORPHAN}",
    )

    assert "To confirm: disable 2 tokens" in message.plain
    assert "Left out: 2" in message.plain
    assert "this bot itself uses" in message.plain
    assert "Nothing to change: 1" in message.plain
    assert texts(message) == ["Confirm", "Cancel"]
    assert fleet.patches() == []


async def test_partial_failure_is_the_truth(fleet: World) -> None:
    """12 disabled, 1 failed and why; Retry tries that one, Undo takes back the 12."""
    fleet.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(FLEET[4]), times=9)
    message = await previewed(fleet, f"disable {' '.join(FLEET)}")

    await fleet.press(message, "Confirm")

    assert message.plain.startswith("12 tokens disabled, 1 failed")
    assert message.plain.splitlines()[1].startswith("Failed")
    assert "an internal error has occurred" in message.plain
    assert "read back and is as it was before: active" in message.plain
    assert texts(message) == ["Undo 12", "Retry 1"]
    assert statuses(fleet, FLEET).count("inactive") == 12
    assert statuses(fleet, (FLEET[4],)) == ["active"]


async def test_retry_of_what_failed(fleet: World) -> None:
    """Retry sends the one that failed and no other; its Undo is its own."""
    fleet.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(FLEET[4]), times=1)
    message = await previewed(fleet, f"disable {' '.join(FLEET)}")
    await fleet.press(message, "Confirm")
    sent = len(fleet.patches())

    await fleet.press(message, "Retry 1")
    await fleet.press(message, "Retry 1", outdated=True)
    twice = fleet.last()
    await fleet.press(message, "Undo 12")
    await fleet.press(fleet.channel()[-1], "Confirm")

    assert "is already tried again" in twice
    assert fleet.patches()[sent] == (path(FLEET[4]), INACTIVE)
    assert [where for where, body in fleet.patches()[sent + 1 :]].count(path(FLEET[4])) == 0
    assert len(fleet.patches()) == sent + 1 + 12
    assert statuses(fleet, FLEET).count("active") == 12
    assert statuses(fleet, (FLEET[4],)) == ["inactive"]


async def test_one_list_before_and_one_to_read_back(fleet: World) -> None:
    """However many tokens, from Confirm on it takes two lists and one PATCH a token."""
    message = await previewed(fleet, f"disable {' '.join(FLEET)}")
    before = len(fleet.influxdb.journal)

    await fleet.press(message, "Confirm")

    asked = [(each.method, each.path) for each in fleet.influxdb.journal[before:]]
    assert asked[0] == asked[-1] == ("GET", LIST)
    assert [each for each in asked if each[0] == "GET"] == [("GET", LIST)] * 2
    assert sorted(asked[1:-1]) == [("PATCH", path(each)) for each in FLEET]


async def test_all_active_tokens_of_a_user(crowd: World) -> None:
    """``--user`` means what is active and theirs; Confirm is bound to the list that was shown."""
    crowd.influxdb.edit(CROWD[0], status="inactive")
    message = await previewed(crowd, "disable --user grafana --reason compromised")
    assert "To confirm: disable 80 tokens" in message.plain

    crowd.influxdb.edit(CROWD[0], status="active")
    await crowd.press(message, "Confirm")

    assert message.plain.startswith("80 tokens disabled")
    assert statuses(crowd, CROWD[:2]) == ["active", "inactive"]
    assert statuses(crowd, (TELEGRAF_EDGE_42,)) == ["active"]


async def test_no_more_than_so_many_at_once(crowd: World) -> None:
    """With every PATCH held, no more are on their way than are sent at a time."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)
    await crowd.influxdb_quiet(seconds=0.3)
    waiting = gate.waiting
    gate.release()
    await crowd.settled()

    assert waiting == AT_ONCE == 32
    assert message.plain.startswith("81 tokens disabled")


async def test_one_retry_after_holds_all(crowd: World) -> None:
    """After one 429 no PATCH arrives before the time that it names, whoever would send it."""
    message = await previewed(crowd, "disable --user grafana")
    crowd.influxdb.faults.add(Fault.TOO_MANY_REQUESTS, method="PATCH", retry_after=1)

    await crowd.press(message, "Confirm")

    patches = crowd.influxdb.patches()
    refused = next(each.at for each in patches if each.status == 429)
    # Those of the same moment were on their way already.
    on_their_way = refused + timedelta(seconds=0.2)
    too_early = [p for p in patches if on_their_way < p.at < refused + timedelta(seconds=0.95)]
    assert too_early == []
    assert len([p for p in patches if p.at >= refused + timedelta(seconds=0.95)]) >= 81 - 32
    assert message.plain.startswith("81 tokens disabled")


async def test_progress_is_told_sparingly(crowd: World) -> None:
    """The message is edited while it goes on, but no more often than every so many seconds."""
    crowd.influxdb.faults.add(Fault.SLOW, method="PATCH", times=81, delay=0.12)
    message = await previewed(crowd, "disable --user grafana")
    begun = len(crowd.slack.journal)

    await crowd.press(message, "Confirm")

    edits = [c for c in crowd.slack.journal[begun:] if c.method == "chat.update"]
    shown = [c for c in edits if "sent." in str(c.arguments["text"])]
    spaces = [later.at - earlier.at for earlier, later in pairwise(shown)]
    assert len(shown) >= 2
    # The journal notes when a call was answered; a busy machine answers some a little late.
    assert min(spaces) >= BRISK.tempo.watch.tell - timedelta(milliseconds=15)
    assert message.plain.startswith("81 tokens disabled")


@asynccontextmanager
async def until_it_is_seen() -> AsyncIterator[None]:
    """Wait in the end until the executor has seen that it is to send no more."""
    with capture_logs() as logs:

        async def seen() -> bool:
            return any(line["event"] == "stopped on its way" for line in logs)

        yield
        assert await until(seen, seconds=15)


async def test_cancel_while_it_runs(crowd: World) -> None:
    """What was not sent yet is not sent; the message says what was done, and who stopped it."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)

    async with until_it_is_seen():
        await cancels(crowd)
    gate.release()
    await crowd.settled()

    assert message.plain.startswith("32 tokens disabled, 49 cancelled")
    assert "Cancelled by @alice while it was under way." in message.plain
    assert texts(message) == ["Undo 32"]
    assert len(crowd.patches()) == 32
    assert statuses(crowd, CROWD).count("active") == 80 - 31


async def cancels(here: World, user: str = cast.ALICE) -> None:
    """Press "Cancel the rest" in the list of what waits."""
    await here.slack.command(user, cast.INCIDENTS, "/token", "pending")
    pending = await here.slack.wait_for(
        lambda: [m for m in here.slack.ephemerals(user) if "Cancel the rest" in texts(m)]
    )
    await here.slack.press(user, pending[-1], "Cancel the rest")


async def test_cancel_by_somebody_who_may_not(crowd: World) -> None:
    """A viewer's Cancel stops nothing."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)

    await cancels(crowd, cast.DAVE)
    await crowd.influxdb_quiet(seconds=0.1)
    gate.release()
    await crowd.settled()

    assert message.plain.startswith("81 tokens disabled")


async def test_a_freeze_while_it_runs(crowd: World) -> None:
    """What was not sent waits and says so; when the freeze is lifted it goes on."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)

    async with until_it_is_seen():
        await freeze(crowd)
    gate.release()
    await crowd.slack.wait_for(lambda: "token-bot freeze" in message.plain)
    sent = len(crowd.patches())
    await unfreeze(crowd)
    await crowd.slack.wait_for(lambda: "81 tokens disabled" in message.plain)

    assert sent == 32
    assert len(crowd.patches()) == 81


async def test_cancel_of_what_a_freeze_holds(crowd: World) -> None:
    """Cancelled while a freeze holds it, it ends; when the freeze is lifted nothing is sent."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)
    async with until_it_is_seen():
        await freeze(crowd)
    gate.release()
    await crowd.slack.wait_for(lambda: "token-bot freeze" in message.plain)

    await cancels(crowd)
    await crowd.slack.wait_for(lambda: "49 cancelled" in message.plain)
    await unfreeze(crowd)
    await crowd.settled()

    assert len(crowd.patches()) == 32
    assert "32 tokens disabled" in message.plain


async def test_a_role_lost_while_it_runs(crowd: World) -> None:
    """Whoever asked may not any more: what was not sent yet is not sent."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)

    async with until_it_is_seen():
        reload(crowd, ROOMY.replace('["U0ALICE"]', '["U0DAVE"]'))
    gate.release()
    await crowd.settled()

    assert len(crowd.patches()) == 32
    assert message.plain.startswith("32 tokens disabled, 49 refused")
    assert "Not allowed any more" in message.plain


async def test_an_approval_that_is_needed_by_now(crowd: World) -> None:
    """The policy wants a second person since it began: what was not sent yet is not sent."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)

    async with until_it_is_seen():
        reload(crowd, SEVERAL_ALONE)
    gate.release()
    await crowd.settled()

    assert len(crowd.patches()) == 32
    assert message.plain.startswith("32 tokens disabled, 49 refused")
    assert "changing several tokens at once needs an approval" in message.plain


async def test_cancelled_while_no_executor_has_it(crowd: World) -> None:
    """Cancelled after a crash, before anybody took it up again: what was not sent stays unsent."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)
    async with until_it_is_seen():
        await freeze(crowd)
    gate.release()
    await crowd.slack.wait_for(lambda: "token-bot freeze" in message.plain)
    change = next(e.change_id for e in await crowd.events() if e.change_id)

    await crowd.stop()
    async with crowd.store() as store, store.transaction() as transaction:
        await transaction.cancel_the_rest(str(change), cast.ALICE, crowd.now())
        await transaction.set_freeze(None)
    await crowd.start(policy=ROOMY)
    await crowd.slack.wait_for(lambda: "49 cancelled" in message.plain)

    assert len(crowd.patches()) == 32


async def test_a_restart_in_the_middle(crowd: World) -> None:
    """Stopped halfway and started again: the rest is sent once, and every token has its outcome."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)
    async with until_it_is_seen():
        await freeze(crowd)
    gate.release()
    await crowd.slack.wait_for(lambda: "token-bot freeze" in message.plain)

    await crowd.stop()
    await unfreeze(crowd)
    await crowd.start(policy=ROOMY)
    await crowd.slack.wait_for(lambda: "81 tokens disabled" in message.plain)

    assert statuses(crowd, CROWD).count("inactive") == 80
    assert len({where for where, _ in crowd.patches()}) == len(crowd.patches()) == 81


async def test_a_database_that_is_away_for_longer_than_a_lease(crowd: World) -> None:
    """Whoever cannot renew its lease sends no more: another may have taken its work over."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)

    with capture_logs() as logs:

        async def given_up() -> bool:
            return any(line["event"].startswith("the lease is over") for line in logs)

        async def goes_on() -> bool:
            return len(crowd.patches()) > AT_ONCE

        async with crowd.locked_database():
            assert await until(given_up, seconds=15)
            gate.release()
            went_on = await until(goes_on, seconds=0.5)
    await crowd.slack.wait_for(lambda: "81 tokens disabled" in message.plain)

    assert not went_on
    assert len(crowd.patches()) == 81


async def test_answers_that_were_lost(crowd: World) -> None:
    """PATCHes whose answers never came are read back, not sent again and not guessed."""
    message = await previewed(crowd, "disable --user grafana")
    crowd.influxdb.faults.add(Fault.RESET_AFTER, method="PATCH", times=40)

    await crowd.press(message, "Confirm")

    assert message.plain.startswith("81 tokens disabled")
    assert statuses(crowd, CROWD).count("inactive") == 80


async def test_stopped_while_patches_are_on_their_way(crowd: World) -> None:
    """SIGTERM finishes what has begun before the process ends."""
    message = await previewed(crowd, "disable --user grafana")
    gate = await under_way(crowd, message)

    stopping = asyncio.create_task(crowd.stop())
    await crowd.influxdb_quiet(seconds=0.1)
    gate.release()
    await stopping

    assert message.plain.startswith("81 tokens disabled")
    assert len(crowd.patches()) == 81


async def test_a_long_list_names_what_went_wrong(crowd: World) -> None:
    """Where there is no room for eighty lines, what did not go as asked comes first."""
    crowd.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(CROWD[70]), times=9)
    message = await previewed(crowd, "disable --user grafana")

    await crowd.press(message, "Confirm")

    lines = message.plain.splitlines()
    assert lines[0].startswith("80 tokens disabled, 1 failed")
    assert CROWD[70] in "\n".join(lines[1:4])
    assert "more" in message.plain


async def test_one_that_is_gone_does_not_stop_the_others(fleet: World) -> None:
    """An id that is not there is left out, and says so."""
    message = await previewed(fleet, f"disable {FLEET[0]} {FLEET[1]} 0000000000000bad")

    await fleet.press(message, "Confirm")

    assert statuses(fleet, FLEET[:2]) == ["inactive", "inactive"]
    assert "0000000000000bad" in message.plain


async def test_a_token_that_has_changed_since_the_list(fleet: World) -> None:
    """Confirm is bound to what was shown: what is different now is refused, the others go."""
    message = await previewed(fleet, f"disable {FLEET[0]} {FLEET[1]} {FLEET[2]}")
    fleet.influxdb.edit(FLEET[1], description="now the one of payments")

    await fleet.press(message, "Confirm")

    assert message.plain.startswith("2 tokens disabled, 1 refused")
    assert "now the one of payments" in message.plain
    assert statuses(fleet, FLEET[:3]) == ["inactive", "active", "inactive"]


async def test_the_same_token_twice(fleet: World) -> None:
    """Named twice, in another case, it is one token and needs no list."""
    await fleet.say(f"disable {FLEET[0]} {FLEET[0].upper()} `{FLEET[0]}`")

    assert fleet.patches() == [(path(FLEET[0]), INACTIVE)]


async def test_the_retry_of_an_undo(fleet: World) -> None:
    """A failed undo that is tried again tramples on nobody's decision, as the undo would not."""
    message = await previewed(fleet, f"disable {FLEET[0]} {FLEET[1]} {FLEET[2]}")
    await fleet.press(message, "Confirm")
    fleet.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(FLEET[0]))
    fleet.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(FLEET[1]))
    await fleet.press(message, "Undo 3")
    undo = fleet.channel()[-1]
    await fleet.press(undo, "Confirm")
    assert "Retry 2" in texts(undo)
    fleet.influxdb.edit(FLEET[0], description="compromised, keep disabled")
    await fleet.say(f"disable {FLEET[1]}", user=cast.BOB)
    sent = len(fleet.patches())

    await fleet.press(undo, "Retry 2")
    await fleet.press(fleet.channel()[-1], "Confirm", outdated=True)

    assert len(fleet.patches()) == sent
    assert statuses(fleet, FLEET[:3]) == ["inactive", "inactive", "active"]
