"""Every command in the documents is run as it is written, or stands here with the reason."""

import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.app import main
from bot.commands.registry import Registry, discover
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, TELEGRAF_EDGE_42
from tests.counting import Count
from tests.documents.pages import blocks, inline, pages, rows
from tests.documents.shell import Shell, shell
from tests.postgresql import binaries, libpq
from tests.process.bot_process import environment
from tests.reporting import secret_of
from tests.world import World

# Each by its page and how it begins.
NOT_RUN = {
    "README.md: make sandbox": (
        "The page is in tests/browser, the tour in tests/process/test_sandbox.py, and the last is "
        "this run itself."
    ),
    "README.md: pip install .": (
        "It installs from a registry; tests/process/test_wheel.py prints this from a wheel."
    ),
    "README.md: export SLACK_BOT_TOKEN=": (
        "The secrets are yours; tests/process/test_check.py and test_run.py start the same."
    ),
    "CONTRIBUTING.md: make test": "They run this test themselves, for minutes or an hour.",
    "docs/operations.md: export DATABASE_URL=": "Password and server are an example's.",
    "docs/runbook.md: influx auth inactive": (
        "The influx CLI is no package of Python; its flags are those of its source."
    ),
    "docs/runbook.md: influx auth create": "As above.",
}
DUMP = "docs/operations.md: pg_dump"
RESTORE_DUMP = "docs/runbook.md: pg_restore"
HEADER = "docs/runbook.md: umask 077"
BY_HAND = "docs/runbook.md: export INFLUXDB_URL="
RESTORE = "docs/runbook.md: rm -f token-bot.db"
PROGRAMS = ("curl", "sqlite3")
ALL = [block for page in pages() for block in blocks(page, "sh")]
IN_SLACK = Registry(discover(), "/token")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell with `token-bot` in it."""
    with shell(tmp_path_factory.mktemp("shell")) as given:
        yield given


def test_what_is_not_run_is_there_with_its_reason() -> None:
    """Whoever mends a document sees that what stands here is not meant any more."""
    for begins in (*NOT_RUN, DUMP, RESTORE_DUMP, HEADER, BY_HAND, RESTORE):
        assert len([block for block in ALL if block.begins(begins)]) == 1, begins
    assert [each for each in NOT_RUN.values() if not each.endswith(".")] == []


async def test_every_block_runs_as_it_is_written(
    here: World, opened: Shell, count: Count, tmp_path: Path
) -> None:
    """From the first page to the last, beside a bot, each with what those before have left."""
    place = replace(opened, folder=tmp_path)
    (tmp_path / ".venv").symlink_to(opened.folder / ".venv")
    (tmp_path / "secret.txt").write_text(secret_of(TELEGRAF_EDGE_42))
    variables = environment(here, tmp_path)
    missing = {each for each in PROGRAMS if shutil.which(each) is None}
    said = {}
    for block in ALL:
        if any(map(block.begins, (*NOT_RUN, DUMP, RESTORE_DUMP))):
            continue
        if lacking := [each for each in missing if re.search(rf"\b{each} ", block.text)]:
            count(f"documents: {lacking[0]} is not there, so not run: {block.title}")
            continue
        if block.begins(RESTORE):
            await here.stop()
        script = block.text.replace("https://influxdb.example.com:8086", variables["INFLUXDB_URL"])
        typed = f"Authorization: Token {BOT_API_TOKEN}\n" if block.begins(HEADER) else ""
        code, said[block.title] = await place.run(script, variables, typed)
        assert code == 0, (block.title, said[block.title])

    if not missing:
        assert _said(said, BY_HAND).endswith('"status": "inactive",\n')
        by_report, by_hand = (each for each in here.patches() if TELEGRAF_EDGE_42 in each[0])
        assert by_report == by_hand
        assert "each in its place" in _said(said, RESTORE)
        await here.start()
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        assert "token-bot freeze (restored from a backup)" in here.last()


async def test_a_backup_of_postgresql_is_restored(
    idle_world: World, opened: Shell, postgresql_url: str, tmp_path: Path
) -> None:
    """What was asked after the backup is gone, what was before it is there, and the chain holds."""
    dump, restore = (
        next(block.text for block in ALL if block.begins(each)) for each in (DUMP, RESTORE_DUMP)
    )
    idle_world.settings["database_url"] = postgresql_url
    place = replace(opened, folder=tmp_path)
    variables = environment(idle_world, tmp_path) | {"DATABASE_URL": libpq(postgresql_url)}
    variables["PATH"] = f"{binaries()}:{variables['PATH']}"
    await idle_world.start()
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    before = await idle_world.tags()

    assert await place.run(dump, variables) == (0, "")
    await idle_world.say("undo")
    await idle_world.stop()
    code, said = await place.run(restore, variables)

    assert (code, said.endswith("each in its place.\n")) == (0, True), said
    assert await idle_world.tags() == [*before, "changes.frozen"]


def _named(*programs: str) -> Iterator[tuple[str, list[str]]]:
    """Give the commands of some programs that stand in lines and blocks, word by word."""
    for page in pages():
        lines = [line for block in blocks(page, "sh") for line in block.text.splitlines()]
        for each in [*inline(page), *lines]:
            typed = each.removeprefix(".venv/bin/").replace("python -m bot", "token-bot")
            if not typed.startswith(programs):
                continue
            # A slash command in quotes is one word.
            words = shlex.split(typed, comments=True)
            if words and words[0] in programs and len(words) > 1:
                yield page, words[1:]


@pytest.fixture
def explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Give the help of the command line, or of one of its commands."""
    monkeypatch.setenv("COLUMNS", "200")

    def explain(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["token-bot", *words, "--help"])
        assert main() == 0
        return capsys.readouterr().out

    return explain


def test_every_command_of_the_command_line_is_documented(explained: Callable[..., str]) -> None:
    """The table has those that there are, and each option that a page names is one of its."""
    table = rows("docs/operations.md", "## From the command line")
    named = re.findall(r"`token-bot ([^`]+)`", " ".join(row[0] for row in table))
    top, audit = _commands(explained()), _commands(explained("audit"))
    options: dict[tuple[str, ...], set[str]] = {}
    for page, words in _named("token-bot"):
        assert words[0] in top, (page, words)
        if words[0] != "sandbox":
            command = words[: 2 if words[0] == "audit" else 1]
            options.setdefault(tuple(command), set()).update(w for w in words if w.startswith("--"))

    assert set(named) == {*top, *(f"audit {name}" for name in audit)} - {"audit"}
    for name, wanted in options.items():
        said = explained(*name).lower()
        assert [option for option in wanted if f"{option} " not in f"{said} --help "] == []


def test_every_command_of_slack_that_a_page_names_exists() -> None:
    """Each `/token …` begins with a subcommand, or another name of one, and has its options."""
    names = {
        name: subcommand
        for subcommand in IN_SLACK.subcommands
        for name in (subcommand.name, *subcommand.aliases)
    }
    for page, words in _named("/token"):
        assert words[0] in names, (page, words)
        subcommand = names[words[0]]
        for option in (word.strip("[]") for word in words if word.strip("[").startswith("--")):
            assert option in subcommand.usage, (page, words)


def _commands(said: str) -> list[str]:
    """Give the commands that a help lists."""
    _, _, below = said.partition(" Commands ")
    return re.findall(r"^│ ([a-z]+) ", below, re.MULTILINE)


def _said(said: dict[str, str], begins: str) -> str:
    """Give what a block has written."""
    return next(text for title, text in said.items() if title.startswith(begins))
