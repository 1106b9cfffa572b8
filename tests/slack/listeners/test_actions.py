"""Each button does what it says, whoever presses it and however late."""

import asyncio

from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import INACTIVE_LOAD_TEST, TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from tests.slack.disabled import disabled
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


async def _asked(here: World, text: str) -> Message:
    await here.say(text)
    return here.slack.ephemerals("U0ALICE")[-1]


async def test_details_are_shown_to_who_pressed(here: World) -> None:
    """Details of a change's message is the same as typing show; the message stays as it is."""
    message = await disabled(here)
    before = message.plain

    await here.press(message, "Details", user="U0BOB")

    assert here.last("U0BOB").startswith("telegraf on edge-42\n0e840d0499003003 · inactive")
    assert (message.plain, message.edited) == (before, False)


async def test_the_buttons_of_a_lists_row(here: World) -> None:
    """Show shows, and Disable is the same as typing it: answered, carried out, told."""
    rows = await _asked(here, "list edge-42")
    assert [button.text for button in rows.buttons] == ["Show", "Disable", "Edit description"]

    await here.press(rows, "Show")
    shown = here.last()
    await here.press(rows, "Disable")

    assert shown.startswith("telegraf on edge-42\n")
    assert here.last().startswith(f"Disabling {TELEGRAF_EDGE_42} as change ")
    assert "Token disabled" in here.channel()[0].plain
    assert here.patches() == [(PATH, '{"status":"inactive"}')]


async def test_the_buttons_of_details(here: World) -> None:
    """An inactive token's details offer Enable, and that enables."""
    details = await _asked(here, f"show {INACTIVE_LOAD_TEST}")
    assert [button.text for button in details.buttons] == ["Enable", "Edit description"]

    await here.press(details, "Enable")

    assert "Token enabled" in here.channel()[0].plain
    assert here.influxdb.authorization(INACTIVE_LOAD_TEST).status == "active"


async def test_a_row_that_is_outdated_changes_nothing(here: World) -> None:
    """The list is older than the change: the answer says that there is nothing to do."""
    rows = await _asked(here, "list edge-42")
    await here.press(rows, "Disable")

    await here.press(rows, "Disable", user="U0ALICE")

    assert "It is already inactive. Nothing was changed." in here.last()
    assert len(here.patches()) == 1


async def test_pages_are_turned_in_place(here: World) -> None:
    """Next and Previous replace the list, which stays the one that only its reader sees."""
    rows = await _asked(here, "list")
    first = rows.plain

    await here.press(rows, "Next")
    second = rows.plain
    await here.press(rows, "Previous")

    assert first.startswith("13 tokens on default, page 1 of 2")
    assert second.startswith("13 tokens on default, page 2 of 2")
    assert rows.plain == first
    assert here.slack.ephemerals("U0ALICE") == [rows]


async def test_a_page_that_cannot_be_turned_leaves_the_list(here: World) -> None:
    """InfluxDB fails: the list stays as it was, and the trouble is told beside it."""
    rows = await _asked(here, "list")
    first = rows.plain
    here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="GET", times=9)

    await here.press(rows, "Next")

    assert rows.plain == first
    assert "default stumbled (HTTP 500)" in here.last()


async def test_a_stranger_is_refused_alone(here: World) -> None:
    """Whoever is not allowed learns the rule by themselves; the message stays as it is."""
    message = await disabled(here)
    before = (message.plain, len(here.influxdb.journal))

    await here.press(message, "Undo", user="U0MALLORY")

    (told,) = here.slack.ephemerals("U0MALLORY")
    assert "Not allowed: you are not in ALLOWED_USERS. Nothing was changed." in told.plain
    assert (message.plain, len(here.influxdb.journal)) == before
    assert not message.edited


async def test_many_presses_at_once_undo_once(here: World) -> None:
    """Two people hammer on Undo: one inverse PATCH, and each loser learns who won."""
    message = await disabled(here)
    gate = here.influxdb.gate("PATCH", PATH)

    answers = await asyncio.gather(
        *(here.slack.press(user, message, "Undo") for user in ("U0ALICE", "U0BOB") * 4)
    )
    gate.release()
    await here.settled()

    accepted = [event for event in await here.events() if event.detail.get("asked") == "undo"]
    winner = {"U0ALICE": "alice", "U0BOB": "bob"}[accepted[0].actor]
    lost = [*here.slack.ephemerals("U0ALICE")[1:], *here.slack.ephemerals("U0BOB")]
    assert {answer.status for answer in answers} == {200}
    assert [body for _, body in here.patches()] == ['{"status":"inactive"}', '{"status":"active"}']
    assert len(lost) == 7
    assert all(f"By @{winner}." in told.plain for told in lost)
    assert all(f"By <@{accepted[0].actor}>." in told.text for told in lost)
    assert f"Undone by @{winner}" in message.plain


async def test_a_copy_that_missed_the_undo_is_healed(here: World) -> None:
    """A second copy, of which the record knows nothing, still offers Undo: pressed, it learns."""
    here.slack.faults.add("chat.postMessage", drop=True, applied=True)
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.slack.wait_for(lambda: len(here.channel()) == 2)
    await here.settled()
    await here.say("undo")
    stray, known = here.channel()
    offered = [button.text for button in stray.buttons]

    await here.press(stray, "Undo", user="U0BOB")

    assert "is already undone" in here.last("U0BOB")
    assert "By @alice." in here.last("U0BOB")
    assert offered == ["Undo", "Details"]
    assert stray.plain == known.plain
    assert len(here.patches()) == 2


async def test_a_press_before_the_edit_was_seen(here: World) -> None:
    """A client that still shows Undo: its press is answered with who was first."""
    message = await disabled(here)
    await here.press(message, "Undo", user="U0BOB")

    await here.press(message, "Undo", outdated=True)

    assert "is already undone" in here.last()
    assert "By @bob." in here.last()
    assert "Undone by @bob" in message.plain


async def test_a_lists_page_is_forgotten_after_a_day(here: World) -> None:
    """A button whose query is gone says so, and how to ask again."""
    rows = await _asked(here, "list")
    async with here.store() as store, store.transaction() as transaction:
        now = here.now()
        await transaction.forget(now, now, now)

    await here.press(rows, "Next")

    assert here.last().startswith("This list is too old to turn its pages.")
    assert "/token list" in here.last()
