"""`python -m bot check`: what is wrong with the setup, in plain words, and nothing changed."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.influxdb import Fault, Mode
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN
from tests.check.misconfigurations import ALL, NOWHERE, Setting
from tests.process.bot_process import environment, run
from tests.world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, World, world

SECRETS = (BOT_TOKEN, SIGNING_SECRET, APP_TOKEN, BOT_API_TOKEN)
SECTIONS = ["Slack", "InfluxDB default", "Policy", "Database", "Clock"]


def verdicts(out: str) -> list[str]:
    """Give the verdict of each finding."""
    return [line.split()[0] for line in out.splitlines() if line.startswith(("ok", "note", "prob"))]


def problems(out: str) -> list[str]:
    """Give the lines of what is wrong."""
    return [line for line in out.splitlines() if line.startswith("problem  ")]


async def test_a_right_setup(idle_world: World, tmp_path: Path) -> None:
    """Each section says what is well; nothing is posted, changed or left; the exit code is 0."""
    here = idle_world

    code, out, err = await run("check", env=environment(here, tmp_path))

    assert (code, err, problems(out)) == (0, "", [])
    assert [line for line in out.splitlines() if line in SECTIONS] == SECTIONS
    assert out.endswith("\nNo problem was found, 1 note.\n")
    assert verdicts(out).count("ok") == 9
    assert {call.method for call in here.slack.journal} == {"auth.test", "users.info"}
    assert {exchange.method for exchange in here.influxdb.journal} == {"GET"}
    assert not (tmp_path / "token-bot.db").exists()


@pytest.mark.parametrize("mode", [Mode.HASHED, Mode.CLOUD])
async def test_a_right_setup_where_tokens_are_not_shown(tmp_path: Path, mode: Mode) -> None:
    """The bot's own authorization is found otherwise, and nothing is wrong with that."""
    async with world(tmp_path, mode=mode) as here:
        code, out, _ = await run("check", env=environment(here, tmp_path))

    assert (code, problems(out)) == (0, [])
    assert "and does not show the secrets of tokens." in out
    assert "ok       Its own authorization is 0e8d52d854803001, found" in out


async def test_a_database_in_use(here: World, tmp_path: Path) -> None:
    """Beside a bot that runs, the check reads its database and leaves it alone."""
    await here.say("describe 0e840d0499003003 edge")
    before = await here.record()

    code, out, _ = await run("check", env=environment(here, tmp_path))

    assert (code, problems(out)) == (0, [])
    assert "opens, and its tables are those of this version." in out
    assert f"ends where its head says, with {len(before)} events." in out
    assert await here.record() == before


@pytest.mark.parametrize(
    "name",
    [
        "Slack: token unknown",
        "InfluxDB: token inactive",
        "Policy: quorum without the requester",
        "Database: open for others",
        "Clock: behind",
    ],
)
async def test_what_is_wrong_is_named(tmp_path: Path, name: str) -> None:
    """One of each section, in the process that people start; tests/check/ has all of them."""
    wrong = ALL[name]
    async with wrong.set_up(tmp_path) as to:
        code, out, err = await run("check", env=to.variables)

    assert (code, err) == (1, "")
    assert [line for line in problems(out) if wrong.line in line] == problems(out) != []
    assert [secret for secret in SECRETS if secret in out] == []


async def test_everything_wrong_at_once(idle_world: World, tmp_path: Path) -> None:
    """What is wrong in one section keeps no other from being checked."""
    variables = {
        **environment(idle_world, tmp_path),
        "SLACK_API_URL": f"{NOWHERE}/api/",
        "INFLUXDB_URL": NOWHERE,
        "ALLOWED_USERS": "",
        "DATABASE_URL": f"sqlite:///{tmp_path}",
    }

    code, out, _ = await run("check", env=variables)

    assert code == 1
    assert [line for line in out.splitlines() if line in SECTIONS] == SECTIONS
    assert len(problems(out)) == 4
    assert "note     It was not compared with Slack, which could not be asked." in out
    assert "note     The clock was not compared: Slack told no date." in out
    assert out.endswith("\n4 problems found, 3 notes.\n")


async def test_servers_that_hang(idle_world: World, tmp_path: Path) -> None:
    """Slack and InfluxDB take the connection and say nothing: the check ends, and says so."""
    here = idle_world
    here.slack.faults.add("auth.test", delay=60, times=9)
    here.influxdb.faults.add(Fault.TIMEOUT_BEFORE, delay=60, times=9)

    async with asyncio.timeout(15):
        code, out, _ = await run("check", env=environment(here, tmp_path))

    assert code == 1
    assert "problem  Slack did not answer in time" in out
    assert "problem  InfluxDB default did not answer within" in out


async def test_socket_mode(tmp_path: Path) -> None:
    """With SLACK_APP_TOKEN it is asked whether connections can be opened; none is."""
    async with world(tmp_path, socket_mode=True) as here:
        variables = {**environment(here, tmp_path), "SLACK_APP_TOKEN": APP_TOKEN}
        del variables["SLACK_SIGNING_SECRET"]
        right = await run("check", env=variables)
        wrong = await run("check", env={**variables, "SLACK_APP_TOKEN": "xapp-another"})
        sockets = here.slack.socket_mode.sockets

    assert (right[0], wrong[0], sockets) == (0, 1, [])
    assert "ok       SLACK_APP_TOKEN is accepted: connections can be opened." in right[1]
    assert problems(wrong[1])[0].startswith("problem  Slack does not know SLACK_APP_TOKEN")
    assert "ticket" not in right[1]


async def test_two_names_for_one_server(idle_world: World, tmp_path: Path) -> None:
    """The second says that it is the first; that is worth knowing, and nothing wrong."""
    to = Setting(idle_world, environment(idle_world, tmp_path), tmp_path)
    url = to.variables.pop("INFLUXDB_URL")
    section = '\n[[influxdb]]\nname = "{}"\nurl = "{}"\ntoken_env = "INFLUXDB_PROD_TOKEN"\n'
    to.variables["INFLUXDB_PROD_TOKEN"] = to.variables.pop("INFLUXDB_TOKEN")
    to.policy(
        '[roles]\napprover = ["U0ALICE", "U0BOB"]'
        + section.format("a", url)
        + section.format("b", url)
    )

    code, out, _ = await run("check", env=to.variables)

    assert (code, problems(out)) == (0, [])
    assert "note     It is the same server as InfluxDB a, or a copy of it: 13 tokens" in out
    assert out.index("\nInfluxDB b\n") < out.index("It is the same server")


async def test_settings_that_cannot_be_read(idle_world: World, tmp_path: Path) -> None:
    """Variables and lines of the policy file are named as the start names them; exit code 2."""
    to = Setting(idle_world, environment(idle_world, tmp_path), tmp_path)
    to.policy('[roles]\noperator = ["alice"]\n[limit]\n')
    wrong = {**to.variables, "SLACK_BOT_TOKEN": "xoxp-made-up"}

    by_variable = await run("check", env=wrong)
    by_file = await run("check", env=to.variables)

    assert [each[:2] for each in (by_variable, by_file)] == [(2, ""), (2, "")]
    assert by_variable[2].startswith("SLACK_BOT_TOKEN is no bot token. Set it to")
    assert "token-bot.toml, line 2: [roles] operator, entry 1," in by_file[2]
    assert "token-bot.toml, line 3: there is no such section." in by_file[2]
