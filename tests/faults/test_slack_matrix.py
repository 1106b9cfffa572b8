"""Every fault of Slack's, in every way of telling somebody something: what they read, and where."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from tests.counting import Count
from tests.slack.fit_for_people import assert_fit_for_people
from tests.words import steady
from tests.world import BRISK, World, world

ACTIVE, INACTIVE = '{"status":"active"}', '{"status":"inactive"}'
DISABLE = f"disable {TELEGRAF_EDGE_42}"
READ = f"show {TELEGRAF_EDGE_42}"
# Longer than the bot waits in these tests, and shorter than anybody would mind.
SLOW: Final = {"delay": 1.5, "drop": True}

PASSING: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "429": {"status": 429, "retry_after": 1},
        "500": {"status": 500},
        "503": {"status": 503},
        "ratelimited": {"error": "ratelimited"},
        "timeout": SLOW,
    }
)
FAULTS = (
    *PASSING,
    "not_in_channel",
    "invalid_blocks",
    "message deleted",
    "edit window closed",
    "used-up response URL",
)
WAYS = ("post", "edit", "ephemeral", "response URL")

Hindering = Callable[[World], None]


@dataclass(frozen=True)
class Cell:
    """One fault in one way of telling.

    Attributes:
        hinder: Makes the fault, once the message that is edited stands.
        channel: How many messages everybody sees in the end.
        alone: How many one person alone sees in the channel.
        direct: How many they are sent directly.
    """

    hinder: Hindering
    channel: int = 0
    alone: int = 0
    direct: int = 0

    @property
    def places(self) -> dict[str, int]:
        """Give how many messages there are where."""
        return {"channel": self.channel, "alone": self.alone, "direct": self.direct}


def failing(method: str, **fault: Any) -> Hindering:
    """Have the next two calls of a method go wrong."""
    return lambda here: here.slack.faults.add(method, times=2, **fault)


def once(method: str, **fault: Any) -> Hindering:
    """Have the next call of a method go wrong."""
    return lambda here: here.slack.faults.add(method, **fault)


def both(*hinderings: Hindering) -> Hindering:
    """Make several faults at once."""

    def hinder(here: World) -> None:
        for each in hinderings:
            each(here)

    return hinder


def outside(here: World) -> None:
    """Take the bot out of the channel."""
    channel = here.slack.workspace.channels[cast.INCIDENTS]
    here.slack.add_channel(replace(channel, bot_is_member=False))


def deleted(here: World) -> None:
    """Delete what everybody sees in the channel."""
    for message in here.channel():
        here.slack.workspace.delete(message)


def nothing(_: World) -> None:
    """Make no further fault."""


USED_UP = failing("response_url", error="used_url")
POST, EDIT, EPHEMERAL, URL = (
    "chat.postMessage",
    "chat.update",
    "chat.postEphemeral",
    "response_url",
)

# Whoever types a change reads at once that it is accepted, which is theirs alone.
CELLS: Final[Mapping[tuple[str, str], Cell]] = MappingProxyType(
    {
        **{
            (name, "post"): Cell(failing(POST, **fault), channel=1, alone=1)
            for name, fault in PASSING.items()
        },
        ("not_in_channel", "post"): Cell(outside, channel=1, alone=1),
        ("invalid_blocks", "post"): Cell(once(POST, error="invalid_blocks"), channel=1, alone=1),
        ("used-up response URL", "post"): Cell(both(outside, USED_UP), direct=1, alone=1),
        **{
            (name, "edit"): Cell(failing(EDIT, **fault), channel=1, alone=1)
            for name, fault in PASSING.items()
        },
        # The button that was pressed has a response URL, which edits as well.
        ("not_in_channel", "edit"): Cell(failing(EDIT, error="not_in_channel"), channel=1, alone=1),
        ("invalid_blocks", "edit"): Cell(once(EDIT, error="invalid_blocks"), channel=1, alone=1),
        ("message deleted", "edit"): Cell(deleted, channel=1, alone=1),
        ("edit window closed", "edit"): Cell(
            failing(EDIT, error="edit_window_closed"), channel=1, alone=1
        ),
        # The old message cannot be reached any more, so a new one tells of both.
        ("used-up response URL", "edit"): Cell(
            both(failing(EDIT, error="edit_window_closed"), USED_UP), channel=2, alone=1
        ),
        # Told in the channel only where the response URL is used up.
        **{
            (name, "ephemeral"): Cell(both(USED_UP, failing(EPHEMERAL, **fault)), direct=1)
            for name, fault in PASSING.items()
        },
        ("not_in_channel", "ephemeral"): Cell(both(USED_UP, outside), direct=1),
        ("invalid_blocks", "ephemeral"): Cell(
            both(USED_UP, once(EPHEMERAL, error="invalid_blocks")), alone=1
        ),
        ("used-up response URL", "ephemeral"): Cell(USED_UP, alone=1),
        **{
            (name, "response URL"): Cell(failing(URL, **fault), alone=1)
            for name, fault in PASSING.items()
            if name != "ratelimited"
        },
        ("invalid_blocks", "response URL"): Cell(
            failing(URL, status=400, error="invalid_blocks"), alone=1
        ),
        ("message deleted", "response URL"): Cell(nothing, alone=1),
        ("used-up response URL", "response URL"): Cell(
            both(USED_UP, failing(EPHEMERAL, error="user_not_in_channel")), direct=1
        ),
    }
)
CANNOT_BE: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("message deleted", "post"): "there is no message yet",
        ("edit window closed", "post"): "nothing is edited",
        ("message deleted", "ephemeral"): "chat.postEphemeral refers to no earlier message",
        ("edit window closed", "ephemeral"): "nothing is edited",
        ("ratelimited", "response URL"): "it answers with a status and a word, not with JSON",
        ("not_in_channel", "response URL"): "it posts wherever the command was typed",
        ("edit window closed", "response URL"): "it is no chat.update",
    }
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    """The whole bot, which waits for Slack for no longer than a second."""
    async with world(tmp_path) as here:
        here.timing = replace(BRISK, slack_timeout=1.0)
        await here.start()
        yield here
    assert_fit_for_people(here)


def shown(here: World) -> dict[str, list[Message]]:
    """Give what there is to read, by where it is."""
    return {
        "channel": here.channel(),
        "alone": here.slack.ephemerals(cast.ALICE),
        "direct": here.slack.direct_messages(cast.ALICE),
    }


def read(here: World) -> dict[str, list[str]]:
    """Give what people read, by where it is, without what differs from run to run."""
    return {
        place: [steady(message.plain) for message in messages]
        for place, messages in shown(here).items()
        if messages
    }


def cells(way: str) -> list[str]:
    """Name the faults of a way of telling that can be."""
    return [fault for fault, its_way in CELLS if its_way == way]


async def told(here: World, cell: Cell) -> None:
    """Wait until as much is to be read as there should be, and nothing is left to be done."""
    await here.slack.wait_for(
        lambda: all(len(v) >= cell.places[k] for k, v in shown(here).items()), 10
    )
    await here.settled()
    assert {place: len(messages) for place, messages in shown(here).items()} == cell.places


async def change_is_told(here: World) -> bool:
    """Tell whether every change is announced, so that no more is tried."""
    ids = {event.change_id for event in await here.events() if event.change_id}
    return all([(await here.request(each)).announced for each in ids])


@pytest.mark.parametrize("fault", cells("post"))
async def test_a_confirmation_that_is_posted(
    here: World, fault: str, snapshot: SnapshotAssertion
) -> None:
    """A disable: made at once and once, and told once, whatever Slack says to the first posts."""
    cell = CELLS[fault, "post"]
    cell.hinder(here)

    await here.say(DISABLE)
    await told(here, cell)

    assert read(here) == snapshot
    assert [body for _, body in here.patches()] == [INACTIVE]
    first = next(call for call in here.slack.journal if call.method == POST)
    assert here.influxdb.patches()[0].at < first.at
    assert await change_is_told(here)


@pytest.mark.parametrize("fault", cells("edit"))
async def test_an_undo_that_edits_its_message(
    here: World, fault: str, snapshot: SnapshotAssertion
) -> None:
    """An undo: made at once and once, and the message that everybody sees tells of it."""
    cell = CELLS[fault, "edit"]
    await here.say(DISABLE)
    (message,) = here.channel()
    cell.hinder(here)

    await here.press(message, "Undo", outdated=True)
    await here.slack.wait_for(lambda: any("then undone" in m.plain for m in here.channel()), 10)
    await told(here, cell)

    assert read(here) == snapshot
    assert [body for _, body in here.patches()] == [INACTIVE, ACTIVE]
    first = next(call for call in here.slack.journal if call.method == EDIT)
    assert here.influxdb.patches()[1].at < first.at
    assert await change_is_told(here)


@pytest.mark.parametrize("fault", cells("ephemeral"))
async def test_an_answer_in_the_channel_to_one_person(
    here: World, fault: str, snapshot: SnapshotAssertion
) -> None:
    """A reading whose response URL is used up: told once, in the channel or directly."""
    cell = CELLS[fault, "ephemeral"]
    cell.hinder(here)

    await here.say(READ)
    await told(here, cell)

    assert read(here) == snapshot
    assert here.patches() == []


@pytest.mark.parametrize("fault", [f for f in cells("response URL") if f != "message deleted"])
async def test_an_answer_by_a_response_url(
    here: World, fault: str, snapshot: SnapshotAssertion
) -> None:
    """A reading: where the response URL does not work, told once all the same."""
    cell = CELLS[fault, "response URL"]
    cell.hinder(here)

    await here.say(READ)
    await told(here, cell)

    assert read(here) == snapshot
    assert here.patches() == []


async def test_a_page_is_turned_on_a_list_that_is_gone(
    here: World, snapshot: SnapshotAssertion
) -> None:
    """A response URL cannot replace what its reader has dismissed: the page is shown anew."""
    await here.say("list")
    (rows,) = here.slack.ephemerals(cast.ALICE)
    here.slack.workspace.delete(rows)

    await here.press(rows, "Next", outdated=True)
    await told(here, CELLS["message deleted", "response URL"])

    assert read(here) == snapshot


def test_no_cell_is_left_out(count: Count) -> None:
    """Each fault in each way either has its cell, or a reason why there is none."""
    everything = {(fault, way) for way in WAYS for fault in FAULTS}

    assert {*CELLS, *CANNOT_BE} == everything
    assert CELLS.keys() & CANNOT_BE.keys() == set()
    count(f"fault matrix (Slack): {len(CELLS)} cells, {len(CANNOT_BE)} that cannot be")
