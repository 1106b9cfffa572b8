from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commands.desk import Desk, desk
from tests.commands.test_registry import GREET


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk at which Alice may do everything and Bob nothing."""
    async with desk(tmp_path, GREET) as opened:
        yield opened
