from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, world


@pytest.fixture
async def idle_world(tmp_path: Path) -> AsyncIterator[World]:
    """Both stand-ins, with the bot not yet started."""
    async with world(tmp_path) as here:
        yield here


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot between the two stand-ins."""
    await idle_world.start()
    return idle_world
