"""The schema, from nothing to the newest and back."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, event, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.bootstrap import open_store
from bot.changes.audit import GENESIS
from bot.changes.authorization import Status
from bot.changes.leak_report import OthersChange
from bot.changes.policy import Workspace
from bot.changes.request import Origin
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.storage.engine import create_engine, migrate, newest_revision
from bot.storage.tables import metadata
from bot.storage.upgrading import alembic_config
from tests.changes.samples import BOB, NOON, change
from tests.postgresql import Databases

T = TypeVar("T")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, sqlite_url: str, postgres: Databases
) -> Iterator[str]:
    """Where a database is that nobody has made any table in yet."""
    if request.param == "sqlite":
        yield sqlite_url
        return
    url = postgres.empty_database()
    yield url
    postgres.drop(url)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database with nothing in it."""
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
    assert newest_revision() == newest


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
    """What Alembic does not compare: primary and foreign keys, and the tables of one row."""
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
            ["id = 1"]
            if name in {"audit_anchor", "audit_head", "freezes", "told_workspace"}
            else [],
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


async def test_on_sqlite_all_steps_are_one_transaction(sqlite_url: str) -> None:
    """Whoever starts meanwhile finds the version before the first step, or after the last."""
    engine = create_engine(sqlite_url)
    commits: list[Connection] = []
    event.listen(engine.sync_engine, "commit", commits.append)
    try:
        await migrate(engine)
    finally:
        await engine.dispose()

    assert len(commits) == 1


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


@pytest.mark.parametrize("after", [0.0, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16])
async def test_interrupted_at_any_moment(
    database_url: str, engine: AsyncEngine, after: float
) -> None:
    """Ctrl-C at the first start leaves nothing half made, and says nothing of the inner parts."""
    loop, complaints = asyncio.get_running_loop(), list[dict[str, Any]]()
    loop.set_exception_handler(lambda _, complaint: complaints.append(complaint))
    interrupted = create_engine(database_url)
    migrating = asyncio.ensure_future(migrate(interrupted))

    # Whoever is impatient presses it twice.
    for wait in (after, 0.02):
        await asyncio.wait([migrating], timeout=wait)
        migrating.cancel()
    await asyncio.wait([migrating])
    await interrupted.dispose()
    gc.collect()
    left = await within(engine, tables)
    await migrate(engine)

    assert complaints == []
    assert migrating.cancelled() or migrating.exception() is None
    assert left in (set(), {*metadata.tables, "alembic_version"})
    assert await within(engine, tables) == {*metadata.tables, "alembic_version"}


# Two requests as the first schema kept them: one that is told, and one that is under way.
FIRST_ROWS = """
INSERT INTO requests (number, id, requester, team, channel_id, new_status, new_description, reason,
    created_at, state, undone_by, interrupted, rule, policy_digest, due_at)
VALUES
    (1, '000001', 'U0ALICE', 'T0HOME', 'C0', 'inactive', NULL, 'leaked',
    '2026-11-24 12:00:00.000000', 'finished', '000002', 0, 'listed', 'abc', NULL),
    (2, '000002', 'U0BOB', 'T0HOME', 'C0', 'active', 'back', '',
    '2026-11-24 12:00:00.000000', 'executing', NULL, 1, 'listed', 'abc',
    '2026-11-24 12:00:00.000000');
UPDATE requests SET undo_of = '000001' WHERE id = '000002';
INSERT INTO targets (request_id, position, instance, authorization_id, state)
VALUES
    ('000001', 0, 'default', '0d0d0d0d0d0d0003', 'done'),
    ('000001', 1, 'default', '0d0d0d0d0d0d0001', 'failed'),
    ('000002', 0, 'default', '0d0d0d0d0d0d0003', 'intended');
INSERT INTO deliveries (key, received_at) VALUES ('v0=aa', '2026-11-24 12:00:00.000000');
INSERT INTO audit_events (sequence, tag, at, actor, team, detail, previous_hash, hash)
VALUES (1, 'change.done', '2026-11-24 12:00:00.000000', 'U0ALICE', 'T0HOME', '{}', 'a', 'b');
UPDATE audit_head SET sequence = 1, hash = 'b'
"""
# What the newest schema alone knows: several updates a request, votes, a freeze.
NEW_ROWS = """
UPDATE targets SET new_status = NULL, new_description = 'first'
    WHERE request_id = '000001' AND position = 0;
UPDATE targets SET new_description = 'second' WHERE request_id = '000001' AND position = 1;
INSERT INTO votes (request_id, voter, team, voted_at)
    VALUES ('000001', 'U0BOB', 'T0HOME', '2026-11-24 12:00:00.000000');
INSERT INTO freezes (id, at, reason) VALUES (1, '2026-11-24 12:00:00.000000', '')
"""


