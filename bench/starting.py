"""B4: how long the bot takes to be ready, and the memory that it has after 10,000 commands."""

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import aiohttp

from bench.comparison import Finding, Line, at_most
from bench.processes import Served, listening, output, variables
from bench.samples import Samples
from bench.surroundings import Surroundings, in_turn, sqlite_folder, surroundings
from tests.postgresql import Databases

_STARTS = 10
_COMMANDS = 10_000
_AT_ONCE = 8
_CHANGES_ONE_IN = 10
# Until a change is over once its message is posted.
_RELEASED_SECONDS = 3
_IMPORTS = "import slack_bolt, httpx, sqlalchemy, uvicorn"
# Allocators keep what they had: a page more or less is no growth.
_NOISE_MIB = 1.0


async def measure(_server: Databases) -> Finding:
    """Measure the starts, and the memory of one bot that is used."""
    with sqlite_folder() as folder:
        async with surroundings() as here:
            lines = [await _starts(here, folder)]
            async with listening("-m", "bot", "run", env=_environment(here, folder)) as served:
                growth, after = await _memory(here, served)
    lines.append(growth)
    return Finding(
        "B4",
        "start to ready, against the imports alone; memory after 10,000 commands",
        f"{_STARTS} starts on a database that is there already, each until `/readyz` says 200, and "
        f"in between as many of `python -c '{_IMPORTS}'`; one of each warms up. Then one process "
        f"takes {_COMMANDS:,} commands, {_AT_ONCE} at a time: whoami, show, list, history, and in "
        "every tenth a describe that changes something, of another person in another channel each "
        "time; measured when all of it is told.",
        tuple(lines),
        (f"Resident after {_COMMANDS:,} commands: {after:.1f} MiB.",),
    )


def _environment(here: Surroundings, folder: Path) -> dict[str, str]:
    return here.environment(f"sqlite:///{folder / 'bot.db'}")


async def _starts(here: Surroundings, folder: Path) -> Line:
    clock = asyncio.get_running_loop()
    ours, others = [], []
    for _ in range(_STARTS + 1):
        started = clock.time()
        async with listening("-m", "bot", "run", env=_environment(here, folder)) as served:
            await _ready(here, served)
            ours.append(clock.time() - started)
        started = clock.time()
        await output(sys.executable, "-c", _IMPORTS, env=variables({}))
        others.append(clock.time() - started)
    return at_most("start to ready, s", ours[1:], others[1:], 2.5)


async def _ready(here: Surroundings, served: Served) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                async with here.session.get(f"{served.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.002)


async def _memory(here: Surroundings, served: Served) -> tuple[Line, float]:
    half = _COMMANDS // 2
    measured = []
    for first in (0, half):
        work = [partial(_command, here, served, number) for number in range(first, first + half)]
        await in_turn(work, _AT_ONCE)
        # What waits for its turn to be posted takes memory until it is.
        await here.told((first + half) // _CHANGES_ONE_IN)
        await asyncio.sleep(_RELEASED_SECONDS)
        measured.append(served.resident())
    grown = measured[1] - measured[0]
    line = Line(
        f"memory grown from the {half:,}th to the {_COMMANDS:,}th command, MiB",
        Samples.of([grown]),
        target=f"none (≤ {_NOISE_MIB:g} MiB)",
        met=grown <= _NOISE_MIB,
    )
    return line, measured[1]


async def _command(here: Surroundings, served: Served, number: int) -> None:
    changes, rest = divmod(number, _CHANGES_ONE_IN)
    # One after the other changes something, each in a channel of their own.
    who = number if rest else changes
    token = here.tokens[who % len(here.tokens)]
    reads: tuple[Callable[[], str], ...] = (
        lambda: "whoami",
        lambda: f"show {token}",
        lambda: "list telegraf",
        lambda: f"history {token}",
    )
    text = reads[number % len(reads)]() if rest else f"describe {token} {number}"
    await here.send(served.url, here.typed(who, text))
    # Slack's side of it is not what is measured.
    if number % 500 == 0:
        here.forget()
