"""Bots in processes of their own: forked from the nursery, or started as their users start them."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from tests.durability.points import Kind, Point
from tests.process.bot_process import logged_by, started

_PATIENCE_SECONDS = 60


class DeadError(Exception):
    """The process has ended."""


class FailedError(Exception):
    """The process could not run a bot."""


class Life(Protocol):
    """A process with a bot in it."""

    url: str
    dead: asyncio.Event
    where: str
    steps: Counter[str]
    counts: Counter[Kind]

    async def ready(self) -> None:
        """Wait until the bot listens; raise DeadError if it ends before."""
        ...

    async def arm(self, *, on: bool) -> None:
        """Let it count, and be killed at its point, or no more."""
        ...

    async def settle(self) -> None:
        """Wait until it has done what was asked of it; raise DeadError if it ends before."""
        ...

    async def advance(self, by: timedelta) -> None:
        """Move its clock."""
        ...

    async def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        ...


@dataclass
class Forked:
    """A life that the nursery gave.

    Attributes:
        url: Where the bot listens.
        dead: Set when it has ended.
        where: Where exactly it was killed, if it says.
        steps: How often it reached each step, as of the last time it settled.
        counts: How often each kind of thing has happened, as of then.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    url: str = ""
    pid: int = 0
    where: str = ""
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    steps: Counter[str] = field(default_factory=Counter)
    counts: Counter[Kind] = field(default_factory=Counter)
    said: asyncio.Queue[dict[str, Any] | None] = field(default_factory=asyncio.Queue)
    listening: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Wait until the bot listens; raise DeadError if it ends before."""
        self.url = (await self.hear())["ready"]

    async def arm(self, *, on: bool) -> None:
        """Let it count, and be killed at its point, or no more."""
        await self._ask({"do": "arm", "on": on})

    async def settle(self) -> None:
        """Wait until it has done what was asked of it; raise DeadError if it ends before."""
        answer = await self._ask({"do": "settle"})
        self.steps = Counter(answer["steps"])
        self.counts = Counter({Kind(kind): times for kind, times in answer["counts"].items()})

    async def advance(self, by: timedelta) -> None:
        """Move its clock."""
        await self._ask({"do": "advance", "seconds": by.total_seconds()})

    async def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        if not self.dead.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        await self.dead.wait()
        if self.listening is not None:
            await self.listening
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    async def listen(self) -> None:
        """Take in what it says until its end."""
        with contextlib.suppress(ConnectionError):
            async for line in self.reader:
                said = json.loads(line)
                if "killed at" in said:
                    self.where = said["killed at"]
                else:
                    self.said.put_nowait(said)
        self.dead.set()
        self.said.put_nowait(None)

    async def hear(self) -> dict[str, Any]:
        """Give what it says next; raise DeadError at its end."""
        said = await asyncio.wait_for(self.said.get(), _PATIENCE_SECONDS)
        if said is None:
            self.said.put_nowait(None)
            raise DeadError
        if "failed" in said:
            raise FailedError(said["failed"])
        return said

    async def _ask(self, what: Mapping[str, Any]) -> dict[str, Any]:
        if self.dead.is_set():
            raise DeadError
        try:
            self.writer.write(json.dumps(what).encode() + b"\n")
            await self.writer.drain()
        except ConnectionError as error:
            # Its connection may break a moment before its end is read.
            await self.dead.wait()
            raise DeadError from error
        return await self.hear()


class Nursery:
    """Where bots are forked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def fork(
        self,
        settings: Mapping[str, str],
        log: Path,
        *,
        ahead: timedelta,
        lease: timedelta,
        point: Point | None = None,
        armed: bool = False,
    ) -> Forked:
        """Start a process, in which the bot is about to start.

        Args:
            settings: What its environment would say.
            log: The file for its log lines.
            ahead: How far its clock is ahead.
            lease: How long its leases last.
            point: Where to kill it.
            armed: Whether its start counts already.
        """
        life = Forked(*await asyncio.open_unix_connection(self._path))
        spec = {
            "settings": dict(settings),
            "log": str(log),
            "ahead": ahead.total_seconds(),
            "lease": lease.total_seconds(),
            "point": point and [point.kind.value, point.number],
            "armed": armed,
        }
        life.listening = asyncio.create_task(life.listen(), name="a life")
        life.writer.write(json.dumps(spec).encode() + b"\n")
        life.pid = (await life.hear())["pid"]
        return life


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """Run a nursery for as long as the context is open."""
    path = folder / "nursery"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.durability.nursery", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield Nursery(path)
        # Closing its standard input ends it.


@dataclass
class Cold:
    """A life that began as users begin it: ``python -m bot run``.

    Attributes:
        url: Where the bot listens.
        dead: Set when it has ended.
        where: Nothing, since it does not know what happens to it.
        steps, counts: Nothing, as above.
    """

    process: asyncio.subprocess.Process
    url: str = ""
    where: str = ""
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    steps: Counter[str] = field(default_factory=Counter)
    counts: Counter[Kind] = field(default_factory=Counter)

    listening: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Wait until the bot listens; raise DeadError if it ends before."""
        await asyncio.wait_for(self.listening.wait(), _PATIENCE_SECONDS)
        if not self.url:
            await self.dead.wait()
            raise DeadError

    async def read(self) -> None:
        """Read its log until its end."""
        async for said in logged_by(self.process):
            if said["event"] == "listening":
                self.url = said["address"]
                self.listening.set()
        await self.process.wait()
        self.dead.set()
        self.listening.set()

    async def arm(self, *, on: bool) -> None:
        """Do nothing: it is the stand-ins that count."""

    async def settle(self) -> None:
        """Say that it has not ended; what it has done is read in the database."""
        if self.dead.is_set():
            raise DeadError

    async def advance(self, by: timedelta) -> None:
        """Refuse: its clock is the machine's."""
        raise NotImplementedError(f"no way to move a real clock by {by}")

    async def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        if self.process.returncode is None:
            self.process.kill()
        if self.reading is not None:
            await self.reading


async def cold(variables: Mapping[str, str]) -> Cold:
    """Start a process as the bot's users do."""
    life = Cold(await started(variables))
    life.reading = asyncio.create_task(life.read(), name="a cold start's log")
    return life


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Give the variables of a process with these settings, and nothing else."""
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251 - a test starts a process
        **{name.upper(): value for name, value in settings.items()},
        "PORT": "0",
        "LOG_FORMAT": "json",
    }