async def up(engine: AsyncEngine, revision: str) -> None:
    """Bring the schema up to a revision."""
    await within(engine, lambda connection: command.upgrade(alembic_config(connection), revision))


async def down(engine: AsyncEngine, revision: str) -> None:
    """Take the schema down to a revision."""
    await within(engine, lambda connection: command.downgrade(alembic_config(connection), revision))


async def execute(engine: AsyncEngine, statements: str) -> None:
    """Execute statements, and commit."""
    async with engine.begin() as connection:
        for statement in statements.split(";"):
            await connection.execute(text(statement))


async def rows(engine: AsyncEngine, table: str) -> list[dict[str, Any]]:
    """Read all rows of a table, in the order of their columns."""

    def read(connection: Connection) -> list[dict[str, Any]]:
        found = Table(table, MetaData(), autoload_with=connection)
        statement = select(found).order_by(*found.primary_key.columns)
        return [dict(row) for row in connection.execute(statement).mappings()]

    return await within(engine, read)


async def test_what_is_to_be_set_moves_to_the_targets(
    engine: AsyncEngine, database_url: str
) -> None:
    """Each target gets what its request was to set, and the bot reads both as they were."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)

    await up(engine, "0002")

    disable, enable = (
        AuthorizationUpdate(Status.INACTIVE),
        AuthorizationUpdate(Status.ACTIVE, "back"),
    )
    targets = (
        Target("default", "0d0d0d0d0d0d0003", disable, TargetState.DONE),
        Target("default", "0d0d0d0d0d0d0001", disable, TargetState.FAILED),
        Target("default", "0d0d0d0d0d0d0003", enable, TargetState.INTENDED),
    )
    async with open_store(database_url) as store, store.reading() as reading:
        first, second = [await reading.request(each) for each in ("000001", "000002")]
    assert first == change(
        id="000001",
        origin=Origin("C0"),
        reason="leaked",
        targets=targets[:2],
        state=RequestState.FINISHED,
        undone_by="000002",
        announced=True,
        rule="listed",
        policy_digest="abc",
    )
    assert second == change(
        id="000002",
        requester=BOB,
        origin=Origin("C0"),
        targets=targets[2:],
        state=RequestState.EXECUTING,
        undo_of="000001",
        interrupted=1,
        announced=False,
        rule="listed",
        policy_digest="abc",
    )


async def test_what_is_under_way_is_taken_up_after_the_migration(
    engine: AsyncEngine, database_url: str
) -> None:
    """What was due still is, and what is told is not told again."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)

    await up(engine, "0002")

    async with open_store(database_url) as store, store.transaction() as transaction:
        claimed = await transaction.claim("a", NOON, timedelta(), 9)
        assert not await transaction.first_delivery("v0=aa", NOON)
        assert await transaction.head() == (1, "b")
    assert [request.id for request in claimed] == ["000002"]


