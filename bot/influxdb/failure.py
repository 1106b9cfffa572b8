from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.changes.errors import (
    BotError,
    Effect,
    ErrorCode,
    Problem,
    UpstreamError,
    UserError,
)
from bot.influxdb.call import Asked

_BY_CERTAINTY = (Effect.NONE, Effect.POSSIBLE, Effect.APPLIED)


def usage_error(problem: Problem, _effect: Effect) -> BotError:
    """Make the error of what asking differently may help."""
    return UserError(problem)


@dataclass(frozen=True)
class Failure:
    """Say why one attempt failed. It is a value, so that no traceback reaches into the answer.

    Attributes:
        problem: What a person is told.
        effect: Whether this attempt may have changed something.
        transient: Whether another attempt may help.
        retry_after: Seconds that the server asks to wait, or None.
        made: Makes the error that is raised.
    """

    problem: Problem
    effect: Effect = Effect.NONE
    transient: bool = False
    retry_after: float | None = None
    made: Callable[[Problem, Effect], BotError] = UpstreamError

    def held(self, seconds: float) -> "Failure":
        """Say the same of a call that was not even sent, since the server asked to wait.

        Args:
            seconds: How long it asks to wait still.
        """
        return replace(self, effect=Effect.NONE, retry_after=seconds, made=UpstreamError)

    def error(self, *earlier: "Failure") -> BotError:
        """Make the error to raise: of this attempt, with the effect of all of them.

        Args:
            earlier: The attempts before. What one of them may have changed stays changed, however
                clearly this one was refused.
        """
        effect = max((each.effect for each in (self, *earlier)), key=_BY_CERTAINTY.index)
        error = self.made(self.problem, effect)
        if isinstance(error, UpstreamError):
            error.passing, error.retry_after = self.transient, self.retry_after
        return error


def in_seconds(seconds: float) -> str:
    """Write a length of time as people read it."""
    return f"{round(seconds, 2):.10g} s"


def effect_unknown(asked: Asked) -> Effect:
    """Give the effect of a call whose answer was lost, or means nothing."""
    return Effect.POSSIBLE if asked.changes else Effect.NONE


def unexpected(asked: Asked, what: str) -> Failure:
    """Say that an answer is not InfluxDB v2's.

    Args:
        asked: What the call asked for.
        what: What is odd about the answer; nothing of its body.
    """
    return Failure(
        Problem(
            ErrorCode.UNEXPECTED_ANSWER,
            f"{asked.where} did not answer as InfluxDB v2 does: {what}.",
            "A proxy or another product may have answered. Check the instance's URL "
            "(INFLUXDB_URL).",
        ),
        effect_unknown(asked),
    )
