"""Several InfluxDBs: nothing is changed before it is clear which token is meant."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_43,
)
from tests.attacks import ACTIVE, APPROVALS, INACTIVE, SIMPLE, forge_press, id_of, path, texts
from tests.two_instances import LAB_ONLY, ON_BOTH, TwoInstances, two_instances


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[TwoInstances]:
    """Prod and lab, with the bot not yet started."""
    async with two_instances(tmp_path) as instances:
        yield instances


@pytest.fixture
async def simple(both: TwoInstances) -> TwoInstances:
    """The bot on both, where nothing needs an approval."""
    await both.start(SIMPLE)
    return both


def lab_down(both: TwoInstances) -> None:
    """Let the lab answer nothing any more."""
    both.lab.faults.add(Fault.RESET_BEFORE, times=10_000)


@pytest.mark.parametrize(
    ("token", "instance", "sent"),
    [(TELEGRAF_EDGE_43, "prod", ([INACTIVE], [])), (LAB_ONLY, "lab", ([], [INACTIVE]))],
)
async def test_found_on_one(
    simple: TwoInstances, token: str, instance: str, sent: tuple[list[str], list[str]]
) -> None:
    """Where one alone has it, that one is meant, and the message names it."""
    await simple.here.say(f"disable {token}")

    (message,) = simple.here.channel()
    assert "Token disabled" in message.plain
    assert f" · {instance}" in message.plain
    assert simple.patched() == sent


async def test_both_are_asked_at_once(simple: TwoInstances) -> None:
    """While prod has not answered, the lab is asked already; a hit there alone changes nothing."""
    gate = simple.here.influxdb.gate("GET", path(LAB_ONLY))
    await simple.here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {LAB_ONLY}")
    await simple.here.reached(gate)
    await simple.here.influxdb_quiet(seconds=0.2)
    asked = [(e.method, e.path) for e in simple.lab.journal]

    gate.release()
    await simple.here.settled()

    assert ("GET", path(LAB_ONLY)) in asked
    assert "PATCH" not in [method for method, _ in asked]
    assert simple.patched() == ([], [INACTIVE])


async def test_found_on_two(simple: TwoInstances) -> None:
    """It asks which one, names what each is, and sends nothing before the press."""
    await simple.here.say(f"disable {ON_BOTH}")

    (message,) = simple.here.channel()
    assert message.plain.startswith(f"Which one? Disable {ON_BOTH}")
    assert "telegraf on edge-42" in message.plain
    assert "telegraf in the lab" in message.plain
    assert texts(message) == ["Disable on prod", "Disable on lab", "Cancel"]
    assert simple.patched() == ([], [])

    await simple.here.press(message, "Disable on lab")

    assert simple.patched() == ([], [INACTIVE])
    assert "telegraf in the lab" in message.plain
    assert " · lab" in message.plain


async def test_its_undo(simple: TwoInstances) -> None:
    """The undo goes where the change went."""
    await simple.here.say(f"disable {ON_BOTH}")
    await simple.here.press(simple.here.channel()[0], "Disable on lab")

    await simple.here.press(simple.here.channel()[0], "Undo")

    assert simple.patched() == ([], [INACTIVE, ACTIVE])
    assert simple.here.influxdb.authorization(ON_BOTH).status == "active"


async def test_somebody_else_chooses(simple: TwoInstances) -> None:
    """Which one is meant is for the requester to say."""
    await simple.here.say(f"disable {ON_BOTH}")

    await simple.here.press(simple.here.channel()[0], "Disable on lab", user=cast.BOB)

    assert "Only who asked" in simple.here.last(cast.BOB)
    assert simple.patched() == ([], [])


@pytest.mark.parametrize("instance", ["", ":", ":nowhere", ":prod:lab", ":LAB"])
async def test_a_forged_choice(simple: TwoInstances, instance: str) -> None:
    """A press that names none of what was offered chooses nothing."""
    await simple.here.say(f"disable {ON_BOTH}")
    (message,) = simple.here.channel()
    change_id = str(message.buttons[-1].value)

    await forge_press(simple.here, cast.ALICE, "confirm_change", f"{change_id}{instance}")

    assert simple.patched() == ([], [])
    assert texts(message) == ["Disable on prod", "Disable on lab", "Cancel"]


async def test_a_choice_whose_token_has_changed(simple: TwoInstances) -> None:
    """What the button named is not what is there any more: refused."""
    await simple.here.say(f"disable {ON_BOTH}")
    simple.lab.edit(ON_BOTH, description="another one by now")

    await simple.here.press(simple.here.channel()[0], "Disable on lab")

    assert "another one by now" in simple.here.channel()[0].plain
    assert simple.patched() == ([], [])


async def test_a_choice_that_needs_an_approval(both: TwoInstances) -> None:
    """To choose is not to approve: enabling is asked for, on the instance that was chosen."""
    here = await both.start(APPROVALS)
    both.lab.edit(ON_BOTH, status="inactive")
    here.influxdb.edit(ON_BOTH, status="inactive")
    await here.say(f"enable {ON_BOTH}")
    (message,) = here.channel()
    assert texts(message) == ["Enable on prod", "Enable on lab", "Cancel"]

    await here.press(message, "Enable on lab")
    assert texts(message) == ["Approve", "Deny", "Cancel", "Details"]
    assert both.patched() == ([], [])

    await here.press(message, "Approve", user=cast.BOB)
    assert both.patched() == ([], [ACTIVE])


async def test_an_approve_before_the_choice(both: TwoInstances) -> None:
    """An approver cannot agree to what nobody has chosen yet."""
    here = await both.start(APPROVALS)
    both.lab.edit(ON_BOTH, status="inactive")
    await here.say(f"enable {ON_BOTH}")

    await forge_press(here, cast.BOB, "approve_change", str(here.channel()[0].buttons[-1].value))

    assert both.patched() == ([], [])
    assert texts(here.channel()[0]) == ["Enable on prod", "Enable on lab", "Cancel"]


async def test_one_does_not_answer(simple: TwoInstances) -> None:
    """Found on prod while the lab is silent: the requester is asked, and may say prod."""
    lab_down(simple)
    await simple.here.say(f"disable {TELEGRAF_EDGE_43}")
    (message,) = simple.here.channel()
    assert texts(message) == ["Disable on prod", "Cancel"]
    assert simple.patched() == ([], [])

    await simple.here.press(message, "Disable on prod")

    assert simple.patched() == ([INACTIVE], [])


async def test_not_found_and_one_does_not_answer(simple: TwoInstances) -> None:
    """Not on prod, and the lab is silent: nobody can tell, and both are named."""
    lab_down(simple)

    await simple.here.say(f"disable {LAB_ONLY}")

    words = "\n".join(m.plain for m in simple.here.channel()) + simple.here.last()
    assert "was not found on prod" in words
    assert "InfluxDB lab" in words
    assert "Nothing was changed." in words
    assert simple.patched() == ([], [])


async def test_named(simple: TwoInstances) -> None:
    """``--on`` says which one, and no other is asked."""
    await simple.here.say(f"disable {ON_BOTH} --on lab")

    assert simple.patched() == ([], [INACTIVE])
    assert simple.here.influxdb.journal == []


async def test_named_wrongly(simple: TwoInstances) -> None:
    """A name that there is not is answered with those that there are."""
    await simple.here.say(f"disable {ON_BOTH} --on moon")

    assert "There is no InfluxDB instance moon" in simple.here.last()
    assert "prod, lab" in simple.here.last()
    assert simple.patched() == ([], [])


async def test_a_user_on_no_instance(simple: TwoInstances) -> None:
    """``--user`` needs ``--on``: the same name may be two people."""
    await simple.here.say("disable --user telegraf")

    assert "--user needs --on INSTANCE" in simple.here.last()
    assert simple.patched() == ([], [])


async def test_a_user_on_one_instance(simple: TwoInstances) -> None:
    """With it, only that instance's tokens are meant."""
    await simple.here.say("disable --user telegraf --on prod")
    (message,) = simple.here.channel()
    await simple.here.press(message, "Confirm")

    assert simple.patched() == ([INACTIVE, INACTIVE], [])


