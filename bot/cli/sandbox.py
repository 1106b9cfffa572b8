import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bot.cli.exit_codes import ExitCode
from bot.cli.stand_ins import Sandbox, Scene, running_sandbox, served_page
from bot.sandbox import cast
from bot.sandbox.influxdb import Mode
from bot.sandbox.script import ScriptError, Step, parse
from bot.sandbox.stage import Stage
from bot.sandbox.tour import main_job, second_person
from bot.telemetry.logs import configure_logs

_POLICIES = {"simple": "", "second-person": cast.SECOND_PERSON}
_PORT = 8300
_NEXT = """
That was the real bot; only Slack and InfluxDB were stand-ins. Try more:
  .venv/bin/python -m bot sandbox --say "/token list" --press "Disable" --press "Undo"
  .venv/bin/python -m bot sandbox --as U0MALLORY --say "/token whoami"
  .venv/bin/python -m bot sandbox --policy second-person --say "/token enable 0f0b90b49dc03001"
  make sandbox     serves the stand-ins and the bot until Ctrl-C
"""


@dataclass(frozen=True)
class _Act:
    """Steps that are taken one after the other in one scene."""

    scene: Scene
    steps: list[Step]


@dataclass(frozen=True)
class _Options:
    acts: list[_Act]
    scene: Scene
    is_tour: bool


def sandbox(tokens: Sequence[str]) -> int:
    """Serve the sandbox, or carry a script out in it; give the exit code."""
    try:
        options = _options(tokens)
    except ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.USAGE
    configure_logs("ERROR" if options.acts else "WARNING", "console")
    return asyncio.run(_sandbox(options))


def _options(tokens: Sequence[str]) -> _Options:
    rest = list(tokens)
    mode = _choice(rest, "--influxdb", [each.value for each in Mode])
    policy = _choice(rest, "--policy", list(_POLICIES))
    scene = Scene(Mode(mode), _POLICIES[policy])
    if "--tour" not in rest:
        steps = parse(rest)
        return _Options([_Act(scene, steps)] if steps else [], scene, is_tour=False)
    rest.remove("--tour")
    acts = [_Act(scene, main_job()), _Act(Scene(scene.mode, cast.SECOND_PERSON), second_person())]
    return _Options([*acts, _Act(scene, parse(rest))], scene, is_tour=True)


def _choice(rest: list[str], option: str, choices: Sequence[str]) -> str:
    """Take an option with its value out of the words; the first choice stands for none."""
    if option not in rest:
        return choices[0]
    place = rest.index(option)
    chosen = rest[place + 1] if place + 1 < len(rest) else ""
    if chosen not in choices:
        raise ScriptError(f"{option} takes {', '.join(choices)}")
    del rest[place : place + 2]
    return chosen


async def _sandbox(options: _Options) -> int:
    if not options.acts:
        async with (
            running_sandbox(options.scene) as running,
            served_page(running, port=_PORT) as address,
        ):
            return await _serve(running, address)
    for act in options.acts:
        async with running_sandbox(act.scene) as running:
            stage = Stage(running.slack, running.influxdb, running.bot.settled)
            try:
                await stage.play(act.steps, _show)
            except ScriptError as error:
                sys.stderr.write(f"{error}\n")
                return ExitCode.FAILED
    if options.is_tour:
        _show(_NEXT)
    return ExitCode.DONE


async def _serve(running: Sandbox, address: str) -> int:
    _show(f"Open {address}")
    for line in running.described:
        _show(line)
    _show("Ctrl-C ends it.")
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    return ExitCode.DONE


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
