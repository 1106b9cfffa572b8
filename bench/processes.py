"""Processes that are measured: the bot as its users start it, and what it is compared to."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 60.0
_END_SECONDS = 20.0


@dataclass(frozen=True)
class Served:
    """A process that listens.

    Attributes:
        url: Where.
        pid: Its number.
    """

    url: str
    pid: int

    def resident(self) -> float:
        """Give the memory it has in use, in MiB."""
        return _memory(self.pid, "VmRSS")

    def open_files(self) -> int:
        """Give how many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


def high_water(pid: int) -> float:
    """Give the most memory that a process has had in use, in MiB; none once it has ended."""
    try:
        return _memory(pid, "VmHWM")
    except (ProcessLookupError, FileNotFoundError):
        return 0.0


def _memory(pid: int, field: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def variables(more: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a process that is measured: what is said here, and the path."""
    path = os.environ["PATH"]  # noqa: TID251 - whoever starts a process says where programs are
    return {"PATH": path, **more}


@asynccontextmanager
async def listening(*arguments: str, env: Mapping[str, str]) -> AsyncIterator[Served]:
    """Run a Python program that logs ``listening`` with its address, as the bot does.

    Args:
        arguments: Of Python, such as ``-m bot run``.
        env: Its environment.

    Raises:
        RuntimeError: If it ends before it listens, with what it said.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=dict(env), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    said: list[str] = []

    async def address(stream: asyncio.StreamReader) -> str:
        async for line in stream:
            said.append(line.decode())
            if b'"listening"' in line:
                return str(json.loads(line)["address"])
        raise RuntimeError("".join(said))

    try:
        url = await asyncio.wait_for(address(process.stderr), _START_SECONDS)
        # Nobody reads the rest, but a full pipe would stop it.
        emptying = asyncio.create_task(_emptied(process.stderr))
        try:
            yield Served(url, process.pid)
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), _END_SECONDS)
            await emptying
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def output(*command: str, env: Mapping[str, str], given: str = "") -> str:
    """Run a program to its end; give what it wrote.

    Raises:
        RuntimeError: If it fails, with what it said.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(given.encode())
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {err.decode()[-2000:]}")
    return out.decode()


async def _emptied(stream: asyncio.StreamReader) -> None:
    while await stream.read(65_536):
        pass