async def test_list_of_both(simple: TwoInstances) -> None:
    """A list shows the tokens of both, each with where it is; a row acts there."""
    await simple.here.say("list telegraf in the lab")
    rows = simple.here.slack.ephemerals(cast.ALICE)[-1]
    assert "lab" in rows.plain

    await simple.here.press(rows, "Disable")

    assert simple.patched() == ([], [INACTIVE])


async def test_list_with_one_silent(simple: TwoInstances) -> None:
    """What one cannot tell is said, and the other's tokens are shown."""
    lab_down(simple)

    await simple.here.say("list telegraf")

    assert "telegraf on edge-42" in simple.here.last()
    assert "InfluxDB lab" in simple.here.last()


async def test_show_of_both(simple: TwoInstances) -> None:
    """Show of an id that two have offers both, and shows the one that is pressed."""
    await simple.here.say(f"show {ON_BOTH}")
    where = simple.here.slack.ephemerals(cast.ALICE)[-1]
    assert "prod" in where.plain
    assert "lab" in where.plain

    shown_on_lab = where.buttons[1]
    await simple.here.press(where, shown_on_lab.text, nth=0)

    assert simple.here.last().startswith("telegraf in the lab")


async def test_several_on_both(simple: TwoInstances) -> None:
    """Several ids go each to where it is; one that two have is left out, and says how."""
    await simple.here.say(f"disable {TELEGRAF_EDGE_43} {LAB_ONLY} {ON_BOTH}")
    (message,) = simple.here.channel()
    assert "To confirm: disable 2 tokens" in message.plain
    assert "--on" in message.plain or "found on prod and lab" in message.plain

    await simple.here.press(message, "Confirm")

    assert simple.patched() == ([INACTIVE], [INACTIVE])
    assert simple.here.influxdb.authorization(TELEGRAF_EDGE_43).status == "inactive"
    assert simple.lab.authorization(LAB_ONLY).status == "inactive"


