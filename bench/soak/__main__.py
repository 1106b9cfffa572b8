"""Soak the bot, print what was counted, and end with 1 if something does not hold.

python -m bench.soak [SECONDS]
"""

import asyncio
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from bench.processes import Served, listening
from bench.soak import afterwards
from bench.soak.traffic import Sent, Traffic, ack_seconds
from bench.soak.weather import Weather
from bench.surroundings import Surroundings, sqlite_folder, surroundings

_PEOPLE, _CHANNELS, _TOKENS = 50, 25, 200
_A_SECOND, _SECONDS = 20.0, 60.0
_FAULTS = 0.01
_WARM_UP_SECONDS = 10.0
_REST_SECONDS = 180.0
# A page more or less, and connections that are kept for the next call.
_MEMORY_MIB, _KEPT_CONNECTIONS = 8.0, 16
_STEP, _STEP_SECONDS, _WANTED_SECONDS = 1.25, 10.0, 1.0
_SEED = 20


async def main(seconds: float) -> int:
    """Soak for so many seconds; give the exit code."""
    with sqlite_folder() as folder:
        database = folder / "bot.db"
        slack, influxdb = Weather(0.0, _SEED), Weather(0.0, _SEED + 1)
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(
                surroundings(
                    people=_PEOPLE,
                    channels=_CHANNELS,
                    tokens=_TOKENS,
                    before_influxdb=influxdb.before,
                    before_slack=slack.before,
                )
            )
            bot = await stack.enter_async_context(
                listening(
                    *("-m", "bench.soak.watched_bot"),
                    env=here.environment(f"sqlite:///{database}"),
                )
            )
            traffic = Traffic(here, bot.url, _SEED)
            found = await _soak(here, bot, traffic, database, (slack, influxdb), seconds)
            rate, p99 = await _highest(traffic, database)
    _say(
        f"highest rate with ack p99 under {_WANTED_SECONDS:g} s: {rate:.0f} a second ({p99:.2f} s)"
    )
    for violation in found:
        _say(f"VIOLATION: {violation}")
    _say(f"soak: {len(traffic.sent):,} commands, {len(found)} violations")
    return 1 if found else 0


async def _soak(
    here: Surroundings,
    bot: Served,
    traffic: Traffic,
    database: Path,
    weathers: tuple[Weather, Weather],
    seconds: float,
) -> list[str]:
    await traffic.flow(_A_SECOND, _WARM_UP_SECONDS)
    await _at_rest(database)
    memory, files, tasks = bot.resident(), bot.open_files(), await _tasks(here, bot)
    for weather in weathers:
        weather.share = _FAULTS
    batch = await traffic.flow(_A_SECOND, seconds)
    for weather in weathers:
        weather.share = 0.0
    await _at_rest(database)
    acks = ack_seconds(batch)
    _say(f"{_counted(batch)}: {len(batch):,} commands of {_PEOPLE} people in {_CHANNELS} channels")
    for name, weather in zip(("Slack", "InfluxDB"), weathers, strict=True):
        calls = sum(weather.answered.values()) + weather.befallen.total()
        _say(f"{name}: {calls:,} calls, {weather.befallen.total()} faults ({_listed(weather)})")
    _say(
        f"acks: p50 {acks.median:.3f} s, p99 {acks.percentile(99):.3f} s, largest "
        f"{max(acks.values):.3f} s"
    )
    found = afterwards.violations(here, database, traffic.sent, set(weathers[0].answered))
    after = bot.resident(), bot.open_files(), await _tasks(here, bot)
    _say(
        f"memory {memory:.1f} -> {after[0]:.1f} MiB, open files {files} -> {after[1]}, tasks "
        f"{tasks} -> {after[2]}"
    )
    if after[0] > memory + _MEMORY_MIB:
        found.append(f"memory has grown by {after[0] - memory:.1f} MiB")
    if after[1] > files + _KEPT_CONNECTIONS:
        found.append(f"{after[1] - files} more files are open")
    if after[2] > tasks:
        found.append(f"{after[2] - tasks} more tasks are there")
    return found


async def _highest(traffic: Traffic, database: Path) -> tuple[float, float]:
    """Find the highest rate, step by step, at which acks come in time."""
    best, in_time = 0.0, 0.0
    rate = _A_SECOND
    while True:
        batch = await traffic.flow(rate, _STEP_SECONDS)
        p99 = ack_seconds(batch).percentile(99)
        if p99 >= _WANTED_SECONDS:
            return best, in_time
        best, in_time = rate, p99
        rate *= _STEP
        await _at_rest(database)


async def _at_rest(database: Path) -> None:
    """Wait until everything is over and told."""
    async with asyncio.timeout(_REST_SECONDS):
        # Another process writes there, which tells nobody.
        while await asyncio.to_thread(afterwards.unsettled, database):  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.2)
    # Answers by response URL have no row.
    await asyncio.sleep(2)


async def _tasks(here: Surroundings, bot: Served) -> int:
    async with here.session.get(f"{bot.url}/tasks") as answer:
        return int(await answer.text())


def _counted(batch: list[Sent]) -> str:
    return ", ".join(f"{n} {name}" for name, n in Counter(s.name for s in batch).most_common())


def _listed(weather: Weather) -> str:
    return ", ".join(f"{number} {name}" for name, number in weather.befallen.most_common())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS)))
