"""Say at the end of the run how many cases were looked at."""

from collections.abc import Callable

import pytest

Count = Callable[[str], None]
_LINES = pytest.StashKey[dict[str, list[str]]]()


def counting(config: pytest.Config, title: str) -> Count:
    """Give what takes a line to be printed under a title, once however often it is said."""
    lines = config.stash.setdefault(_LINES, {}).setdefault(title, [])

    def count(line: str) -> None:
        if line not in lines:
            lines.append(line)

    return count


def summarize(terminalreporter: pytest.TerminalReporter, config: pytest.Config, title: str) -> None:
    """Print the lines under a title, if there are any."""
    lines = config.stash.get(_LINES, {}).get(title)
    if lines:
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
