"""Measure, print each finding, and write RESULTS.md and the README's table.

python -m bench              everything, and bench/RESULTS.md anew
python -m bench B1 B3        some of it, printed alone
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench import acks, many_tokens, one_disable, record, replicas, starting
from bench.comparison import Finding
from bench.machine import described
from bench.results import printed, with_summary, written
from bot.clock import system_clock
from tests.postgresql import Databases, own_server

_BENCHMARKS: Mapping[str, Callable[[Databases], Coroutine[Any, Any, Finding]]] = MappingProxyType(
    {
        "B1": acks.measure,
        "B2": many_tokens.measure,
        "B3": one_disable.measure,
        "B4": starting.measure,
        "B5": record.measure,
        "B6": replicas.measure,
    }
)
_RESULTS = Path(__file__).parent / "RESULTS.md"
_README = Path(__file__).parent.parent / "README.md"
# As a server is run: each commit is on the disk.
_DURABLE = (
    *("-c", "shared_buffers=256MB", "-c", "max_connections=200"),
    *("-c", "unix_socket_directories="),
)


def main(names: list[str]) -> int:
    """Measure what is named, or everything; 0 if every target is met, 1 if not, 2 for names."""
    if unknown := [name for name in names if name not in _BENCHMARKS]:
        sys.stderr.write(f"No benchmark {unknown[0]}; there are {', '.join(_BENCHMARKS)}.\n")
        return 2
    began = system_clock()
    findings: list[Finding] = []
    with own_server(_DURABLE) as server:
        machine = described(began, _version(server.binaries))
        for line in machine:
            sys.stdout.write(f"{line}\n")
        for name in names or _BENCHMARKS:
            finding = asyncio.run(_BENCHMARKS[name](server))
            sys.stdout.write(printed(finding))
            sys.stdout.flush()
            findings.append(finding)
    if not names:
        _RESULTS.write_text(written(machine, findings), encoding="utf-8")
        readme = with_summary(_README.read_text(encoding="utf-8"), findings)
        _README.write_text(readme, encoding="utf-8")
        sys.stdout.write(f"Written to {_RESULTS.name} and {_README.name}\n")
    return 0 if all(finding.met for finding in findings) else 1


def _version(binaries: Path) -> str:
    asked = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return asked.stdout.strip().replace("postgres (PostgreSQL)", "PostgreSQL")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
