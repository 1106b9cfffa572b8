"""Ctrl-C in the first seconds of a command, before it has begun with anything."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.process.bot_process import environment, run
from tests.world import World


def importing(pid: int) -> None:
    """Wait until a process is in the middle of its imports."""
    loaded = Path(f"/proc/{pid}/maps")
    end = time.monotonic() + 20
    while "pydantic_core" not in loaded.read_text():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("audit", "verify"),
        ("audit", "export"),
        ("freeze",),
        ("do", "/token list", "--as", "U0ALICE"),
    ],
)
async def test_while_it_is_imported(
    idle_world: World, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """It says that nothing was changed, and its exit code is neither broken nor refused."""
    process = await asyncio.create_subprocess_exec(
        # Whoever runs the tests in the background has it ignored, and so would their children.
        *("env", "--default-signal=INT", sys.executable, "-m", "bot", *arguments),
        env=environment(idle_world, tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    await asyncio.to_thread(importing, process.pid)

    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 20)

    assert (process.returncode, out) == (130, b"")
    assert err == b"Interrupted. Nothing was changed.\n"


_INTERRUPTED_WITHIN_EXEC = """
import signal
import sys

# Whoever runs the tests in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
text = "import _thread; _thread.interrupt_main(); [None for _ in range(9)]"
left = [text]


def interrupt(event, arguments):
    # As if one were pressed while a dataclass is made, whose methods are a text.
    if event == "import" and arguments[0] == "MODULE" and left:
        exec(left.pop())


sys.addaudithook(interrupt)
"""


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("bot.cli.app", ("do", "/token list", "--as", "U0ALICE")),
        # Imported by the command itself, where what reads the arguments ends without a word.
        ("bot.cli.check", ("check",)),
        ("bot.cli.sandbox_options", ("sandbox", "--say", "whoami")),
        # Imported once the loop runs.
        ("bot.storage.upgrading", ("run",)),
    ],
)
async def test_where_python_itself_would_die_of_it(
    idle_world: World, tmp_path: Path, module: str, arguments: tuple[str, ...]
) -> None:
    """Python ends by the signal what was interrupted within exec(), even where it was answered."""
    (tmp_path / "sitecustomize.py").write_text(
        _INTERRUPTED_WITHIN_EXEC.replace("MODULE", module), encoding="utf-8"
    )
    variables = {**environment(idle_world, tmp_path), "PYTHONPATH": str(tmp_path)}

    ended = await run(*arguments, env=variables)

    assert ended == (130, "", "Interrupted. Nothing was changed.\n")
