from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.changes.workshop import InMemoryAuthorizations
from tests.commands.desk import KNOWN, Desk, desk
from tests.commands.greeting import GREET


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk at which Alice may do everything and Bob nothing."""
    async with desk(tmp_path, GREET) as opened:
        yield opened


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Desk]:
    """The same with a second instance, which has the first of the tokens as well."""
    instances = (InMemoryAuthorizations(KNOWN), InMemoryAuthorizations(KNOWN[:1], "lab"))
    async with desk(tmp_path, instances=instances) as opened:
        yield opened
