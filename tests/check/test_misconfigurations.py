"""Each thing that can be wrong with a setup is named, over real sockets, with what to do."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.check.checking import Patience, check
from bot.check.findings import Section, note
from bot.cli.check import exit_code, report
from bot.clock import system_clock
from bot.configuration import load_configuration
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN
from bot.settings import Settings
from tests.check.misconfigurations import ALL, Misconfiguration, Setting
from tests.world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

_USUAL = Patience()
SECRETS = (BOT_TOKEN, SIGNING_SECRET, APP_TOKEN, BOT_API_TOKEN)


async def checked(to: Setting, patience: Patience = _USUAL) -> tuple[int, str]:
    """Check what the variables say: exit code and what is printed."""
    known: dict[str, Any] = {
        name.lower(): value
        for name, value in to.variables.items()
        if name.lower() in Settings.model_fields
    }
    settings = Settings(**known)
    sections = await check(settings, load_configuration(settings), system_clock, patience)
    return exit_code(sections), report(sections)


@pytest.mark.parametrize("wrong", ALL.values(), ids=ALL.keys())
async def test_each_is_named(tmp_path: Path, wrong: Misconfiguration) -> None:
    """One line says what is wrong and what to do; the exit code is 1; no secret is shown."""
    async with wrong.set_up(tmp_path) as to:
        code, out = await checked(to)

    first, *others = [line for line in out.splitlines() if line.startswith("problem  ")]
    assert code == 1
    assert wrong.line in first
    assert [line for line in others if not wrong.also or wrong.also not in line] == []
    assert first.endswith(".")
    assert ". " in first or ": " in first
    assert [secret for secret in SECRETS if secret in out] == []


async def test_without_any_of_them(tmp_path: Path) -> None:
    """The setup that each of them spoils is right, with a database and with none."""
    for used in (False, True):
        async with Misconfiguration("", used=used).set_up(tmp_path) as to:
            code, out = await checked(to)

        assert (code, "problem" in out.replace("No problem was found", "")) == (0, False)


def test_how_many_there_are() -> None:
    """Whoever takes one away changes this number as well."""
    assert len(ALL) == 55


async def test_lookups_that_hang_are_given_up(tmp_path: Path) -> None:
    """Who is there is asked for so long and no longer; what was told before that is told."""
    async with Misconfiguration("").set_up(tmp_path) as to:
        to.here.slack.faults.add("users.info", delay=60, times=9)
        async with asyncio.timeout(5):
            code, out = await checked(to, Patience(lookups=0.2))

    assert code == 0
    assert "ok       SLACK_BOT_TOKEN is accepted" in out
    assert "note     Not looked up: U0ALICE, U0BOB. Slack did not answer in time." in out


def test_others_words_keep_to_their_line_and_hold_no_secret() -> None:
    """Names come from InfluxDB and Slack, where anybody may have chosen them."""
    name = f"eve\n\x1b[2Jok  {BOT_API_TOKEN}"

    written = report([Section("InfluxDB default", (note(f"The owner is {name}."),))])

    assert written.splitlines()[1] == (
        "note     The owner is eve [2Jok (hidden: looks like a secret)."
    )
    assert len(written.splitlines()) == 4
