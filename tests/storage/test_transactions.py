"""What holds for a transaction on either database."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from bot.changes.errors import StoreUnavailableError
from bot.storage.engine import create_engine
from bot.storage.store import SqlStore
from tests.changes.samples import NOON, change
from tests.storage.stored import stored


async def test_what_fails_is_taken_back(store: SqlStore) -> None:
    """A transaction that ends with an exception has not been."""
    with suppress(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.store_query("q", "{}", NOON)
            raise ZeroDivisionError

    async with store.reading() as reading:
        assert await reading.query("q") is None


async def test_a_table_that_is_gone_is_unavailable(store: SqlStore, database_url: str) -> None:
    """The error names the cause, and none of the values that were to be written."""
    engine = create_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE stored_queries"))
    await engine.dispose()

    with pytest.raises(StoreUnavailableError) as raised:
        async with store.transaction() as transaction:
            await transaction.store_query("hunter2", "hunter2", NOON)

    assert str(raised.value) in {
        "no such table: stored_queries",
        'relation "stored_queries" does not exist',
    }
    assert "hunter2" not in str(raised.value)
    assert raised.value.__suppress_context__


class Told:
    """Remember what was told of transactions; an ``Observer``."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.codes: list[str] = []

    def took(self, phase: str, seconds: float) -> None:
        """Remember a phase."""
        assert seconds > 0
        self.phases.append(phase)

    def failed(self, code: str) -> None:
        """Remember a failure."""
        self.codes.append(code)


async def test_transactions_are_measured(store: SqlStore, database_url: str) -> None:
    """How long each takes to begin and to commit, and by what code of the database one fails."""
    told, engine = Told(), create_engine(database_url)
    measured = SqlStore(engine, told)
    async with measured.transaction() as transaction:
        await transaction.store_query("q", "{}", NOON)
        assert told.phases == ["begin"]
    async with measured.reading():
        assert told.phases == ["begin", "commit"]

    with pytest.raises(StoreUnavailableError):
        async with measured.transaction() as transaction:
            await transaction.store_query("q", "{}", NOON)

    await measured.close()
    assert told.phases == ["begin", "commit", "begin"]
    assert told.codes in (["sqlite_constraint_primarykey"], ["sqlstate_23505"])
    async with store.reading() as reading:
        assert await reading.query("q") == "{}"


async def test_values_of_rows_are_in_no_error(store: SqlStore) -> None:
    """Neither those that were to be written nor those that are there."""
    await stored(store, change(reason="hunter2"))

    with pytest.raises(StoreUnavailableError) as raised:
        await stored(store, change(reason="hunter3"))

    assert "unique" in str(raised.value).lower()
    assert "hunter" not in str(raised.value)
    assert "7F3K2Q" not in str(raised.value)


async def test_a_reading_sees_one_moment(store: SqlStore, replica: SqlStore) -> None:
    """Whatever is committed meanwhile: a request and its votes, or the record and its head, fit."""
    async with store.reading() as reading:
        before = await reading.query("q")
        async with replica.transaction() as transaction:
            await transaction.store_query("q", "{}", NOON)
        during = await reading.query("q")
    async with store.reading() as reading:
        after = await reading.query("q")

    assert (before, during, after) == (None, None, "{}")
