from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.durability.databases import Databases, PostgresqlDatabases, sqlite_databases
from tests.durability.lives import Nursery
from tests.durability.outside import outside
from tests.durability.succession import Ground
from tests.postgresql import Databases as Server


@pytest.fixture
async def databases(tmp_path: Path) -> AsyncIterator[Databases]:
    """Databases for one round each."""
    async with sqlite_databases(tmp_path) as given:
        yield given


@pytest.fixture
async def ground_on_postgresql(
    tmp_path: Path, postgres: Server, born: Nursery
) -> AsyncIterator[Ground]:
    """Where rounds are played, with PostgreSQL in the place of SQLite."""
    databases = PostgresqlDatabases(postgres)
    async with outside() as there:
        yield Ground(born, databases, there, tmp_path)
    databases.drop()


@pytest.fixture
async def ground(tmp_path: Path, databases: Databases, born: Nursery) -> AsyncIterator[Ground]:
    """Where rounds are played."""
    async with outside() as there:
        yield Ground(born, databases, there, tmp_path)
