"""P6: every command and click gets an answer that says what happened and what to do next."""

from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    INACTIVE_LOAD_TEST,
    ORPHAN,
    TELEGRAF_EDGE_42,
)
from tests.words import steady
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"
SECRET = "kZ3nQ9xV7bT1yR5wP8mL2cJ4hG6fD0sA_aE-iU9oY7tK5rN3vB1xM8qW6zC4jH2gF0dS7pL5kQ9wE3rT1yU8i=="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "help disable",
        "disabel 0e840d0499003003",
        TELEGRAF_EDGE_42,
        "disable",
        "disable telegraf",
        "disable 0e840d049900300",
        "disable 0e840d0499003fff",
        "show 0e840d0499003fff",
        "disable 0000000000000001",
        f"disable {INACTIVE_LOAD_TEST}",
        f"enable {TELEGRAF_EDGE_42}",
        f"disable {BOT_AUTHORIZATION}",
        f"disable {ORPHAN}",
        f"show {ORPHAN}",
        f"disable {TELEGRAF_EDGE_42} --reason {SECRET}",
        f"describe {TELEGRAF_EDGE_42} {SECRET}",
        f"disable {TELEGRAF_EDGE_42} --dry-run",
        f"disable {BOT_AUTHORIZATION} --dry-run",
        f"disable {INACTIVE_LOAD_TEST} --dry-run",
        "undo",
        "undo 7F3K2Q",
        "undo nonsense",
        "list --user nobody",
        "list --status gone",
        "history nonsense",
        "history @nobody",
        "whoami --foo",
        "whoami",
    ],
)
async def test_what_one_person_is_told(here: World, text: str, snapshot: SnapshotAssertion) -> None:
    """Nothing is changed, and the words say so."""
    await here.say(text)

    assert steady("\n\n".join(m.plain for m in here.slack.ephemerals("U0ALICE"))) == snapshot
    assert here.patches() == []
    assert here.channel() == []


async def test_help_for_whoever_has_no_role(here: World) -> None:
    """It says that they may use none of it, where somebody with a role is told nothing more."""
    for text in ("help", "", "help disable", "disable --help"):
        await here.say(text, user=cast.BOB)
        assert "You have no role here" not in here.last(cast.BOB)
    for user in (cast.MALLORY, cast.GUEST):
        await here.say("help", user=user)
        assert here.last(user).endswith(
            "You have no role here: you may use help and whoami alone, and whoami says why."
        )


async def test_a_bare_undo_takes_the_latest_change_that_had_an_effect(here: World) -> None:
    """What was refused since, or found nothing to change, is no candidate."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.say("disable 0000000000000001")

    await here.say("undo")

    assert here.channel()[0].plain.startswith("Token disabled, then undone")
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (Fault.TOO_MANY_REQUESTS, PATH),
        (Fault.UNAVAILABLE, PATH),
        (Fault.STARTING, PATH),
        (Fault.BAD_GATEWAY_HTML, PATH),
        (Fault.INTERNAL_ERROR, PATH),
        (Fault.NOT_JSON, PATH),
        (Fault.TIMEOUT_BEFORE, PATH),
        (Fault.RESET_BEFORE, PATH),
    ],
)
@pytest.mark.parametrize("text", [f"disable {TELEGRAF_EDGE_42}", f"show {TELEGRAF_EDGE_42}"])
async def test_influxdb_fails_before_anything_is_sent(
    here: World, fault: Fault, path: str, text: str, snapshot: SnapshotAssertion
) -> None:
    """The person learns what InfluxDB did, and that nothing was changed."""
    here.influxdb.faults.add(fault, method="GET", path=path, times=9, retry_after=0, delay=1.5)

    await here.say(text)

    told = [*here.slack.ephemerals("U0ALICE"), *here.channel()]
    assert steady("\n\n".join(m.plain for m in told)) == snapshot
    assert here.patches() == []


async def test_influxdb_is_down(idle_world: World, snapshot: SnapshotAssertion) -> None:
    """Nobody listens at InfluxDB's address: the bot still answers, and is ready."""
    await idle_world.start(influxdb_url="http://127.0.0.1:9")

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    await idle_world.say("list")

    told = [*idle_world.slack.ephemerals("U0ALICE"), *idle_world.channel()]
    assert steady("\n\n".join(m.plain for m in told)) == snapshot


async def test_the_bots_own_credential_is_bad(idle_world: World) -> None:
    """A bad token of the bot's own is named with the setting that holds it."""
    await idle_world.start(influxdb_token="a-token-that-influxdb-does-not-know")

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    assert "INFLUXDB_TOKEN" in idle_world.channel()[0].plain
    assert "Nothing was changed." in idle_world.channel()[0].plain


async def test_a_stale_undo_says_what_is_different(
    here: World, snapshot: SnapshotAssertion
) -> None:
    """Somebody renamed the token in the UI since: it is not restored, and the button stays."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    here.influxdb.edit(TELEGRAF_EDGE_42, description="renamed in the UI")

    await here.press(here.channel()[0], "Undo")

    assert steady(here.last()) == snapshot
    assert len(here.patches()) == 1
    assert [b.text for b in here.channel()[0].buttons] == ["Undo", "Details"]


async def test_an_undo_that_tramples_on_nobody_elses_no_op(
    here: World, snapshot: SnapshotAssertion
) -> None:
    """Bob asked for the same disable and relies on it: Alice's undo is refused, and names him."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.say(f"disable {TELEGRAF_EDGE_42}", user="U0BOB")

    await here.press(here.channel()[0], "Undo")

    assert steady(here.last()) == snapshot
    assert len(here.patches()) == 1


async def test_undo_after_its_window(here: World, snapshot: SnapshotAssertion) -> None:
    """A day later the click is answered, and the message loses its Undo."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    here.now.advance(timedelta(hours=24, seconds=1))

    await here.press(here.channel()[0], "Undo")

    assert steady(here.last()) == snapshot
    assert [b.text for b in here.channel()[0].buttons] == ["Details"]
    assert len(here.patches()) == 1


async def test_bare_undo_goes_no_further_back(here: World, snapshot: SnapshotAssertion) -> None:
    """The caller's latest change here is undone; asked again, the one before is left alone."""
    await here.say(f"describe {TELEGRAF_EDGE_42} first")
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.say("undo")

    await here.say("undo")

    assert steady(here.last()) == snapshot
    found = here.influxdb.authorization(TELEGRAF_EDGE_42)
    assert (found.status, found.description) == ("active", "first")
