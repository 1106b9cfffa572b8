"""`python -m bot freeze` and `unfreeze`: stop all changes and let them go on, on the record."""

import os
import pwd
from pathlib import Path

import pytest

from bot.sandbox.influxdb.organisation import GRAFANA_DASHBOARDS, TELEGRAF_EDGE_42
from tests.process.bot_process import environment, run
from tests.words import steady
from tests.world import World

SECRET = "xoxb-1234567890-abcdefghij"


def user() -> str:
    """Name who runs the tests."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


async def test_a_new_change_is_refused_with_the_words(here: World, tmp_path: Path) -> None:
    """It is told since when, why, and who can lift it; afterwards the same change is made."""
    variables = environment(here, tmp_path)

    frozen = await run("freeze", "--reason", "an exercise", env=variables)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    told, tried = here.last(), here.patches()
    lifted = await run("unfreeze", env=variables)
    await here.say(f"disable {TELEGRAF_EDGE_42}")

    assert frozen == (
        0,
        "Changes are stopped for every replica. What was accepted and is not sent yet waits.\n",
        "",
    )
    assert steady(told).startswith(
        "Not allowed: changes are stopped since DATE TIME UTC by token-bot freeze (an exercise). "
        "Nothing was changed.\nWhoever runs this bot can lift it with token-bot unfreeze."
    )
    assert tried == []
    assert lifted == (0, "Changes can go on.\n", "")
    assert "Token disabled" in here.channel()[0].plain


async def test_an_accepted_change_waits_and_says_so(here: World, tmp_path: Path) -> None:
    """Confirmed while changes are stopped, it waits; when they go on, it is carried out."""
    variables = environment(here, tmp_path)
    await here.say(f"disable {TELEGRAF_EDGE_42} {GRAFANA_DASHBOARDS}")
    (message,) = here.channel()
    await run("freeze", env=variables)

    await here.slack.press("U0ALICE", message, "Confirm")
    await here.slack.wait_for(lambda: message.plain.startswith("Waiting"))
    waiting, sent = steady(message.plain), here.patches()
    await run("unfreeze", env=variables)
    await here.slack.wait_for(lambda: "2 tokens disabled" in message.plain)

    assert waiting.startswith("Waiting: disable 2 tokens")
    assert "Changes are stopped since DATE TIME UTC by token-bot freeze." in waiting
    assert sent == []
    assert len(here.patches()) == 2


async def test_each_has_its_event(here: World, tmp_path: Path) -> None:
    """The record says who stopped changes, why, and who let them go on; it holds."""
    variables = environment(here, tmp_path)

    await run("freeze", "--reason", "an exercise", env=variables)
    await run("unfreeze", env=variables)

    assert [(each.tag.value, each.actor, each.detail) for each in await here.events()] == [
        ("changes.frozen", f"cli:{user()}", {"reason": "an exercise"}),
        ("changes.unfrozen", f"cli:{user()}", {}),
    ]
    assert (await run("audit", "verify", env=variables))[0] == 0


async def test_what_is_so_already_is_said_and_not_recorded(here: World, tmp_path: Path) -> None:
    """The first freeze stands, with its time and reason; a second one changes nothing."""
    variables = environment(here, tmp_path)

    nothing = await run("unfreeze", env=variables)
    await run("freeze", "--reason", "an exercise", env=variables)
    code, again, _ = await run("freeze", "--reason", "another", env=variables)

    assert nothing == (0, "Changes were not stopped.\n", "")
    assert (code, steady(again)) == (
        0,
        (
            "Changes were stopped already, since DATE TIME UTC (an exercise). "
            "The new reason is not recorded.\n"
        ),
    )
    assert await here.tags() == ["changes.frozen"]


@pytest.mark.parametrize(
    ("reason", "code", "why"),
    [(SECRET, 2, "looks like a secret"), ("x" * 201, 2, "longer"), ("a\u202eb", 2, "plain text")],
)
async def test_a_reason_that_is_none(
    here: World, tmp_path: Path, reason: str, code: int, why: str
) -> None:
    """It is refused without being repeated, and nothing is stopped."""
    ended, out, err = await run("freeze", "--reason", reason, env=environment(here, tmp_path))

    assert (ended, out) == (code, "")
    assert why in err
    assert "Nothing was changed." in err
    assert reason not in err
    assert await here.tags() == []
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    assert "Token disabled" in here.channel()[0].plain


@pytest.mark.parametrize("command", ["freeze", "unfreeze"])
async def test_only_an_existing_database_is_used(tmp_path: Path, command: str) -> None:
    """A mistyped path is named, and no file is made: a freeze there would stop nothing."""
    missing = tmp_path / "typo.db"

    code, out, err = await run(command, env={"DATABASE_URL": f"sqlite:///{missing}"})

    assert (code, out) == (2, "")
    assert f"There is no database at {missing}." in err
    assert not missing.exists()


async def test_a_database_that_does_not_take_it(here: World, tmp_path: Path) -> None:
    """While another writes and does not end, nothing is stopped, and that is said."""
    async with here.locked_database():
        code, out, err = await run("freeze", env=environment(here, tmp_path))

    assert (code, out) == (1, "")
    assert err.startswith("The database did not confirm it: ")
    assert err.endswith("database is locked. Run it again: it says then what holds.\n")
    assert await here.tags() == []


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """To run it again would never help, and the address is what is wrong; nothing is made of it."""
    file = tmp_path / "notes.txt"
    file.write_text("no database" * 100)
    empty = tmp_path / "empty.db"
    empty.touch()

    code, out, err = await run("freeze", env={"DATABASE_URL": f"sqlite:///{file}"})
    blank = await run("freeze", env={"DATABASE_URL": f"sqlite:///{empty}"})

    assert (code, out) == (2, "")
    assert err.endswith("Set DATABASE_URL to the bot's. Changes are not stopped.\n")
    assert (blank[0], blank[2].endswith(" Changes are not stopped.\n")) == (2, True)
    assert empty.stat().st_size == 0
