from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.slack.fit_for_people import assert_fit_for_people
from tests.world import World, world


@pytest.fixture
async def idle_world(tmp_path: Path) -> AsyncIterator[World]:
    """Both stand-ins, with the bot not yet started; what was said is looked at in the end."""
    async with world(tmp_path) as here:
        yield here
    assert_fit_for_people(here)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One bot for all tests of a module, for requests that must leave no trace in it."""
    async with world(tmp_path_factory.mktemp("lasting")) as here:
        await here.start()
        yield here
    assert_fit_for_people(here)
