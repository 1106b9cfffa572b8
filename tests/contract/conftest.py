"""Count how many recorded requests were answered alike, and say so at the end of the run."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass
class Tally:
    """Count the answers of one run of the recording.

    Attributes:
        run: What the run was, such as ``as recorded``.
        in_scope: Requests sent and compared.
        alike: Requests answered as recorded.
    """

    run: str
    in_scope: int
    alike: int


_TALLIES = pytest.StashKey[list[Tally]]()


@pytest.fixture
def tally(pytestconfig: pytest.Config) -> Callable[[str, dict[str, list[str]]], None]:
    """Count a run by name and by the differences found at each request."""

    def count(run: str, outcome: dict[str, list[str]]) -> None:
        alike = sum(not found for found in outcome.values())
        pytestconfig.stash.setdefault(_TALLIES, []).append(Tally(run, len(outcome), alike))

    return count


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print one line for all runs of the recording, or one for each if they differ."""
    tallies = config.stash.get(_TALLIES, [])
    if not tallies:
        return
    terminalreporter.section("contract")
    counts = {(tally.alike, tally.in_scope) for tally in tallies}
    if len(counts) == 1:
        ((alike, in_scope),) = counts
        times = {1: "once", 2: "twice"}.get(len(tallies), f"{len(tallies)} times")
        runs = "; ".join(tally.run for tally in tallies)
        terminalreporter.write_line(
            f"InfluxDB recording: {alike} of {in_scope} requests in scope answered alike, "
            f"{times} ({runs})"
        )
    else:
        for tally in tallies:
            terminalreporter.write_line(
                f"InfluxDB recording, {tally.run}: {tally.alike} of {tally.in_scope} requests "
                "in scope answered alike"
            )
