from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.counting import Count, counting
from tests.world import World, world


@pytest.fixture
async def idle_world(tmp_path: Path, postgresql_url: str) -> AsyncIterator[World]:
    """Both stand-ins, and two replicas that are to start on one PostgreSQL."""
    async with world(tmp_path, database_url=postgresql_url, replicas=2) as here:
        yield here


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Take a line that says how much was tried, to be printed at the end of the run."""
    say = counting(record_property)
    return lambda line: say(f"replicas on PostgreSQL: {line}")
