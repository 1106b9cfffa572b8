from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import open_store
from bot.storage.store import SqlStore
from tests.sqlite import place_database


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Where a test's SQLite file is; it is not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the database of a test is: once a SQLite file, and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    """A database at its newest schema."""
    place_database(database_url)
    async with open_store(database_url) as opened:
        yield opened


@pytest.fixture
async def replica(store: SqlStore, database_url: str) -> AsyncIterator[SqlStore]:
    """The same database, as another process has it open."""
    await store.ping()
    async with open_store(database_url) as opened:
        yield opened