# A report as it was kept before an order had instances, with what it asked for others by.
REPORT_ROWS = """
UPDATE requests SET leak = '{
    "found_in": "a gist", "order": ["0d0d0d0d0d0d0001", "0d0d0d0d0d0d0003"],
    "others_by": "000002", "typed_by": "cli:root", "looked": []
}' WHERE id = '000001';
UPDATE targets SET before = '{
    "id": "0d0d0d0d0d0d0003", "status": "active", "description": "", "org_id": "1", "org": "acme",
    "user_id": "2", "user": "erin", "permissions": [], "created_at": null, "updated_at": null,
    "own": false, "revision": 0
}' WHERE position = 0
"""


async def test_the_bot_s_workspace_is_that_of_whoever_asked_last(
    database_url: str, engine: AsyncEngine
) -> None:
    """With its organisation, until Slack tells again; of one that nobody has told, it is none."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)
    await up(engine, "0009")
    await execute(engine, "UPDATE requests SET enterprise = 'E0ALL' WHERE id = '000001'")
    await execute(engine, "UPDATE requests SET team = 'unknown' WHERE id = '000002'")
    await migrate(engine)

    async with open_store(database_url) as store, store.reading() as reading:
        assert await reading.known_workspace() == Workspace("T0HOME", "E0ALL")


async def test_a_report_of_before_is_read_after_the_migration(
    database_url: str, engine: AsyncEngine
) -> None:
    """Its tokens are named by their instances, and the other owner's by name; nothing is lost."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)
    await up(engine, "0008")
    await execute(engine, REPORT_ROWS)
    await migrate(engine)

    async with open_store(database_url) as store, store.reading() as reading:
        request = await reading.request("000001")

    assert request is not None
    assert request.typed_by == "cli:root"
    assert request.leak is not None
    assert request.leak.found_in == "a gist"
    assert request.leak.order == (
        ("default", "0d0d0d0d0d0d0001"),
        ("default", "0d0d0d0d0d0d0003"),
    )
    assert request.leak.others_by == (OthersChange("default", "erin", "000002"),)


async def test_references_hold_and_are_watched_after_a_migration(engine: AsyncEngine) -> None:
    """Tables are made anew on the way, and no row loses what it refers to."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)

    await up(engine, "0002")

    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            broken = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
            watched = await connection.scalar(text("PRAGMA foreign_keys"))
        assert (broken, watched) == ([], 1)
    with pytest.raises(IntegrityError):
        await execute(engine, "DELETE FROM requests")


async def test_nothing_new_has_a_default_in_the_database(engine: AsyncEngine) -> None:
    """Those that filled the old rows are gone; every row written from here on states its own."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)

    await up(engine, "head")

    def defaults(connection: Connection) -> list[str]:
        seen = inspect(connection)
        return [
            f"{table}.{column['name']}"
            for table in metadata.tables
            for column in seen.get_columns(table)
            # But for what PostgreSQL numbers by itself.
            if column["default"] is not None and column["autoincrement"] is not True
        ]

    assert await within(engine, defaults) == []


async def test_down_again_the_first_targets_values_are_kept(engine: AsyncEngine) -> None:
    """The older bot knows one update a request; everything else is as it was before."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)
    names = await within(engine, tables)
    before = {name: await rows(engine, name) for name in names}
    await up(engine, "0002")
    await execute(engine, NEW_ROWS)

    await down(engine, "0001")

    first, second = before["requests"]
    before["requests"] = [{**first, "new_status": None, "new_description": "first"}, second]
    assert {name: await rows(engine, name) for name in await within(engine, tables)} == before


async def test_down_and_up_again_nothing_is_lost(engine: AsyncEngine) -> None:
    """What the older bot knows comes back as it was."""
    await up(engine, "0001")
    await execute(engine, FIRST_ROWS)
    await up(engine, "head")
    before = {name: await rows(engine, name) for name in metadata.tables}

    await down(engine, "0001")
    await up(engine, "head")

    assert {name: await rows(engine, name) for name in metadata.tables} == before
