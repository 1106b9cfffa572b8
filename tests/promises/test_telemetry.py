"""What happens can be counted from outside, and found in the log by its ids."""

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any

from bot.changes.asking import Ask, Received
from bot.changes.backlog import Stretch
from bot.changes.request import Origin
from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    HOME_AUTOMATION,
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from bot.slack.blocks.action_ids import ActionId
from tests.attacks import ENABLE_ALONE, id_of, path, shows
from tests.changes.samples import ALICE
from tests.scraping import Scraped, scraped
from tests.slack.traces import answers
from tests.sqlite import place_database
from tests.world import World, world

Line = dict[str, Any]
# Each stands beside the change, on every line about one.
WHOSE = {"request_id", "actor", "change"}
# What is reached before it is known which change, or whether there is one.
OF_NO_CHANGE = {"claimed", "received"}


async def lose_lease(here: World, change_id: str) -> None:
    """Leave a change as a replica does that is killed while it works on it."""
    file = here.settings["database_url"].removeprefix("sqlite:///")

    def leave() -> None:
        with closing(sqlite3.connect(file, timeout=5)) as other, other:
            other.execute(
                "UPDATE requests SET lease_owner = 'gone.0-' || id, "
                "lease_until = '2026-01-01 00:00:00.000000' WHERE id = ?",
                (change_id,),
            )

    # In a thread: the bot may be writing, and ends it only if the loop goes on.
    await asyncio.to_thread(leave)


async def a_bad_day(here: World) -> Message:
    """Have much happen that somebody will ask about; give the change that was approved.

    InfluxDB is busy once, Slack limits a post, somebody may not, an approval is refused and given,
    a replica is lost, and a token is active again.
    """
    await here.start(policy=ENABLE_ALONE)
    here.influxdb.faults.add(
        Fault.UNAVAILABLE, method="PATCH", path=path(TELEGRAF_EDGE_42), retry_after=None
    )
    here.slack.faults.add("chat.postMessage", status=429, retry_after=0)
    await here.say(f"disable {TELEGRAF_EDGE_42} --reason INC-7")
    await here.say(f"disable {TELEGRAF_EDGE_43}", user=cast.DAVE)
    await here.say("disable nonsense")
    await here.say(f"enable {INACTIVE_LOAD_TEST}")
    asked = here.channel()[-1]
    await here.press(asked, "Approve", user=cast.ALICE)
    await lose_lease(here, id_of(asked))
    await here.press(asked, "Approve", user=cast.BOB)
    here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    here.now.advance(timedelta(minutes=1, seconds=1))
    await shows(here, "Active again")
    await here.settled()
    return asked


async def test_a_bad_day(idle_world: World, logs_at_debug: StringIO) -> None:
    """Each of it is counted, and whoever asks about any of it finds it in the log."""
    asked = await a_bad_day(idle_world)

    counted = await scraped(idle_world)

    shows_in_numbers(counted, idle_world)
    # Nobody, no token and no change is a label, nor anything that was typed.
    told = " ".join(value for each in counted.values() for labels in each for value in labels)
    never = (*cast.PEOPLE, cast.INCIDENTS, TELEGRAF_EDGE_42, id_of(asked), "INC-7", "nonsense")
    assert [each for each in never if each in told] == []
    await shows_in_the_log(lines(logs_at_debug), idle_world, asked)


def shows_in_numbers(found: Scraped, here: World) -> None:
    """By what it was and how it ended; and nothing is left to be done."""
    assert found["token_bot_decisions_total"] == {
        ("disable", "allowed", "role"): 1,
        ("disable", "denied", "role"): 1,
        ("enable", "needs_approval", "kind"): 1,
        ("approve", "denied", "role"): 1,
        ("approve", "allowed", "role"): 1,
    }
    assert found["token_bot_asked_total"] == {
        ("disable", "command", "ok"): 1,
        ("disable", "command", "not_allowed"): 1,
        ("disable", "command", "usage"): 1,
        ("enable", "command", "ok"): 1,
        ("approve_change", "click", "not_allowed"): 1,
        ("approve_change", "click", "ok"): 1,
    }
    requests = found["token_bot_influxdb_seconds_count"]
    assert requests["default", "update", "instance_unavailable", "503"] == 1
    assert requests["default", "update", "ok", "200"] == 2
    assert found["token_bot_influxdb_retries_total"] == {("default", "update"): 1}
    calls = found["token_bot_slack_seconds_count"]
    assert calls["chat.postMessage", "ratelimited"] == 1
    assert calls["chat.postMessage", "ok"] == answers(here).count(200)
    assert found["token_bot_slack_wait_seconds_count"]["rate_limited",] >= 1
    assert found["token_bot_changes_total"] == {("disable", "done"): 1, ("enable", "done"): 1}
    assert found["token_bot_change_seconds_count"] == {("disable",): 1, ("enable",): 1}
    assert found["token_bot_drift_found_total"] == {("default",): 1}
    assert found["token_bot_executor_takeovers_total"] == {("other",): 1, ("own",): 0}
    turns = found["token_bot_executor_turns_total"]
    assert sum(turns.values()) == found["token_bot_executor_claims_total"][()]
    assert {end for (end,), times in turns.items() if times} == {"done", "later"}
    assert found["token_bot_executor_at_work"] == {(): 0}
    nothing = {(step.value,): 0 for step in Stretch}
    assert found["token_bot_queue"] == found["token_bot_queue_due"] == nothing
    assert found["token_bot_queue_oldest_due_seconds"] == nothing
    assert found["token_bot_changes_stopped"] == {(): 0}
    assert found["token_bot_database_seconds_count"]["commit",] > 10
    assert "token_bot_database_failures_total" not in found
    assert found["process_resident_memory_bytes"][()] > 10_000_000
    ((version,),) = found["token_bot_build_info"]
    assert version == metadata.version("influxdb-token-bot")


