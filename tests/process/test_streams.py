"""Streams that are closed or full: what was asked is done, and what can be said is said."""

import asyncio
import sys
from pathlib import Path

import pytest

from bot.sandbox.mishaps import MISHAPS
from tests.process.bot_process import environment, run
from tests.world import World


async def redirected(
    redirection: str, *arguments: str, env: dict[str, str]
) -> tuple[int | None, str, str]:
    """Run the command line as a shell does: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "bot", *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    "arguments", [("do", "/token whoami", "--as", "U0ALICE"), ("check",), ("audit", "verify")]
)
@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_standard_error_is_closed(
    idle_world: World, tmp_path: Path, arguments: tuple[str, ...], log_format: str
) -> None:
    """What is printed, and how it ends, is as where it is open."""
    await idle_world.start()
    await idle_world.say("whoami")
    database = idle_world.settings["database_url"]
    variables = {**environment(idle_world, tmp_path), "LOG_FORMAT": log_format}
    variables["DATABASE_URL"] = database.replace("+aiosqlite", "")

    code, out, _ = await run(*arguments, env=variables)

    assert await redirected("2>&-", *arguments, env=variables) == (code, out, "")


@pytest.mark.parametrize(
    "arguments", [("--help",), (), ("do", "--help"), ("sandbox", "-h"), ("audit", "verify", "-h")]
)
async def test_help_on_a_full_disk(
    idle_world: World, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """It says so, in a sentence."""
    variables = environment(idle_world, tmp_path)

    ended = await redirected(">/dev/full", *arguments, env=variables)

    assert ended == (1, "", "Standard output takes nothing.\n")


@pytest.mark.parametrize("command", ["whoami", "list", "history"])
async def test_an_answer_on_a_full_disk(idle_world: World, tmp_path: Path, command: str) -> None:
    """It was not printed, which is what was asked for, and stands nowhere else."""
    variables = environment(idle_world, tmp_path)

    ended = await redirected(">/dev/full", "do", command, "--as", "U0ALICE", env=variables)

    assert ended == (1, "", "Standard output takes nothing.\n")


async def test_the_sandbox_tells_what_can_be_played(idle_world: World, tmp_path: Path) -> None:
    """Its help names every option and every fault; the list of all commands, what it is."""
    variables = {**environment(idle_world, tmp_path), "COLUMNS": "200"}

    code, out, _ = await run("sandbox", "--help", env=variables)
    _, every, _ = await run("--help", env=variables)

    assert code == 0
    assert [name for name in MISHAPS if name not in out] == []
    assert [o for o in ("--as", "--say", "--press", "--policy", "--port") if o not in out] == []
    assert "stand-ins play their parts" in every
