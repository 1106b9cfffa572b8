"""B6: 1, 2 and 4 replicas on one PostgreSQL, 2,000 changes."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial

from bench.comparison import Finding, Line
from bench.processes import listening
from bench.samples import Samples
from bench.surroundings import Surroundings, in_turn, surroundings
from tests.postgresql import Databases, libpq

_CHANGES = 2_000
_LATENCY_SECONDS = 0.05
_PEOPLE = 50
_FLEETS = (1, 2, 4)
_NOT_CONFIRMED = "Could not confirm"


async def measure(server: Databases) -> Finding:
    """Measure each fleet on a database of its own."""
    rates: dict[int, float] = {}
    lines: list[Line] = []
    remarks: list[str] = []
    for replicas in _FLEETS:
        rate, patched, again = await _fleet(server, replicas)
        remarks.append(
            f"With {replicas}, {again} commands were typed again: their ack said that it could not "
            "confirm them."
        )
        rates[replicas] = rate
        once = sum(times == 1 for times in patched.values())
        lines.append(
            Line(
                f"{replicas} replicas: changes carried out once"
                if replicas > 1
                else "1 replica: changes carried out once",
                Samples.of([once]),
                target=f"{_CHANGES:,}",
                met=once == _CHANGES == len(patched),
            )
        )
    alone = rates[_FLEETS[0]]
    lines.append(Line("1 replica, changes a second", Samples.of([alone]), target=""))
    lines += [
        Line(
            f"{replicas} replicas, changes a second",
            Samples.of([rates[replicas]]),
            target="≥ 0.85 ×",
            met=rates[replicas] >= 0.85 * alone,
            compared=Samples.of([alone]),
            ratios=Samples.of([rates[replicas] / alone]),
        )
        for replicas in _FLEETS[1:]
    ]
    return Finding(
        "B6",
        "1, 2 and 4 replicas on one PostgreSQL, 2,000 changes",
        f"{_PEOPLE} people type {_CHANGES:,} commands, each about a token of its own, {_PEOPLE} at "
        f"a time, to one replica after another; InfluxDB answers {1000 * _LATENCY_SECONDS:g} ms "
        "late. "
        "Measured from the first command until the last token is disabled. Replicas, PostgreSQL, "
        "both stand-ins and whoever types share the machine's cores.",
        tuple(lines),
        tuple(remarks),
    )


async def _fleet(server: Databases, replicas: int) -> tuple[float, Counter[str], int]:
    url = libpq(server.new_database())
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(
            surroundings(people=_PEOPLE, tokens=_CHANGES + _PEOPLE, latency=_LATENCY_SECONDS)
        )
        env = here.environment(url)
        fleet = [
            await stack.enter_async_context(listening("-m", "bot", "run", env=env))
            for _ in range(replicas)
        ]
        urls = [served.url for served in fleet]
        # Who somebody is has to be asked once in each process.
        warm_up = here.tokens[_CHANGES:]
        await _type(here, urls, warm_up)
        await here.patched(len(warm_up))
        clock = asyncio.get_running_loop()
        started = clock.time()
        again = await _type(here, urls, here.tokens[:_CHANGES])
        await here.patched(len(here.tokens))
        seconds = clock.time() - started
    patched = Counter(each.path.rpartition("/")[2] for each in here.influxdb.patches())
    counted = Counter({each: patched[each] for each in here.tokens[:_CHANGES]})
    return _CHANGES / seconds, counted, again


async def _type(here: Surroundings, urls: list[str], tokens: tuple[str, ...]) -> int:
    """Have everybody type, and type again what could not be confirmed; say how often that was."""
    again = 0

    async def one(number: int, token: str) -> None:
        nonlocal again
        told = _NOT_CONFIRMED
        again -= 1
        while _NOT_CONFIRMED in told:
            again += 1
            request = here.typed(number, f"disable {token}")
            _, told = await here.acknowledged(urls[number % len(urls)], request)

    work = [partial(one, number, token) for number, token in enumerate(tokens)]
    await in_turn(work, _PEOPLE)
    return again
