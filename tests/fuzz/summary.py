"""The line at the end of a run that says how many inputs were tried, and what they have shown."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

_FUZZED = "inputs fuzzed"


def fuzzed(node: pytest.Item, surface: str, inputs: int) -> None:
    """Note how many inputs a test has tried."""
    node.user_properties.append((_FUZZED, [surface, inputs]))


def line(passed: Sequence[pytest.TestReport], failed: Sequence[pytest.TestReport]) -> str | None:
    """Say what all tests of a run have tried; None if they have tried nothing.

    A test ends with the first violation that it finds, so that the violations are tests.
    """
    tried: Counter[str] = Counter()
    for report in (*passed, *failed):
        for surface, inputs in _noted(report):
            tried[surface] += inputs
    if not tried:
        return None
    surfaces = ", ".join(f"{surface} {inputs:,}" for surface, inputs in sorted(tried.items()))
    violations = sum(bool(_noted(report)) for report in failed)
    return f"fuzz: {tried.total():,} inputs ({surfaces}), {violations} violations"


def _noted(report: pytest.TestReport) -> list[tuple[str, int]]:
    properties: list[tuple[str, Any]] = report.user_properties
    return [(str(told[0]), int(told[1])) for name, told in properties if name == _FUZZED]
