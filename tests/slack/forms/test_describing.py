"""Edit description: loading first, then what there is, and never over what nobody has seen."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.influxdb.state import api_token
from bot.sandbox.slack.modal_view import View
from tests.slack.listeners.asking import PATH, POLICY
from tests.world import World

TOKEN = f"{PATH}/{TELEGRAF_EDGE_42}"
DIRECT = "[channels]\ndirect = false\n"
NEEDS_TWO = POLICY.replace('"enable"', '"describe"')


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, where enabling needs somebody of the security group."""
    await idle_world.start(policy=POLICY)
    return idle_world


async def _opened(
    here: World,
    user: str = cast.ALICE,
    channel: str = cast.INCIDENTS,
    command: str = "list edge-42",
) -> View:
    """Have somebody press Edit description in what they were shown, and give the form."""
    await here.say(command, user=user, channel=channel)
    shown = here.slack.ephemerals(user)[-1]
    await here.press(shown, "Edit description", user=user)
    view = here.slack.open_view(user)
    assert view is not None
    return view


async def _submitted(here: World, text: str | None = None, user: str = cast.ALICE) -> None:
    await here.slack.submit(user, {} if text is None else {"Description": text})
    await here.settled()


def _description(here: World) -> str:
    return here.influxdb.authorization(TELEGRAF_EDGE_42).description


@pytest.mark.parametrize("command", ["list edge-42", f"show {TELEGRAF_EDGE_42}"])
async def test_it_is_the_same_as_typing_describe(here: World, command: str) -> None:
    """The form holds what there is; saved, it is carried out and told where it was asked."""
    view = await _opened(here, command=command)
    there = view.plain

    await _submitted(here, 'edge-42 "new"  <@U0BOB> &amp; *x*')

    assert "telegraf on edge-42\n0e840d0499003003 · active · default\nOwner " in there
    assert not view.is_open
    assert _description(here) == 'edge-42 "new"  <@U0BOB> &amp; *x*'
    (told,) = here.channel()
    assert told.plain.startswith("Description changed · edge-42")
    assert [each for each in await here.tags() if each.startswith("request")] == [
        "request.accepted"
    ]


async def test_what_is_read_comes_after_a_view_that_says_so(here: World) -> None:
    """The form is there at once, however long InfluxDB takes; there is nothing to submit yet."""
    await here.say("list edge-42")
    gate = here.influxdb.gate("GET", TOKEN)
    await here.slack.press(cast.ALICE, here.slack.ephemerals(cast.ALICE)[-1], "Edit description")
    await here.reached(gate)
    view = here.slack.open_view(cast.ALICE)
    assert view is not None
    at_first = (view.plain, view.submit, view.inputs)

    gate.release()
    await here.settled()

    assert at_first == ("Edit description\nReading from InfluxDB…\n[ Close ]", None, [])
    assert view.submit == "Save"
    assert "telegraf on edge-42" in view.plain


async def test_closed_before_it_was_read(here: World) -> None:
    """Nobody waits for it any more; nothing is said, and nothing goes wrong."""
    await here.say("list edge-42")
    gate = here.influxdb.gate("GET", TOKEN)
    await here.slack.press(cast.ALICE, here.slack.ephemerals(cast.ALICE)[-1], "Edit description")
    await here.reached(gate)
    told = len(here.slack.ephemerals(cast.ALICE))
    await here.slack.close_view(cast.ALICE)

    gate.release()
    await here.settled()

    assert here.slack.open_view(cast.ALICE) is None
    assert len(here.slack.ephemerals(cast.ALICE)) == told
    assert here.slack.direct_messages(cast.ALICE) == []


@pytest.mark.parametrize(
    ("error", "told"),
    [("hash_conflict", False), ("not_found", False), ("fatal_error", True), ("ratelimited", True)],
)
async def test_a_form_that_slack_does_not_let_be_filled(
    here: World, error: str, *, told: bool
) -> None:
    """Where it stays at reading, its person learns so; where it shows something newer, it stays."""
    here.slack.faults.add("views.update", error=error)

    view = await _opened(here)

    assert "Reading from InfluxDB…" in view.plain
    assert ("Slack did not take what the form was to show." in here.last()) is told


async def test_influxdb_is_down(here: World) -> None:
    """The form says so, and that nothing was changed."""
    await here.say("list edge-42")
    here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="GET", path=TOKEN, times=9)

    await here.press(here.slack.ephemerals(cast.ALICE)[-1], "Edit description")

    view = here.slack.open_view(cast.ALICE)
    assert view is not None
    assert (view.title, view.submit) == ("Not changed", None)
    assert "Nothing was changed." in view.plain


