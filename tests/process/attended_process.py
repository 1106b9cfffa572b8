"""`python -m bot leak` and `do` as their users start them."""

import asyncio
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from bot.sandbox.influxdb.state import api_token
from bot.sandbox.slack import Message

CANARY = api_token(f"made up for {TELEGRAF_EDGE_42}")
"""The secret of the token that leaks; it may show up nowhere."""
WRONG = TELEGRAF_EDGE_43
"""The other token of its owner."""
RIGHT = TELEGRAF_EDGE_42

AS_ALICE = ("--as", "U0ALICE", "--found", "a gist")


@dataclass
class Attended:
    """A running command that somebody waits for.

    Attributes:
        errors: What it has told whoever is at the terminal so far.
    """

    process: asyncio.subprocess.Process
    errors: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def said(self, text: str) -> None:
        """Wait until it has told something."""
        async with asyncio.timeout(20):
            while text not in self.errors:
                self._news.clear()
                await self._news.wait()

    def interrupt(self, by: signal.Signals = signal.SIGINT) -> None:
        """Press Ctrl-C, or send another signal."""
        self.process.send_signal(by)

    async def ends(self) -> tuple[int, str, str]:
        """Wait until it ends: exit code, standard output, standard error."""
        assert self.process.stdout is not None
        out = await asyncio.wait_for(self.process.stdout.read(), 40)
        code = await asyncio.wait_for(self.process.wait(), 20)
        return code, out.decode(), self.errors

    async def read(self) -> None:
        """Take in what it tells, until it ends."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.errors += line.decode()
            self._news.set()


@asynccontextmanager
async def leak_process(
    *arguments: str, env: Mapping[str, str], secret: bytes = CANARY.encode()
) -> AsyncIterator[Attended]:
    """Start a report, which belongs to no terminal, and give it the secret."""
    async with attended_process("leak", *arguments, env=env, typed=secret) as running:
        yield running


@asynccontextmanager
async def attended_process(
    *arguments: str, env: Mapping[str, str], typed: bytes = b""
) -> AsyncIterator[Attended]:
    """Start a command that belongs to no terminal, and give it its standard input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        env=dict(env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    running = Attended(process)
    reading = asyncio.create_task(running.read())
    assert process.stdin is not None
    process.stdin.write(typed)
    process.stdin.close()
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


def receipts(messages: Sequence[Message]) -> list[str]:
    """Give what the messages say, but for those in their threads."""
    return [each.plain for each in messages if each.thread_ts is None]


async def leak(
    *arguments: str, env: Mapping[str, str], secret: bytes = CANARY.encode()
) -> tuple[int, str, str]:
    """Run a report to its end: exit code, standard output, standard error."""
    async with leak_process(*arguments, env=env, secret=secret) as running:
        code, out, _ = await running.ends()
    return code, out, running.errors


async def do(
    command: str, *arguments: str, env: Mapping[str, str], user: str = "U0ALICE"
) -> tuple[int, str, str]:
    """Run a command of Slack's to its end: exit code, standard output, standard error."""
    async with attended_process("do", command, "--as", user, *arguments, env=env) as running:
        code, out, _ = await running.ends()
    return code, out, running.errors


async def at_a_terminal(
    *arguments: str, env: Mapping[str, str], typed: Mapping[str, str]
) -> tuple[int, str]:
    """Run a command at a terminal of its own, and answer what it asks.

    Args:
        arguments: What is typed behind the bot's name.
        env: Its environment.
        typed: What is typed once a text has shown up, by that text.

    Returns:
        The exit code, and everything that the terminal has shown.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "bot", *arguments], dict(env))  # noqa: S606 - no shell is wanted
    return await asyncio.to_thread(_answering, pid, terminal, dict(typed))


def _answering(pid: int, terminal: int, typed: dict[str, str]) -> tuple[int, str]:
    shown = b""
    while True:
        try:
            read = os.read(terminal, 4096)
        except OSError:
            # Linux says so once the other side is closed.
            read = b""
        if not read:
            break
        shown += read
        for asked in [each for each in typed if each.encode() in shown]:
            os.write(terminal, f"{typed.pop(asked)}\n".encode())
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), shown.decode()
