import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.bootstrap import open_existing_store
from bot.changes.audit import AuditEvent
from bot.cli.app import main
from bot.storage.engine import create_engine
from bot.storage.store import SqlStore
from tests.postgresql import libpq
from tests.sqlite import driven, place_database

Typed = Callable[..., tuple[int, str, str]]
Told = tuple[int, str, str]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the database of a test is: once a SQLite file, and once on PostgreSQL."""
    if request.param == "postgresql":
        return libpq(request.getfixturevalue("postgresql_url"))
    place_database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    """The database, as a bot has it open."""
    async with open_existing_store(driven(database_url)) as opened:
        yield opened


@pytest.fixture
async def replica(store: SqlStore, database_url: str) -> AsyncIterator[SqlStore]:
    """The same database, as another process has it open."""
    await store.ping()
    async with open_existing_store(driven(database_url)) as opened:
        yield opened


@pytest.fixture
def typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> Typed:
    """Run the command line in this process: exit code, standard output, standard error."""

    def run(*arguments: str | Path) -> Told:
        monkeypatch.setattr(sys, "argv", ["token-bot", *map(str, arguments)])
        monkeypatch.setenv("DATABASE_URL", database_url)
        code = main()
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def recorded(database_url: str) -> Callable[..., None]:
    """Append events to the record, each in a transaction of its own."""

    def append(*events: AuditEvent) -> None:
        asyncio.run(_append(driven(database_url), events))

    return append


@pytest.fixture
def tampered(database_url: str) -> Callable[[str], None]:
    """Execute SQL behind the bot's back."""

    def execute(statement: str) -> None:
        asyncio.run(_execute(driven(database_url), statement))

    return execute


async def _append(url: str, events: tuple[AuditEvent, ...]) -> None:
    async with open_existing_store(url) as store:
        for event in events:
            async with store.transaction() as transaction:
                await transaction.append(event)


async def _execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
