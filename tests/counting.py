"""Say at the end of the run how much was tried.

The lines travel with the reports of the tests, so that they arrive from whichever process has run
them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.fuzz import summary

Count = Callable[[str], None]
Tally = Callable[[str, str, int], None]
"""Adds a number of something, such as 3 ``kills``, to what is printed after a name."""
_SAID = "said at the end"
_ADDED = "added up at the end"


def counting(record_property: Callable[[str, object], None]) -> Count:
    """Give what takes a line to be printed at the end of the run."""

    def count(line: str) -> None:
        record_property(_SAID, line)

    return count


def tallying(record_property: Callable[[str, object], None]) -> Tally:
    """Give what takes numbers to be added up, from all tests, and printed at the end of the run."""

    def tally(name: str, what: str, number: int) -> None:
        record_property(_ADDED, [name, what, number])

    return tally


def summarize(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines, each once however often it was said, and the sums."""
    passed, failed = (_reports(terminalreporter, outcome) for outcome in ("passed", "failed"))
    reports = [*passed, *failed]
    properties = [each for report in reports for each in report.user_properties]
    lines = dict.fromkeys(str(line) for name, line in properties if name == _SAID)
    lines |= dict.fromkeys(_sums([value for name, value in properties if name == _ADDED]))
    if (fuzzed := summary.line(passed, failed)) is not None:
        lines[fuzzed] = None
    if lines:
        terminalreporter.section("counts")
        for line in sorted(lines):
            terminalreporter.write_line(line)


def _reports(terminalreporter: pytest.TerminalReporter, outcome: str) -> list[pytest.TestReport]:
    told = terminalreporter.stats.get(outcome, [])
    return [report for report in told if isinstance(report, pytest.TestReport)]


def _sums(added: Sequence[Any]) -> Iterator[str]:
    sums: dict[str, Counter[str]] = {}
    for name, what, number in added:
        sums.setdefault(name, Counter())[what] += number
    for name, each in sums.items():
        yield f"{name}: {', '.join(f'{number} {what}' for what, number in each.items())}"
