"""B5: the history of one token, and the chain's verification, with 1,000,000 audit events."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.comparison import Finding, Line
from bench.processes import high_water, variables
from bench.samples import Samples
from bench.surroundings import sqlite_folder
from bot.bootstrap import open_store
from bot.changes.audit import AuditEvent, EventTag
from bot.changes.record_queries import RecordQueries
from bot.clock import system_clock
from bot.storage.store import SqlStore
from tests.postgresql import Databases, libpq

_FEW, _MANY = 1_000, 1_000_000
_TOKENS_EACH = 50
_BATCH = 5_000
_QUERIES = 400
_WARM_UP = 40
_ASKED_ABOUT = "0f90000000000000"
_STREAMS_MIB = 32.0
_LOOK_SECONDS = 0.02


async def measure(server: Databases) -> Finding:
    """Measure both sizes of the record on both kinds of database."""
    lines: list[Line] = []
    with sqlite_folder() as folder:
        for kind in ("SQLite", "PostgreSQL"):
            urls = {
                size: f"sqlite:///{folder / f'{size}.db'}"
                if kind == "SQLite"
                else libpq(server.empty_database())
                for size in (_FEW, _MANY)
            }
            for size, url in urls.items():
                await _fill(url, size)
            lines += await _history(kind, urls)
            lines += await _verification(kind, urls)
    return Finding(
        "B5",
        "history of one token, and the chain's verification, with 1,000,000 audit events",
        f"The same question is asked {_QUERIES} times of a record of {_FEW:,} events and of one of "
        f"{_MANY:,}, in turn, after {_WARM_UP} of each that warm up; the token that is asked about "
        f"has {_TOKENS_EACH} events in both, spread over the whole. `token-bot audit verify` reads "
        "each record once, in a process of its own.",
        tuple(lines),
    )


async def _fill(url: str, size: int) -> None:
    async with open_store(_driver(url)) as store:
        batch: list[AuditEvent] = []
        for event in _events(size):
            batch.append(event)
            if len(batch) == _BATCH:
                await _append(store, batch)
                batch = []
        await _append(store, batch)


async def _append(store: SqlStore, events: list[AuditEvent]) -> None:
    async with store.transaction() as transaction:
        await transaction.append(*events)


def _events(size: int) -> Iterator[AuditEvent]:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    every = size // _TOKENS_EACH
    tags = (EventTag.REQUEST_ACCEPTED, EventTag.CHANGE_INTENDED, EventTag.CHANGE_DONE)
    for number in range(size):
        about = _ASKED_ABOUT if number % every == every - 1 else f"0f91{number % 5000:012x}"
        yield AuditEvent(
            tags[number % 3],
            began + timedelta(seconds=number),
            actor=f"U0LOAD{number % 200:03}",
            team="T0HOME",
            change_id=f"C{number // 3:09}",
            instance="default",
            authorization_id=about,
            detail={"kind": "disable", "reason": "pasted in a gist", "rule": "operator"},
        )


async def _history(kind: str, urls: dict[int, str]) -> list[Line]:
    taken: dict[int, list[float]] = {size: [] for size in urls}
    async with open_store(_driver(urls[_FEW])) as few, open_store(_driver(urls[_MANY])) as many:
        queries = {
            _FEW: RecordQueries(few, system_clock),
            _MANY: RecordQueries(many, system_clock),
        }
        clock = asyncio.get_running_loop()
        for _ in range(_WARM_UP + _QUERIES):
            for size, asked in queries.items():
                started = clock.time()
                found = await asked.history(_ASKED_ABOUT)
                taken[size].append(1000 * (clock.time() - started))
                assert found.events
    ours, others = (Samples.of(taken[size][_WARM_UP:]) for size in (_MANY, _FEW))
    p95 = ours.percentile(95), others.percentile(95)
    return [
        Line(
            f"{kind}: history with {_MANY:,} events against {_FEW:,}, p95, ms",
            Samples.of([p95[0]]),
            target="≤ 3 ×",
            met=p95[0] <= 3 * p95[1],
            compared=Samples.of([p95[1]]),
            ratios=Samples.of([p95[0] / p95[1]]),
        )
    ]


async def _verification(kind: str, urls: dict[int, str]) -> list[Line]:
    seconds, memory = {}, {}
    for size, url in urls.items():
        seconds[size], memory[size] = await _verify(url)
    more = memory[_MANY] - memory[_FEW]
    return [
        Line(
            f"{kind}: memory of verify with {_MANY:,} events, MiB",
            Samples.of([memory[_MANY]]),
            target=f"streams (≤ {_STREAMS_MIB:g} MiB more)",
            met=more <= _STREAMS_MIB,
            compared=Samples.of([memory[_FEW]]),
        ),
        Line(
            f"{kind}: verify, events a second",
            Samples.of([(_MANY - _FEW) / (seconds[_MANY] - seconds[_FEW])]),
            target="",
        ),
    ]


async def _verify(url: str) -> tuple[float, float]:
    """Verify a record in a process of its own; give its seconds and its largest memory in MiB."""
    clock = asyncio.get_running_loop()
    started = clock.time()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "audit", "verify"),
        env=variables({"DATABASE_URL": url}),
        stdout=asyncio.subprocess.DEVNULL,
    )
    ending = asyncio.create_task(process.wait())
    largest = 0.0
    # What the system counts for a process that has ended may be that of whoever started it.
    while not (await asyncio.wait({ending}, timeout=_LOOK_SECONDS))[0]:
        largest = max(largest, high_water(process.pid))
    if process.returncode != 0:
        raise RuntimeError(f"audit verify ended with {process.returncode}")
    return clock.time() - started, largest


def _driver(url: str) -> str:
    return url.replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+psycopg:")
