"""How many inputs are tried: a share of them by ``make test``, the whole by ``make fuzz``."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

WHOLE = "whole"
"""The hypothesis profile of ``make fuzz``, which is told a seed; without one the share is tried."""


def fuzzed(
    inputs: SearchStrategy[T],
    check: Callable[[T], None],
    *,
    share: int,
    whole: int,
    known: Sequence[T] = (),
) -> None:
    """Try many inputs; the first that fails is made as small as it can be, and raised.

    Args:
        inputs: What is tried.
        check: Tries one of them; raises where a promise does not hold.
        share: How many ``make test`` tries, the same each time.
        whole: How many ``make fuzz`` tries, by the seed that it is told.
        known: What is tried beside, each time.
    """
    every = settings.get_current_profile_name() == WHOLE
    trying = given(inputs)(check)
    for each in known:
        trying = example(each)(trying)
    settings(
        max_examples=whole if every else share,
        derandomize=not every,
        # What failed before is not tried first: a seed alone says what is tried.
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        print_blob=every,
        suppress_health_check=list(HealthCheck),
    )(trying)()
