"""B3: one disable, from the command to the message that confirms it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bench.comparison import Finding, at_most, bounded
from bench.processes import listening, output, variables
from bench.surroundings import BOT_TOKEN, Surroundings, sqlite_folder, surroundings
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN
from tests.postgresql import Databases

_ROUNDS = 60
# Slack takes one message a second in each channel, and each of them has one.
_PEOPLE = 10
_PAUSE_SECONDS = 0.15
_WARM_UP = 10
_POST = "chat.postMessage"


async def measure(_server: Databases) -> Finding:
    """Measure one disable at a time, and then the calls that it made, bare."""
    with sqlite_folder() as folder:
        return await measured(folder, rounds=_ROUNDS, warm_up=_WARM_UP)


async def measured(folder: Path, *, rounds: int, warm_up: int) -> Finding:
    """Measure so often, with the bot's database in a folder."""
    every = rounds + warm_up
    async with (
        surroundings(people=_PEOPLE, tokens=every) as here,
        listening(
            "-m", "bot", "run", env=here.environment(f"sqlite:///{folder / 'bot.db'}")
        ) as served,
    ):
        taken = [await _confirmed(here, served.url, number) for number in range(every)]
        calls = _calls_of_the_last(here)
    async with surroundings(people=_PEOPLE, tokens=every) as there:
        bare = await _bare(there, here, calls, every)
    ours, others = ([1000 * seconds for seconds in each[warm_up:]] for each in (taken, bare))
    return Finding(
        "B3",
        "one disable, command to posted confirmation, against the bare sequence of its HTTP calls",
        f"{rounds} disables after {warm_up} that warm up, one at a time, by {_PEOPLE} people, "
        "with stand-ins that answer at once. The bare sequence is what the last of them sent, "
        f"{len(calls)} calls, one after another over connections that stay open. The bot also "
        "commits, to the disk.",
        (
            at_most("command to confirmation, ms", ours, others, 3),
            bounded("p50 here, ms", ours, 60, "ms"),
        ),
        (f"The calls: {', '.join(_named(call) for call in calls)}.",),
    )


async def _confirmed(here: Surroundings, url: str, number: int) -> float:
    clock = asyncio.get_running_loop()
    posts = here.posted()
    request = here.typed(number, f"disable {here.tokens[number]}")
    started = clock.time()
    await here.send(url, request)
    await here.slack.wait_for(lambda: here.posted() > posts)
    taken = clock.time() - started
    # What goes on after the message is not part of the next one.
    await asyncio.sleep(_PAUSE_SECONDS)
    return taken


def _calls_of_the_last(here: Surroundings) -> list[dict[str, Any]]:
    """Give what one disable calls, in its order: the last one's, up to its message."""
    influxdb, slack = here.influxdb.journal, here.slack.journal
    ended = max(at for at, call in enumerate(slack) if call.method == _POST)
    before = max(at for at, call in enumerate(slack[:ended]) if call.method == _POST)
    since, until = slack[before].at, slack[ended].at
    changed = max(at for at, each in enumerate(influxdb) if each.method == "PATCH")
    about = influxdb[changed].path
    calls = [
        (
            each.at,
            {
                "method": each.method,
                "url": f"{here.influxdb_url}{each.path}{f'?{each.query}' if each.query else ''}",
                "headers": {
                    "Authorization": f"Token {BOT_API_TOKEN}",
                    "Content-Type": "application/json",
                },
                "body": each.body,
            },
        )
        for each in influxdb
        if since < each.at <= until and (each.path == about or each.query)
    ]
    calls += [
        (
            call.at,
            {
                "method": "POST",
                "url": f"{here.slack_url}/api/{call.method}",
                "headers": {
                    "Authorization": f"Bearer {BOT_TOKEN}",
                    "Content-Type": "application/json; charset=utf-8",
                },
                "body": json.dumps(dict(call.arguments)),
            },
        )
        for call in slack[before + 1 : ended + 1]
    ]
    return [call for _, call in sorted(calls, key=lambda each: each[0])]


async def _bare(
    there: Surroundings, here: Surroundings, calls: list[dict[str, Any]], rounds: int
) -> list[float]:
    moved = [
        {
            **call,
            "url": call["url"]
            .replace(here.influxdb_url, there.influxdb_url)
            .replace(here.slack_url, there.slack_url),
        }
        for call in calls
    ]
    plan = json.dumps({"rounds": rounds, "calls": moved})
    command = (sys.executable, "-m", "bench.bare.calls")
    taken: list[float] = json.loads(await output(*command, env=variables({}), given=plan))
    return taken


def _named(call: dict[str, Any]) -> str:
    path = call["url"].partition("://")[2].partition("/")[2].partition("?")[0]
    return f"{call['method']} /{path}"
