"""What is told of each step."""

import structlog

from bot.changes.steps import Step, logged


def test_a_step_is_in_the_log_of_whoever_looks_for_it() -> None:
    """At DEBUG, by its name."""
    with structlog.testing.capture_logs() as written:
        logged(Step.INTENDED)

    assert written == [{"event": "reached", "step": "intended", "log_level": "debug"}]
