"""`token-bot`, forked from a process that has imported it: documents name it often.

Whoever connects hands over a folder, an environment, arguments and three open files, and is told
the exit code.
"""

import contextlib
import gc
import json
import os
import select
import socket
import sys

from bot.cli.app import main
from bot.commands.registry import discover
from tests.durability.nursery import PRELOADED

_LARGEST = 1 << 16


def serve(path: str) -> None:
    """Serve until standard input ends."""
    assert PRELOADED
    discover()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _run(connection)
        connection.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _run(connection: socket.socket) -> None:
    message, files, _, _ = socket.recv_fds(connection, _LARGEST, 3)
    asked = json.loads(message)
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(asked["folder"])
    os.environ.clear()  # noqa: TID251 - a process starts with the environment it is given
    os.environ.update(asked["environment"])  # noqa: TID251 - as above
    sys.argv[1:] = asked["arguments"]
    code = 255
    try:
        code = main()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        connection.sendall(bytes([code]))
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
