"""The bot as its users start it: a process with an environment."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN
from tests.world import BOT_TOKEN, SIGNING_SECRET, World


def environment(here: World, folder: Path) -> dict[str, str]:
    """Give the variables of a bot between the stand-ins, and nothing else."""
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251 - a test starts a process
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"{here.slack.base_url}/api/",
        "INFLUXDB_URL": here.settings["influxdb_url"],
        "INFLUXDB_TOKEN": BOT_API_TOKEN,
        "ALLOWED_USERS": ",".join(cast.ALLOWED),
        "DATABASE_URL": f"sqlite:///{folder / 'token-bot.db'}",
        "PORT": "0",
        "LOG_FORMAT": "json",
    }


async def run(
    *arguments: str, env: Mapping[str, str] | None, seconds: float = 30
) -> tuple[int, str, str]:
    """Run the command line to its end: exit code, standard output, standard error.

    Args:
        arguments: What is typed behind the bot's name.
        env: Its environment; None for this process's own.
        seconds: How long it may take.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), seconds)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def started(variables: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Start `python -m bot run`, whose log is to be read."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=dict(variables), stderr=asyncio.subprocess.PIPE
    )


async def logged_by(process: asyncio.subprocess.Process) -> AsyncIterator[dict[str, Any]]:
    """Give what it logs, until it ends."""
    assert process.stderr is not None
    async for line in process.stderr:
        yield json.loads(line)


@dataclass
class BotProcess:
    """A running process, and what it logged so far."""

    process: asyncio.subprocess.Process
    lines: list[dict[str, Any]]
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def logged(self, event: str) -> None:
        """Wait until it has logged something."""
        async with asyncio.timeout(20):
            while event not in [line["event"] for line in self.lines]:
                self.news.clear()
                await self.news.wait()

    async def ends(self) -> int:
        """Wait until it ends; give its exit code."""
        return await asyncio.wait_for(self.process.wait(), 20)

    def kill(self) -> None:
        """End it as a power failure would."""
        self.process.send_signal(signal.SIGKILL)

    def reread(self) -> None:
        """Ask it to read its policy file again."""
        self.process.send_signal(signal.SIGHUP)

    def terminate(self) -> None:
        """End it as a host does."""
        self.process.send_signal(signal.SIGTERM)


@asynccontextmanager
async def bot_process(here: World, variables: Mapping[str, str]) -> AsyncIterator[BotProcess]:
    """Start `python -m bot run`, and let the Slack stand-in know its address."""
    process = await started(variables)
    running = BotProcess(process, [])
    listening = asyncio.Event()

    async def read() -> None:
        async for event in logged_by(process):
            running.lines.append(event)
            running.news.set()
            if event["event"] == "listening":
                here.slack.events_url = f"{event['address']}/slack/events"
                listening.set()

    reader = asyncio.create_task(read())
    try:
        await asyncio.wait_for(listening.wait(), 20)
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reader
