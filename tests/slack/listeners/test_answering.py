"""Whatever happens inside, the person gets an answer, and the log has its cause under its id."""

import asyncio
import re
import sqlite3
from collections.abc import MutableMapping
from contextlib import closing
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.slack.traces import traces
from tests.world import World

_ERROR_ID = re.compile(r"^error ([0-9A-HJKMNP-TV-Z]{8})$", re.MULTILINE)


async def _rename(here: World, table: str, to: str) -> None:
    """Take a table away, as a failed upgrade or a restored backup would, or give it back."""
    path = here.settings["database_url"].removeprefix("sqlite:///")

    def rename() -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"ALTER TABLE {table} RENAME TO {to}")

    # In a thread: the bot may be writing, and ends it only if the loop goes on.
    await asyncio.to_thread(rename)


def _line(logs: list[MutableMapping[str, Any]], plain: str) -> MutableMapping[str, Any]:
    """Find the log's line under the error id that a message shows."""
    found = _ERROR_ID.search(plain)
    assert found is not None, plain
    (line,) = [line for line in logs if line.get("error_id") == found[1]]
    return line


@pytest.mark.parametrize("text", [f"disable {TELEGRAF_EDGE_42}", f"describe {TELEGRAF_EDGE_42} x"])
async def test_a_command_that_cannot_be_stored(here: World, text: str) -> None:
    """The record's table is gone: 200, an answer, nothing sent, and the database's own words."""
    await _rename(here, "audit_events", "gone")

    with capture_logs() as logs:
        delivery = await here.say(text)

    assert (delivery.status, delivery.error) == (200, None)
    assert delivery.shown is not None
    assert delivery.shown.plain.startswith("Could not confirm that this was stored")
    assert "no such table: audit_events" in _line(logs, delivery.shown.plain)["cause"]
    assert here.influxdb.journal == []


async def test_a_click_that_cannot_be_stored(here: World) -> None:
    """The same of a click, told by its response URL; the message keeps its button."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    await _rename(here, "audit_events", "gone")

    with capture_logs() as logs:
        delivery = await here.press(message, "Undo", user="U0BOB")

    told = here.last("U0BOB")
    assert (delivery.status, delivery.body) == (200, "")
    assert told.startswith("Could not confirm that this was stored")
    assert "no such table: audit_events" in _line(logs, told)["cause"]
    assert [button.text for button in message.buttons] == ["Undo", "Details"]
    assert len(here.patches()) == 1


async def test_a_fault_before_the_ack(here: World) -> None:
    """History cannot be read: the ack itself carries the answer, the log the whole cause."""
    await _rename(here, "audit_events", "gone")

    with capture_logs() as logs:
        delivery = await here.say("history")

    assert delivery.status == 200
    assert delivery.shown is not None
    assert delivery.shown.plain.startswith("The bot itself stumbled over this")
    line = _line(logs, delivery.shown.plain)
    assert (line["event"], line["log_level"]) == ("stumbled", "error")
    assert "no such table" in str(line["exc_info"])


async def test_a_fault_after_the_ack(here: World) -> None:
    """A list whose pages cannot be kept: the answer follows, and nothing was changed."""
    await _rename(here, "stored_queries", "gone")

    with capture_logs() as logs:
        delivery = await here.say("list")

    assert (delivery.status, delivery.body) == (200, "")
    assert here.last().startswith("The bot itself stumbled over this. Nothing was changed.")
    assert _line(logs, here.last())["event"] == "stumbled"


async def test_the_next_one_works_again(here: World) -> None:
    """A fault of one request leaves nothing behind for those that come after it."""
    await _rename(here, "audit_events", "gone")
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await _rename(here, "gone", "audit_events")

    await here.say(f"disable {TELEGRAF_EDGE_42}")

    assert "Token disabled" in here.channel()[0].plain


async def test_a_locked_database_answers_one_click_once(here: World) -> None:
    """Two seconds of waiting, then one answer by one listener, before Slack gives up."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()

    async with here.locked_database():
        press, typed = await asyncio.gather(
            here.slack.press("U0BOB", message, "Undo"),
            here.slack.command("U0ALICE", "C0INCIDENTS", "/token", "undo"),
        )
    await here.settled()

    for delivery in (press, typed):
        assert (delivery.status, delivery.error) == (200, None)
        assert delivery.seconds < 2.9
    (told,) = here.slack.ephemerals("U0BOB")
    assert told.plain.startswith("Could not confirm that this was stored")
    assert typed.shown is not None
    assert typed.shown.plain.startswith("Could not confirm that this was stored")
    assert len(here.patches()) == 1


async def test_while_draining_nothing_is_taken_on(here: World) -> None:
    """A bot that is about to end says so, to commands and clicks, and stores nothing."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    assert here.bot is not None
    here.bot.drain()
    asked, _, *rows = traces(here)

    typed = await here.say(f"enable {TELEGRAF_EDGE_42}")
    pressed = await here.press(message, "Undo", user="U0BOB")

    for shown in (typed.shown, *here.slack.ephemerals("U0BOB")):
        assert shown is not None
        assert shown.plain.startswith("The bot is restarting. Nothing was stored or changed.")
        assert "Try again in a few seconds." in shown.plain
    assert (typed.status, pressed.status) == (200, 200)
    assert len(here.slack.ephemerals("U0BOB")) == 1
    assert (traces(here)[0], list(traces(here)[2:])) == (asked, rows)
