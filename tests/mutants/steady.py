"""A pytest plugin under which a mutant's verdict is the same every time, and comes soon.

Hypothesis tries the same inputs each time, and does not look for the smallest that fails. What
pure tests reach they have to prove by themselves; tests that need a file, which take a hundred
times as long, are asked of what no pure test reaches.
"""

import pytest
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings

# A busy machine is slow, and kills nothing.
settings.register_profile(
    "mutants",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=50,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutants")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the tests that reach a mutant, take the pure ones, or else all; the fast ones first."""
    of_a_mutant = any("::" in argument for argument in config.args)
    pure = [item for item in items if not _needs_a_file(item)]
    if of_a_mutant and pure:
        config.hook.pytest_deselected(items=[item for item in items if _needs_a_file(item)])
        items[:] = pure
    items.sort(key=lambda item: (_needs_a_file(item), _tries_many(item)))


def _needs_a_file(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "tmp_path" in item.fixturenames


def _tries_many(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)
