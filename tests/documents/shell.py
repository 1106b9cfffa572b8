"""A shell in which a document's commands are run as they are written."""

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.documents.pages import ROOT

# It starts in a hundredth of a second, and asks a process that has imported the bot.
_CLIENT = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({path!r})
    asked = {{
        "folder": os.getcwd(), "environment": dict(os.environ), "arguments": sys.argv[1:]
    }}
    socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
    code = connection.recv(1)
sys.exit(code[0] if code else 254)
"""
# In a checkout the command is there by this name as well.
_PYTHON = """\
#!/bin/sh
test "$1 $2" = "-m bot" || exit 64
shift 2
exec token-bot "$@"
"""


@dataclass(frozen=True)
class Shell:
    """Where commands are run.

    Attributes:
        folder: Where they begin.
        programs: Where `token-bot` is.
    """

    folder: Path
    programs: Path

    async def run(
        self, script: str, variables: Mapping[str, str], typed: str = ""
    ) -> tuple[int, str]:
        """Run a script up to its first failure.

        Args:
            script: What is typed.
            variables: The environment.
            typed: What is typed to what it runs.

        Returns:
            Its exit code, and what it wrote.
        """
        path = variables.get("PATH") or os.environ["PATH"]  # noqa: TID251 - a test starts a process
        process = await asyncio.create_subprocess_exec(
            *("bash", "-eu", "-o", "pipefail", "-c", script),
            cwd=self.folder,
            env={**variables, "PATH": f"{self.programs}:{path}"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(typed.encode()), 60)
        assert process.returncode is not None
        return process.returncode, out.decode()


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """Open a shell in a folder, with a `token-bot` that starts at once."""
    checkout = folder / ".venv" / "bin"
    checkout.mkdir(parents=True)
    # A socket's path must be short.
    with tempfile.TemporaryDirectory() as programs:
        path = f"{programs}/socket"
        _executable(Path(programs) / "token-bot", _CLIENT.format(python=sys.executable, path=path))
        _executable(Path(programs) / "python", _PYTHON)
        _executable(checkout / "python", _PYTHON)
        (checkout / "token-bot").symlink_to(Path(programs) / "token-bot")
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.documents.forked", path],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            assert server.stdout.readline() == b"ready\n"
            yield Shell(folder, Path(programs))
        finally:
            server.stdin.close()
            server.wait(10)
            server.stdout.close()


def _executable(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
