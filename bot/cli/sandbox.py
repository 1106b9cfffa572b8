import asyncio
import signal
from typing import Annotated, Final

from cyclopts import App, Parameter

from bot.cli.exit_codes import ExitCode
from bot.cli.interruptible import interruptible
from bot.cli.refusals import refuse
from bot.cli.running_sandbox import running_sandbox, served_page
from bot.cli.sandbox_options import HELP, Options, read
from bot.cli.terminal import put
from bot.sandbox import cast
from bot.sandbox.page import welcome
from bot.sandbox.script import ScriptError
from bot.sandbox.serving import listen_from
from bot.sandbox.stage import Stage
from bot.telemetry.logs import configure_logs

# What follows is a script, whose order matters; it is read here.
Script = Annotated[str, Parameter(allow_leading_hyphen=True, show=False)]

_NEXT = """
That was the real bot; only Slack and InfluxDB were stand-ins. Try more:
  .venv/bin/python -m bot sandbox --say "/token list" --press "Disable" --press "Undo"
  .venv/bin/python -m bot sandbox --as U0MALLORY --say "/token whoami"
  .venv/bin/python -m bot sandbox --policy second-person --say "/token enable 0f0b90b49dc03001"
  make sandbox     serves all of it in a browser until Ctrl-C
"""


def sandbox(*script: Script) -> int:
    """Serve the sandbox, or carry a script out in it; give the exit code."""
    try:
        options = read(script)
    except ScriptError as error:
        return refuse(str(error))
    configure_logs("ERROR" if options.acts else "WARNING", "console")
    return interruptible(lambda: _sandbox(options))


SANDBOX: Final = App(name="sandbox", help=HELP)
"""The command; whoever names it imports the stand-ins and the page, which no other needs."""
SANDBOX.default(sandbox)


async def _sandbox(options: Options) -> int:
    if not options.acts:
        return await _serve(options)
    for act in options.acts:
        async with running_sandbox(act.scene) as running:
            for told in running.goes_wrong:
                _show(f"Goes wrong: {told}")
            stage = Stage(running.slack, running.influxdb, running.bot.settled)
            try:
                await stage.play(act.steps, _show)
            except ScriptError as error:
                return refuse(str(error), code=ExitCode.FAILED)
    if options.is_tour:
        _show(_NEXT)
    return ExitCode.DONE


async def _serve(options: Options) -> int:
    try:
        listener = listen_from(options.port)
    except OSError as error:
        return refuse(
            f"Port {options.port} is not to be had: {error.strerror}. Try --port 0.",
            code=ExitCode.FAILED,
        )
    if listener.getsockname()[1] != options.port != 0:
        _show(f"Port {options.port} is in use; this is the next one that is not.")
    async with (
        running_sandbox(options.scene) as running,
        served_page(running, listener) as address,
    ):
        parts = cast.parts(options.scene.policy)
        for line in welcome(address, parts, running.environment, running.described):
            _show(line)
        await _ended()
    return ExitCode.DONE


async def _ended() -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()


def _show(text: str) -> None:
    put(text, instead="")
