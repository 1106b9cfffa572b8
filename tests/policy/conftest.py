"""Count the cells of the policy's matrix, and say so at the end of the run."""

import pytest

from tests.counting import Count, counting, summarize

_TITLE = "policy"


@pytest.fixture
def count(pytestconfig: pytest.Config) -> Count:
    """Take a line that says how much was tried."""
    return counting(pytestconfig, _TITLE)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the lines."""
    summarize(terminalreporter, config, _TITLE)
