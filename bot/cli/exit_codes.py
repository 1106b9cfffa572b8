from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended, for other people's scripts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNKNOWN = 3
