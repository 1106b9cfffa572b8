"""A process that has imported the bot, has one thread, and forks for each who connects."""

import contextlib
import gc
import os
import select
import socket
import sys
from collections.abc import Callable

from bot.commands.registry import discover


def fork_for_each(path: str, live: Callable[[socket.socket], None]) -> None:
    """Fork for each who connects, until standard input ends.

    Whoever has started the process reads ``ready`` once it listens.

    Args:
        path: The socket's, which must be short.
        live: What a fork does with its connection; it ends with that.
    """
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
            try:
                live(connection)
            finally:
                os._exit(0)
        connection.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
