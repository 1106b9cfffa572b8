"""Say at the end of the run how much was tried.

The lines travel with the reports of the tests, so that they arrive from whichever process has run
them.
"""

from collections.abc import Callable

import pytest

Count = Callable[[str], None]
_SAID = "said at the end"


def counting(record_property: Callable[[str, object], None]) -> Count:
    """Give what takes a line to be printed at the end of the run."""

    def count(line: str) -> None:
        record_property(_SAID, line)

    return count


def summarize(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines, each once however often it was said."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if isinstance(report, pytest.TestReport)
    ]
    lines = dict.fromkeys(
        str(line) for report in reports for name, line in report.user_properties if name == _SAID
    )
    if lines:
        terminalreporter.section("counts")
        for line in sorted(lines):
            terminalreporter.write_line(line)
