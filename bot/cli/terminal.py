"""What is read from standard input and from the terminal, and what is written there."""

import asyncio
import contextlib
import getpass
import os
import sys
from collections.abc import Iterator
from typing import Final, TextIO

from bot.cli.exit_codes import ExitCode

# A little more than is ever looked at.
_MOST_BYTES = 64_000
_LONGEST_LINE = 4_000


TAKES_NOTHING: Final = "Standard output takes nothing."


class NoTextError(Exception):
    """What was given is no text."""


def read_secret() -> str:
    """Read a secret from standard input; at a terminal, ask for it without showing it.

    Raises:
        NoTextError: If it is no text in UTF-8.
    """
    if sys.stdin is None:
        # It was closed before the start.
        return ""
    if sys.stdin.isatty():
        try:
            return getpass.getpass("Leaked secret (not shown): ")
        except EOFError:
            return ""
    try:
        return sys.stdin.buffer.read(_MOST_BYTES).decode()
    except UnicodeDecodeError:
        raise NoTextError from None


def put(text: str, instead: str = " What it was to show is on the record.") -> None:
    """Write an answer to standard output; where that cannot be, say so, and go on.

    A change is what it is whether or not anybody reads of it, and so is the exit code.

    Args:
        text: The answer.
        instead: Where it can be read instead, after a space; empty if nowhere.
    """
    if not _write(sys.stdout, text):
        say(f"{TAKES_NOTHING}{instead}")


def printed(text: str) -> ExitCode:
    """Write to standard output what a command is there to print; give the exit code."""
    if _write(sys.stdout, text.removesuffix("\n")):
        return ExitCode.DONE
    say(TAKES_NOTHING)
    return ExitCode.FAILED


def say(line: str) -> None:
    """Tell whoever is at the terminal something, if they can be told."""
    _write(sys.stderr, line)


def _write(stream: TextIO | None, text: str) -> bool:
    if stream is None:
        return False
    # InfluxDB's words, names and descriptions must not act on the terminal.
    shown = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    try:
        stream.write(f"{shown}\n")
        stream.flush()
    except OSError:
        write_no_more(stream)
        return False
    return True


def write_no_more(stream: TextIO) -> None:
    """Let go of a stream that takes nothing.

    What is left in it would be tried again at the end, and spoil the exit code.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


async def asked(question: str) -> str | None:
    """Ask at the terminal, since standard input held something else; None without a terminal.

    It can be cancelled, which a thread that reads could not.
    """
    loop = asyncio.get_running_loop()
    with _terminal() as terminal:
        if terminal is None:
            return None
        os.write(terminal, question.encode())
        line = loop.create_future()

        def read() -> None:
            if not line.done():
                line.set_result(os.read(terminal, _LONGEST_LINE))

        loop.add_reader(terminal, read)
        try:
            typed: bytes = await line
        finally:
            loop.remove_reader(terminal)
    return typed.decode(errors="replace").strip() if typed else None


@contextlib.contextmanager
def _terminal() -> Iterator[int | None]:
    """Open the terminal that this process belongs to, if it belongs to one."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        yield None
        return
    try:
        yield terminal
    finally:
        os.close(terminal)
