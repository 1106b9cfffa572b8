"""`token-bot`, forked from a process that has imported it: documents name it often.

Whoever connects hands over a folder, an environment, arguments and three open files, and is told
the exit code.
"""

import json
import os
import socket
import sys

from bot.cli.app import main
from tests.durability.nursery import PRELOADED
from tests.forking import fork_for_each

_LARGEST = 1 << 16


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
    assert PRELOADED
    fork_for_each(sys.argv[1], _run)
