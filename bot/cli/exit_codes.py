from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended, for other people's scripts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNKNOWN = 3
    # As shells give it for SIGINT: neither refused nor wrong.
    INTERRUPTED = 130