def lines(logs: StringIO) -> list[Line]:
    """Read what was logged, all of it of the bot's own."""
    return [json.loads(line) for line in logs.getvalue().splitlines()]


async def shows_in_the_log(logged: list[Line], here: World, asked: Message) -> None:
    """Each line about a change has its id, who asked for it, and by which request of Slack's.

    Lines of a request that is about no change have the other two. The id in an answer finds the
    line that says why, with the same.
    """
    changes = {each["change"] for each in logged if "change" in each}
    assert len(changes) == 2
    for each in logged:
        about = [change for change in changes if change in json.dumps(each)]
        assert about == [each["change"]] if about else "change" not in each
        if each.get("step") not in {None, *OF_NO_CHANGE} or about:
            assert each.keys() >= WHOSE, each
        if "error_id" in each or "asked" in each:
            assert each.keys() >= WHOSE - {"change"}, each
        assert ("request_id" in each) == ("actor" in each)
    # By whom, and with which command, stands also where the executor does what was asked.
    for change in changes:
        stored = [each for each in logged if each.get("change") == change and "asked" in each]
        worked = [each for each in logged if each.get("change") == change and "asked" not in each]
        request = await here.request(change)
        assert {each["actor"] for each in worked} == {cast.ALICE} == {request.requester.user_id}
        assert {each["request_id"] for each in worked} == {stored[0]["request_id"]}
        assert [each["event"] for each in worked].count("over") == 1
    # Whoever presses a button does so with a request of their own, about the same change.
    pressed = [each for each in logged if each.get("asked") == ActionId.APPROVE_CHANGE]
    assert {each["change"] for each in pressed} == {id_of(asked)}
    assert {each["actor"] for each in pressed} == {cast.ALICE, cast.BOB}
    for user in (cast.ALICE, cast.DAVE):
        told = " ".join(message.plain for message in here.slack.ephemerals(user))
        refused = [each for each in logged if each.get("error_id", "none") in told]
        assert refused
        assert {each["actor"] for each in refused} == {user}


async def test_a_line_is_about_nobody_else(idle_world: World, logs_at_debug: StringIO) -> None:
    """Of many requests at once each line names its own, and what belongs to none names nobody."""
    here = idle_world
    await here.start()
    tokens = (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43, HOME_AUTOMATION)

    async def ask(user: str, text: str) -> None:
        await here.slack.command(user, cast.INCIDENTS, "/token", text)

    async with asyncio.TaskGroup() as group:
        for user, token in zip((cast.ALICE, cast.BOB, cast.CAROL), tokens, strict=True):
            for text in (f"disable {token}", f"show {token}"):
                group.create_task(ask(user, text))
    await here.settled()

    logged = lines(logs_at_debug)
    requests = Counter(each["request_id"] for each in logged if each["event"] == "stored")
    assert requests
    assert set(requests.values()) == {1}
    for change in {each["change"] for each in logged if "change" in each}:
        request = await here.request(change)
        whose = {(e["actor"], e["request_id"]) for e in logged if e.get("change") == change}
        assert whose == {(request.requester.user_id, request.asked_with)}
    assert [e for e in logged if e.get("step") == "claimed" and "actor" in e] == []


async def test_what_is_decided_by_another_process(
    idle_world: World, logs_at_debug: StringIO
) -> None:
    """What was received before a crash is about the same person, request and change after it."""
    here = idle_world
    delivery = "0123456789ab" + "c" * 52
    ask = Ask(ALICE, Origin(cast.INCIDENTS), delivery, here.now())
    place_database(here.settings["database_url"])
    async with here.store() as store, store.transaction() as transaction:
        await transaction.add_received(Received(ask, "command", {"text": "undo 7F3K2Q"}))

    await here.start()
    await here.settled()

    (refused,) = [each for each in lines(logs_at_debug) if "error_id" in each]
    told = {key: refused[key] for key in WHOSE}
    assert told == {"request_id": "0123456789ab", "actor": cast.ALICE, "change": "7F3K2Q"}
    assert refused["error_id"] in here.last()


async def test_what_comes_over_a_socket(tmp_path: Path, logs_at_debug: StringIO) -> None:
    """It has its id as well, which is another for each envelope."""
    async with world(tmp_path, socket_mode=True) as here:
        await here.start()
        for _ in range(2):
            await here.say("undo 7F3K2Q")

    refused = [each for each in lines(logs_at_debug) if "error_id" in each]
    assert {(each["actor"], each["change"]) for each in refused} == {(cast.ALICE, "7F3K2Q")}
    assert len({each["request_id"] for each in refused}) == 2
