from datetime import timedelta

from bot.changes import timers
from bot.changes.duration import in_words, parse_duration
from bot.changes.errors import ErrorCode, Problem, UserError


def span(text: str) -> timedelta:
    """Read how long a disable lasts, such as ``2h``; raise UserError if it is out of bounds."""
    try:
        found = parse_duration(text)
    except ValueError:
        raise UserError(
            Problem(
                ErrorCode.USAGE,
                f"--for takes {_bounds()}, such as 30m, 2h or 1d, not “{text[:40]}”.",
            )
        ) from None
    if timers.SHORTEST <= found <= timers.LONGEST:
        return found
    raise UserError(
        Problem(ErrorCode.USAGE, f"--for takes {_bounds()}, not “{text[:40]}”."),
    )


def _bounds() -> str:
    return f"{_typed(timers.SHORTEST)} to {_typed(timers.LONGEST)}"


def _typed(duration: timedelta) -> str:
    """Write a duration as it is typed: in one word, with a letter for the unit."""
    return in_words(duration).replace("min", "m").replace(" ", "")