@pytest.mark.parametrize(
    ("meanwhile", "saved"),
    [
        (lambda here: here.say(f"describe {TELEGRAF_EDGE_42} Bob's", user=cast.BOB), False),
        (lambda here: here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB), True),
    ],
    ids=["described", "disabled"],
)
async def test_what_somebody_has_written_meanwhile_is_not_overwritten(
    here: World, meanwhile: Callable[[World], object], *, saved: bool
) -> None:
    """It says what the description is by now; what does not concern it does not matter."""
    await _opened(here)
    await meanwhile(here)  # type: ignore[misc]

    await _submitted(here, "Alice's")

    assert _description(here) == ("Alice's" if saved else "Bob's")
    if not saved:
        told = here.last()
        assert "Somebody has changed the description since the form was opened" in told
        assert "it is “Bob's” now. Nothing was changed." in told


async def test_the_same_that_somebody_has_written_meanwhile(here: World) -> None:
    """There is nothing to change, and nobody is in anybody's way."""
    await _opened(here)
    await here.say(f"describe {TELEGRAF_EDGE_42} ours", user=cast.BOB)

    await _submitted(here, "ours")

    assert "ours" in here.last()
    assert "Somebody has changed" not in here.last()
    assert len(here.patches()) == 1


async def test_a_restart_in_between(here: World) -> None:
    """What the form is about is in the form; whoever takes it knows nothing else of it."""
    view = await _opened(here)
    await here.stop()
    await here.start(policy=POLICY)

    await _submitted(here, "after the restart")

    assert not view.is_open
    assert _description(here) == "after the restart"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"it is {api_token('a secret')}", "The description holds what looks like a secret."),
        ("\x00\x01", "The description holds nothing that can be shown."),
        ("\u200b\u202e", "The description holds nothing that can be shown."),
        ("\ud83d", "The description holds nothing that can be shown."),
    ],
)
async def test_what_cannot_be_saved_stays_in_its_field(
    here: World, text: str, expected: str
) -> None:
    """The form stays open, with the complaint at the field; written anew, it is saved."""
    view = await _opened(here)

    await _submitted(here, text)
    complaint, still_open = view.errors, view.is_open
    await _submitted(here, "fine")

    assert still_open
    assert list(complaint) == ["description"]
    assert complaint["description"].startswith(expected)
    assert _description(here) == "fine"
    assert text not in str([event.detail for event in await here.events()])


@pytest.mark.parametrize(
    ("present", "hint"),
    [
        (api_token("in the description"), "it holds what looks like a secret"),
        ("x" * 2_001, "The present one has 2,001 characters, and a form holds 2,000."),
    ],
)
async def test_what_cannot_be_shown_is_only_replaced(here: World, present: str, hint: str) -> None:
    """The field is empty, and says why; what is written takes the place of what there is."""
    here.influxdb.edit(TELEGRAF_EDGE_42, description=present)

    view = await _opened(here, command=f"show {TELEGRAF_EDGE_42}")
    shown = view.plain
    await _submitted(here, "new")

    assert hint in shown
    assert present not in str(view.definition)
    assert _description(here) == "new"


@pytest.mark.parametrize("user", [cast.DAVE, cast.MALLORY])
async def test_who_may_not_gets_no_form(here: World, user: str) -> None:
    """They are told why; a form would promise more than it holds."""
    await here.say("list edge-42")

    await here.press(
        here.slack.ephemerals(cast.ALICE)[-1], "Edit description", user=user, unseen=True
    )

    assert here.slack.open_view(user) is None
    assert "Not allowed: you hold no role" in here.last(user)


async def test_who_may_not_and_was_not_known_learns_it_in_the_form(here: World) -> None:
    """It opens before anybody is decided about, and then says no; nothing of the token is in it."""
    await here.say("list edge-42")
    here.now.advance(timedelta(minutes=20))

    await here.press(
        here.slack.ephemerals(cast.ALICE)[-1], "Edit description", user=cast.MALLORY, unseen=True
    )

    view = here.slack.open_view(cast.MALLORY)
    assert view is not None
    assert view.title == "Not changed"
    assert "Not allowed: you hold no role" in view.plain
    assert "telegraf" not in str(view.definition)
    assert "request.denied" in await here.tags()


async def test_where_direct_changes_are_switched_off(idle_world: World) -> None:
    """From a direct message there is no form; it is refused as the command would be."""
    await idle_world.start(policy=f"{POLICY}{DIRECT}")
    await idle_world.say("list edge-42", channel=cast.ALICE)

    await idle_world.press(idle_world.slack.ephemerals(cast.ALICE)[-1], "Edit description")

    assert idle_world.slack.open_view(cast.ALICE) is None
    assert "changes from direct messages and Home are switched off" in idle_world.last()


async def test_a_description_that_needs_a_second_person(idle_world: World) -> None:
    """Judged as typed: it is asked for in the channel, and carried out once somebody agrees."""
    await idle_world.start(policy=NEEDS_TWO)
    await _opened(idle_world)

    await _submitted(idle_world, "with two")
    (message,) = idle_world.channel()
    before = _description(idle_world)
    await idle_world.press(message, "Approve", user=cast.CAROL)

    assert before == "telegraf on edge-42"
    assert _description(idle_world) == "with two"
