"""The schema, from nothing to the newest and back."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.bootstrap import open_store
from bot.changes.audit import GENESIS
from bot.storage.engine import alembic_config, create_engine, migrate
from bot.storage.tables import metadata
from tests.changes.samples import NOON

T = TypeVar("T")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A file with nothing in it."""
    made = create_engine(database_url)
    yield made
    await made.dispose()


async def within(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """Do something with a connection that is not the bot's asynchronous one."""
    async with engine.connect() as connection:
        return await connection.run_sync(work)


def tables(connection: Connection) -> set[str]:
    """Name the tables that there are."""
    return set(inspect(connection).get_table_names())


def head(connection: Connection) -> str | None:
    """Name the newest revision."""
    return ScriptDirectory.from_config(alembic_config(connection)).get_current_head()


async def test_from_nothing_to_the_newest(engine: AsyncEngine) -> None:
    """Every table is there, the revision is noted, and the chain begins at its beginning."""
    await migrate(engine)

    assert await within(engine, tables) == {*metadata.tables, "alembic_version"}
    newest = await within(engine, head)
    async with engine.connect() as connection:
        revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        beginning = (await connection.execute(text("SELECT * FROM audit_head"))).all()
    assert (revision, beginning) == (newest, [(1, 0, GENESIS)])


async def test_the_migrations_make_what_the_tables_say(engine: AsyncEngine) -> None:
    """Between the migrated schema and the code's tables Alembic finds no difference."""
    await migrate(engine)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))

    assert await within(engine, differences) == []


async def test_constraints_are_those_that_the_tables_say(engine: AsyncEngine) -> None:
    """What Alembic does not compare: primary and foreign keys, and the one row of the head."""
    await migrate(engine)

    def constraints(connection: Connection) -> dict[str, object]:
        seen = inspect(connection)
        return {
            name: (
                seen.get_pk_constraint(name)["constrained_columns"],
                sorted(
                    (key["constrained_columns"], key["referred_table"])
                    for key in seen.get_foreign_keys(name)
                ),
                [check["sqltext"] for check in seen.get_check_constraints(name)],
            )
            for name in metadata.tables
        }

    assert await within(engine, constraints) == {
        name: (
            [column.name for column in table.primary_key],
            sorted(([key.parent.name], key.column.table.name) for key in table.foreign_keys),
            ["id = 1"] if name == "audit_head" else [],
        )
        for name, table in metadata.tables.items()
    }


async def test_down_again_and_up_again(engine: AsyncEngine) -> None:
    """A downgrade leaves nothing behind, and what follows starts anew."""
    await migrate(engine)

    await within(engine, lambda connection: command.downgrade(alembic_config(connection), "base"))
    left = await within(engine, tables)
    await migrate(engine)

    assert left == {"alembic_version"}
    assert await within(engine, tables) == {*metadata.tables, "alembic_version"}


async def test_the_newest_stays_as_it_is(database_url: str) -> None:
    """A second start changes nothing, and what was stored is still there."""
    async with open_store(database_url) as first, first.transaction() as transaction:
        await transaction.store_query("kept", "{}", NOON)

    async with open_store(database_url) as second, second.reading() as reading:
        assert await reading.query("kept") == "{}"


async def test_processes_that_start_at_once(database_url: str, engine: AsyncEngine) -> None:
    """One of them migrates, and the others find it done."""
    start = (
        "import asyncio, sys\n"
        "from bot.storage.engine import create_engine, migrate\n"
        "asyncio.run(migrate(create_engine(sys.argv[1])))"
    )
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-c", start, database_url
        )
        for _ in range(3)
    ]

    codes = [await process.wait() for process in processes]

    assert codes == [0, 0, 0]
    assert await within(engine, tables) == {*metadata.tables, "alembic_version"}
