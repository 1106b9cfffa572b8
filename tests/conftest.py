import gc
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from bot.telemetry.logs import configure_logs
from tests.counting import Count, Tally, counting, summarize, tallying
from tests.durability.lives import Nursery, nursery
from tests.fuzz.portions import WHOLE
from tests.postgresql import Databases, Server, any_server, own_server
from tests.world import World, world

settings.register_profile(WHOLE, settings.get_profile("default"))


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


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Put the process's logging back after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in root.manager.loggerDict}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    structlog.reset_defaults()


@pytest.fixture
def logs_at_debug(logging_as_before: None) -> StringIO:
    """What `LOG_LEVEL=DEBUG LOG_FORMAT=json` writes."""
    del logging_as_before
    stream = StringIO()
    configure_logs("DEBUG", "json", stream)
    return stream


@pytest.fixture(scope="session")
def born() -> Iterator[Nursery]:
    """Where bots are forked, one for all tests of this process."""
    # A socket's path must be short.
    with tempfile.TemporaryDirectory() as folder, nursery(Path(folder)) as given:
        yield given


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A PostgreSQL, started when the first test of a process asks for it."""
    with any_server() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A PostgreSQL of one test's own, which it may stop and start."""
    with own_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgres: Databases) -> Iterator[str]:
    """A database on PostgreSQL at the newest schema, gone after the test."""
    url = postgres.new_database()
    yield url
    postgres.drop(url)


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Take a line that says how much was tried, to be printed at the end of the run."""
    return counting(record_property)


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Take numbers that are added up, and printed at the end of the run."""
    return tallying(record_property)


def pytest_collection_finish() -> None:
    """Look for garbage among what tests leave behind, and not in all that was imported as well."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was counted."""
    summarize(terminalreporter)
