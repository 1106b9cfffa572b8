"""Findings as a benchmark could have them."""

from bench.comparison import Finding, Line, at_least, at_most, bounded
from bench.samples import Samples

FINDINGS = (
    Finding(
        "B1",
        "a command to its ack",
        "Twice.",
        (
            at_most("SQLite, p50, ms", [30.0, 36.0], [20.0, 20.0], 2),
            Line("1 replica, changes a second", Samples.of([1234.5]), target=""),
        ),
        ("Nothing else was seen.",),
    ),
    Finding(
        "B2",
        "many tokens",
        "Once.",
        (at_least("against a pipeline, s", [2.0], [9.0], 10), bounded("p50, ms", [61.0], 60, "ms")),
    ),
)
