"""B1: from a command to its ack, 50 people at once."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

from bench.comparison import Finding, Line, at_most
from bench.processes import Served, listening
from bench.samples import Samples
from bench.surroundings import Surroundings, sqlite_folder, surroundings
from tests.postgresql import Databases, libpq

_PEOPLE = 50
_BURSTS = 20
_WARM_UP = 3


async def measure(server: Databases) -> Finding:
    """Measure both kinds of database, the bot and the bare app in turn."""
    lines: list[Line] = []
    with ExitStack() as stack:
        folder = stack.enter_context(sqlite_folder())
        for name in ("SQLite", "PostgreSQL"):
            urls = _urls(name, folder, server)
            async with surroundings(people=_PEOPLE, tokens=_PEOPLE) as here:
                lines += await _one_kind(name, here, *urls)
    return Finding(
        "B1",
        "command to ack, 50 people at once, against a bare Bolt app that commits one row",
        f"{_BURSTS} times 50 people type `/token disable …` or `enable …` at the same moment, each "
        "about a token of their own; the next burst begins when the last one is carried out and "
        f"told. The bare app gets the same bursts in between. {_WARM_UP} bursts warm up. Both "
        "databases write to the disk at each commit.",
        tuple(lines),
    )


def _urls(name: str, folder: Path, server: Databases) -> tuple[str, str]:
    if name == "SQLite":
        return f"sqlite:///{folder / 'bot.db'}", f"sqlite:///{folder / 'bare.db'}"
    return libpq(server.new_database()), libpq(server.empty_database())


async def _one_kind(name: str, here: Surroundings, bots: str, bares: str) -> list[Line]:
    async with (
        listening("-m", "bot", "run", env=here.environment(bots)) as bot,
        listening("-m", "bench.bare.app", env=here.environment(bares)) as bare,
    ):
        ours: list[Samples] = []
        others: list[Samples] = []
        for number in range(_WARM_UP + _BURSTS):
            # Whoever is first meets a machine that has just rested.
            if number % 2:
                others.append(await _burst(here, bare, number))
            ours.append(await _burst(here, bot, number))
            await here.told((number + 1) * _PEOPLE)
            if not number % 2:
                others.append(await _burst(here, bare, number))
    del ours[:_WARM_UP], others[:_WARM_UP]
    return [
        at_most(
            f"{name}, p{percent}, ms",
            [each.percentile(percent) for each in ours],
            [each.percentile(percent) for each in others],
            2,
        )
        for percent in (50, 99)
    ]


async def _burst(here: Surroundings, served: Served, number: int) -> Samples:
    what = "enable" if number % 2 else "disable"
    requests = [here.typed(each, f"{what} {here.tokens[each]}") for each in range(_PEOPLE)]
    sent = (here.send(served.url, request) for request in requests)
    return Samples.of([1000 * seconds for seconds in await asyncio.gather(*sent)])
