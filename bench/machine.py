"""On what the figures were measured."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("slack-bolt", "httpx", "aiohttp", "sqlalchemy", "aiosqlite", "psycopg", "uvicorn")


def described(at: datetime, postgresql: str) -> list[str]:
    """Describe the machine, the commit and the versions, a line each.

    Args:
        at: When the measuring began.
        postgresql: What PostgreSQL says of its version; empty if none was used.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    versions = [f"Python {platform.python_version()}", libraries, *filter(None, [postgresql])]
    return [
        f"Measured on {at.astimezone(UTC):%Y-%m-%d}, commit {_commit()}",
        f"{cores} cores of {_processor()}, {memory:.0f} GiB, {system}",
        ", ".join(versions),
        f"Load before it began: {os.getloadavg()[0]:.2f}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607 - wherever the machine has it
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "unknown"
