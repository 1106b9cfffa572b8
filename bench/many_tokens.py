"""B2: disable 1,000 tokens of one user, from Confirm to the final message."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

from bench.comparison import Finding, at_least, at_most
from bench.processes import listening, output, variables
from bench.surroundings import Surroundings, sqlite_folder, surroundings
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN
from bot.sandbox.slack import Message
from tests.postgresql import Databases

_TOKENS = 1_000
_LATENCY_SECONDS = 0.05
_AT_ONCE = 32
_ROUNDS = 5
_PIPELINE = Path(__file__).parent / "bare" / "pipeline.sh"


async def measure(_server: Databases) -> Finding:
    """Measure the bot, the bare loop and the pipeline on the same server."""
    bot: list[float] = []
    loop: list[float] = []
    with sqlite_folder() as folder:
        async with (
            surroundings(people=_ROUNDS + 1, tokens=_TOKENS, latency=_LATENCY_SECONDS) as here,
            listening(
                "-m", "bot", "run", env=here.environment(f"sqlite:///{folder / 'bot.db'}")
            ) as served,
        ):
            for number in range(_ROUNDS + 1):
                _reset(here)
                bot.append(await _by_the_bot(here, served.url, number))
                _reset(here)
                loop.append(await _by_the_loop(here))
            pipeline = await _by_the_pipeline(here)
    # The first of each warms up.
    bot, loop = bot[1:], loop[1:]
    lines = [at_most("against a bare loop of the PATCHes, s", bot, loop, 1.3)]
    remarks = []
    if pipeline is None:
        remarks.append("The pipeline was not measured: curl or jq is not installed.")
    else:
        once = sorted(bot)[len(bot) // 2]
        lines.append(at_least("against curl, jq and xargs, s", [once], [pipeline], 10))
    return Finding(
        "B2",
        "disable 1,000 tokens of one user, from Confirm to the final message",
        f"InfluxDB answers each request {1000 * _LATENCY_SECONDS:g} ms late, and {_AT_ONCE} "
        "PATCHes are under way at a time. The bot also lists before and after, judges, and "
        f"records. {_ROUNDS} rounds after one that warms up, with the bare loop in between; the "
        "pipeline of InfluxDB's documentation runs once, at the end.",
        tuple(lines),
        tuple(remarks),
    )


def _reset(here: Surroundings) -> None:
    for authorization_id in here.tokens:
        here.influxdb.edit(authorization_id, status="active")


async def _by_the_bot(here: Surroundings, url: str, number: int) -> float:
    user, channel = here.people[number], here.channels[number]
    here.slack.events_url = f"{url}/slack/events"
    await here.send(url, here.typed(number, "disable --user loader --reason measured"))

    def preview() -> Message | None:
        shown = here.slack.messages(channel)
        return next((each for each in shown if _asks(each)), None)

    message = await here.slack.wait_for(preview, timeout=60)
    assert message is not None
    clock = asyncio.get_running_loop()
    started = clock.time()
    await here.slack.press(user, message, "Confirm")
    await here.slack.wait_for(lambda: f"{_TOKENS} tokens disabled" in message.plain, timeout=120)
    return clock.time() - started


def _asks(message: Message) -> bool:
    return any(button.text == "Confirm" for button in message.buttons)


async def _by_the_loop(here: Surroundings) -> float:
    plan = {
        "url": here.influxdb_url,
        "token": BOT_API_TOKEN,
        "ids": here.tokens,
        "status": "inactive",
        "at_once": _AT_ONCE,
    }
    command = (sys.executable, "-m", "bench.bare.patches")
    return float(await output(*command, env=variables({}), given=json.dumps(plan)))


async def _by_the_pipeline(here: Surroundings) -> float | None:
    if shutil.which("curl") is None or shutil.which("jq") is None:
        return None
    _reset(here)
    clock = asyncio.get_running_loop()
    started = clock.time()
    given = {"URL": here.influxdb_url, "TOKEN": BOT_API_TOKEN, "NAME": "loader"}
    await output("sh", str(_PIPELINE), env=variables(given))
    return clock.time() - started
