"""What an error carries to whoever has to answer for it."""

import pytest

from bot.changes.errors import (
    BotError,
    Effect,
    ErrorCode,
    NotItsTurnError,
    OrphanError,
    Problem,
    UpstreamError,
    UserError,
)

DOWN = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "It did not answer.")


@pytest.mark.parametrize("kind", [BotError, UserError, UpstreamError, OrphanError])
def test_an_error_is_told_as_its_problem(kind: type[BotError]) -> None:
    """And written to a log as its message."""
    error = kind(DOWN)

    assert error.problem is DOWN
    assert str(error) == "It did not answer."


def test_a_failed_call_is_not_repeated_unless_it_may_pass() -> None:
    """Nor is it taken to have changed anything; whoever knows better says so."""
    plain = UpstreamError(DOWN)
    passing = UpstreamError(DOWN, Effect.POSSIBLE, passing=True)

    assert (plain.effect, plain.passing, plain.retry_after) == (Effect.NONE, False, None)
    assert (passing.effect, passing.passing, passing.retry_after) == (Effect.POSSIBLE, True, None)


def test_whose_turn_it_is_is_known() -> None:
    """The change that has to end first."""
    assert NotItsTurnError("8G4L3R").ahead == str(NotItsTurnError("8G4L3R")) == "8G4L3R"
