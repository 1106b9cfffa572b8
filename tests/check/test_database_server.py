"""What is found where the settings have a PostgreSQL."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection

from bot.bootstrap import open_store
from bot.changes.decision import Freeze
from bot.check.database import Schema, Served, Unreached, database_findings
from bot.check.looking_at_database import look_at_database
from bot.storage.engine import create_engine
from bot.storage.upgrading import alembic_config
from tests.changes.samples import NOON
from tests.postgresql import Databases, Server


@pytest.fixture
def empty(postgres: Databases) -> Iterator[str]:
    """A database with nothing in it."""
    url = postgres.empty_database()
    yield url
    postgres.drop(url)


async def looked(url: str) -> Served:
    """Look at a database that answers."""
    found = await look_at_database(url, 10)
    assert isinstance(found, Served)
    return found


def problems(found: Served | Unreached) -> list[str]:
    """Say what is wrong."""
    return [each.what for each in database_findings(found) if each.severity.value == "problem"]


async def test_a_database_in_use(postgresql_url: str) -> None:
    """It fits; that it does not wait for its disk is told, and what stops all changes."""
    freeze = Freeze(NOON, "an exercise")
    async with open_store(postgresql_url) as store, store.transaction() as transaction:
        await transaction.set_freeze(freeze)

    found = await looked(postgresql_url)

    assert (found.schema, found.encoding, found.freeze) == (Schema.CURRENT, "UTF8", freeze)
    assert (found.standby, found.durable) == (False, False)
    assert (found.may_create, found.may_write) == (True, True)
    assert [each.severity.value for each in database_findings(found)] == [
        "ok",
        "note",
        "ok",
        "note",
    ]
    assert database_findings(found)[0].what == (
        f"{found.place} answers (PostgreSQL {found.version}), and its tables are those of this "
        "version."
    )


async def test_nothing_is_made_where_nothing_was(empty: str, postgres: Databases) -> None:
    """The start makes the tables; the check does not."""
    found = await looked(empty)

    assert (found.schema, problems(found)) == (Schema.NONE, [])
    assert postgres.execute("SELECT FROM pg_tables WHERE schemaname = 'public'", empty) == []


async def test_a_database_of_another_version(empty: str, postgres: Databases) -> None:
    """An earlier one is brought up to date by the start, a later one is refused by it."""

    def upgrade(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0001")

    engine = create_engine(empty)
    async with engine.connect() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()

    older = await looked(empty)
    postgres.execute("UPDATE alembic_version SET version_num = '9999'", empty)
    newer = await looked(empty)

    assert (older.schema, problems(older)) == (Schema.OLDER, [])
    assert problems(newer) == [f"The tables of {newer.place} are of a later version than this one."]


async def test_the_database_of_something_else(empty: str, postgres: Databases) -> None:
    """Somebody else's tables are named as such."""
    postgres.execute("CREATE TABLE songs (id integer)", empty)

    found = await looked(empty)

    assert problems(found) == [f"{found.place} is the database of something else."]


async def test_a_user_who_may_nothing(postgresql_url: str, empty: str, postgres: Databases) -> None:
    """Neither make tables where there are none, nor write into those that are there."""
    postgres.execute("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN others THEN END $$")
    postgres.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest", postgresql_url)
    as_guest = {"postgres@": "guest@", "postgres:": "guest:"}

    def guests(url: str) -> str:
        for name, guest in as_guest.items():
            url = url.replace(f"//{name}", f"//{guest}")
        return url

    none, made = await looked(guests(empty)), await looked(guests(postgresql_url))

    assert problems(none) == [f"The user of {none.place} may make no tables there."]
    assert problems(made) == [
        f"The user of {made.place} may not read and write all of the bot's tables."
    ]


async def test_a_server_that_cannot_be_used(own_postgres: Server) -> None:
    """No such database, a wrong password, nobody there, no answer: each is told, in time."""
    url = own_postgres.new_database()
    missing = url.replace(url.rpartition("/")[2], "typo")
    own_postgres.execute("CREATE ROLE bot LOGIN PASSWORD 'right'")
    own_postgres.require_passwords()
    guessed = url.replace("postgres@", "bot:hunter2@")

    found = [await look_at_database(each, 5) for each in (missing, guessed)]
    with own_postgres.hanging():
        found.append(await look_at_database(url, 0.5))
    own_postgres.stop()
    found.append(await look_at_database(url, 5))

    told = []
    for each in found:
        assert isinstance(each, Unreached)
        assert len(problems(each)) == 1
        told.append(each.why)
    assert 'database "typo" does not exist' in told[0]
    assert 'password authentication failed for user "bot"' in told[1]
    assert told[2] == "it does not answer"
    assert "refused" in told[3]
    assert "hunter2" not in f"{found}"


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (Served("x", "18", "SQL_ASCII"), "keeps texts as SQL_ASCII"),
        (Served("x", "18", standby=True), "takes no writes"),
    ],
)
def test_a_server_that_does_not_fit(found: Served, what: str) -> None:
    """Not every text fits, or nothing can be written."""
    assert [each for each in problems(found) if what in each] != []
