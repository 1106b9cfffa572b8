"""How many inputs are tried: a share of them by ``make test``, the whole by ``make fuzz``."""

from collections.abc import Callable
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, Phase, core, given, seed, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

WHOLE = "whole"
"""The hypothesis profile of ``make fuzz``, which is told a seed; without it the share is tried."""
_ROUND = 100


def fuzzed(
    inputs: SearchStrategy[T],
    check: Callable[[T], None],
    *,
    share: int,
    whole: int,
) -> None:
    """Try many inputs; the first that fails is made as small as it can be, and raised.

    Args:
        inputs: What is tried.
        check: Tries one of them; raises where a promise does not hold.
        share: How many ``make test`` tries, the same each time.
        whole: How many ``make fuzz`` tries, by the seed that it is told.
    """
    if settings.get_current_profile_name() != WHOLE:
        _round(inputs, check, settings(derandomize=True, max_examples=share))
        return
    numbers = Random(core.global_force_seed)  # noqa: S311 - what is tried is no secret
    # Hypothesis remembers all that a round has tried, and memory is looked at here.
    for left in range(whole, 0, -_ROUND):
        most = settings(max_examples=min(left, _ROUND), print_blob=True)
        _round(inputs, check, most, numbers.getrandbits(64))


def _round(
    inputs: SearchStrategy[T],
    check: Callable[[T], None],
    most: settings,
    number: int | None = None,
) -> None:
    trying = settings(
        most,
        # What failed before is not tried first: a seed alone says what is tried.
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )(given(inputs)(check))
    (trying if number is None else seed(number)(trying))()
