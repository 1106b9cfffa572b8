"""A file that is made by one command: its owner's alone, and whole or not there at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bot.cli.exit_codes import ExitCode


class FileNotMadeError(Exception):
    """The file cannot be made or written; it is not there, or as it was.

    Args:
        why: What is told.
        code: How the command ends.
    """

    def __init__(self, why: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(why)
        self.code = code


def _keep_name(folder: Path) -> None:
    # A file that is on the disk without its name is lost all the same.
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Make a file that was not there, for its owner alone; when the context ends it is on the disk.

    Where that fails, or what is done within the context does, the file is taken away again.

    Raises:
        FileNotMadeError: If it is there already, or cannot be made or written.
    """
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileNotMadeError(f"{path} is there already, and is left as it is.") from None
    except FileNotFoundError as error:
        raise FileNotMadeError(f"{path}: {error.strerror}.", ExitCode.USAGE) from None
    except OSError as error:
        raise FileNotMadeError(f"{path}: {error.strerror}.") from None
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _keep_name(path.parent)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise FileNotMadeError(f"{path}: {error.strerror}.") from None
        raise