async def test_a_retry_on_one_of_two(simple: TwoInstances) -> None:
    """Failed on the lab, done on prod: Retry goes to the lab alone, Undo to prod alone."""
    simple.lab.faults.add(Fault.INTERNAL_ERROR, method="PATCH", times=1)
    await simple.here.say(f"disable {TELEGRAF_EDGE_43} {LAB_ONLY}")
    (message,) = simple.here.channel()
    await simple.here.press(message, "Confirm")
    assert texts(message) == ["Undo 1", "Retry 1"]

    await simple.here.press(message, "Retry 1")
    await simple.here.press(message, "Undo 1")

    assert simple.patched() == ([INACTIVE, ACTIVE], [INACTIVE, INACTIVE])


async def test_its_own_tokens(simple: TwoInstances) -> None:
    """The bot's own token of each instance is its own there."""
    for instance in ("prod", "lab"):
        await simple.here.say(f"disable {BOT_AUTHORIZATION} --on {instance}")
        assert "this bot itself uses" in simple.here.last()
    await simple.here.say(f"disable {BOT_AUTHORIZATION}")
    await simple.here.press(simple.here.channel()[-1], "Disable on lab")

    assert simple.patched() == ([], [])


async def test_no_op_on_one(simple: TwoInstances) -> None:
    """What is so already where it alone is, is said to be so there."""
    await simple.here.say(f"disable {INACTIVE_LOAD_TEST}")

    assert "Nothing to change" in simple.here.last()
    assert "prod" in simple.here.last()


async def test_a_dry_run(simple: TwoInstances) -> None:
    """A dry run says that it would ask."""
    await simple.here.say(f"disable {ON_BOTH} --dry-run")

    assert "You would be asked which one is meant" in simple.here.last()
    assert simple.patched() == ([], [])


async def test_pending_offers_the_choice(simple: TwoInstances) -> None:
    """The list of what waits offers the same choice."""
    await simple.here.say(f"disable {ON_BOTH}")
    await simple.here.say("pending")
    pending = simple.here.slack.ephemerals(cast.ALICE)[-1]
    assert "Disable on lab" in texts(pending)
    assert id_of(simple.here.channel()[0]).startswith(str(pending.buttons[-1].value))

    await simple.here.press(pending, "Disable on lab")

    assert simple.patched() == ([], [INACTIVE])
