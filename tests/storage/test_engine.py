"""The file, how it is kept, and what is said where it cannot be."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text

from bot.bootstrap import open_store
from bot.changes.errors import StoreUnavailableError
from bot.storage.engine import create_engine
from bot.storage.store import SqlStore
from tests.changes.samples import NOON


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Where the file is."""
    return sqlite_url


def modes(folder: Path) -> dict[str, str]:
    """Give the permissions of a folder's files as ls shows them."""
    return {path.name: stat.filemode(path.stat().st_mode) for path in folder.iterdir()}


async def test_the_file_is_its_owners_alone(store: SqlStore, tmp_path: Path) -> None:
    """The database and what SQLite keeps beside it: read and written by nobody else."""
    async with store.transaction() as transaction:
        await transaction.store_query("q", "{}", NOON)
        beside = modes(tmp_path)

    assert beside == dict.fromkeys(["bot.db", "bot.db-shm", "bot.db-wal"], "-rw-------")


async def test_the_folder_is_made(tmp_path: Path) -> None:
    """The default database lies in a folder that nobody has made yet; it is its owner's alone.

    However little the umask takes away: whoever may write the folder may replace the database.
    """
    file = tmp_path / "var" / "deep" / "bot.db"
    before = os.umask(0)
    try:
        async with open_store(f"sqlite+aiosqlite:///{file}") as store:
            await store.ping()
            beside = modes(file.parent)
    finally:
        os.umask(before)

    assert beside == dict.fromkeys(["bot.db", "bot.db-shm", "bot.db-wal"], "-rw-------")
    assert modes(tmp_path) | modes(file.parent.parent) == dict.fromkeys(
        ["var", "deep"], "drwx------"
    )


async def test_a_commit_is_on_the_disk(database_url: str, store: SqlStore) -> None:
    """A live connection keeps a write-ahead log and synchronises it in full, with foreign keys."""
    await store.ping()
    engine = create_engine(database_url)
    try:
        async with engine.connect() as connection:
            pragmas = {
                name: await connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
    finally:
        await engine.dispose()

    full = 2
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 200,
    }


async def test_a_locked_database_is_unavailable_after_two_seconds(
    store: SqlStore, tmp_path: Path
) -> None:
    """Whoever would write is told; whoever only reads does not even wait."""
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(StoreUnavailableError, match="database is locked"):
            async with store.transaction():
                pass
        waited = loop.time() - begun
        async with store.reading() as reading:
            assert await reading.query("none") is None
        await store.ping()
        read = loop.time() - begun - waited
    finally:
        other.close()

    assert 1.9 < waited < 5
    assert read < 1.0


async def test_a_file_that_can_only_be_read_is_unavailable(
    store: SqlStore, database_url: str, tmp_path: Path
) -> None:
    """Whoever asks whether it is there hears that no ack can be given; nothing is written."""
    await store.ping()
    before = (tmp_path / "bot.db").read_bytes()
    engine = create_engine(database_url)
    event.listen(
        engine.sync_engine,
        "connect",
        # Root may write what its mode says that nobody may.
        lambda connection, _: connection.cursor().execute("PRAGMA query_only = ON"),
    )
    only_read = SqlStore(engine)
    try:
        with pytest.raises(StoreUnavailableError, match="attempt to write a readonly database"):
            await only_read.ping()
        async with only_read.reading() as reading:
            assert await reading.query("none") is None
    finally:
        await only_read.close()

    assert (tmp_path / "bot.db").read_bytes() == before


async def test_whoever_gives_up_does_so_at_once(store: SqlStore, tmp_path: Path) -> None:
    """A budget holds whenever it ends: also just after somebody else has waited in vain."""
    loop = asyncio.get_running_loop()
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        first = asyncio.create_task(store_query(store))
        await asyncio.sleep(0)
        begun = loop.time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.1), store.transaction():
                pass
        waited = loop.time() - begun
        with pytest.raises(StoreUnavailableError):
            await first
    finally:
        other.close()

    assert waited < 2.7


async def test_what_was_locked_is_available_again(store: SqlStore, tmp_path: Path) -> None:
    """No connection is spoilt by having waited in vain."""
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(store_query(store))
    await asyncio.sleep(0)
    other.execute("ROLLBACK")
    other.close()

    await waiting

    async with store.reading() as reading:
        assert await reading.query("q") == "{}"


async def store_query(store: SqlStore) -> None:
    """Write something."""
    async with store.transaction() as transaction:
        await transaction.store_query("q", "{}", NOON)


@pytest.mark.parametrize("path", ["folder", "file/bot.db"])
async def test_what_can_be_no_database(tmp_path: Path, path: str) -> None:
    """A folder, or a file where a folder should be: unavailable, with the path."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailableError, match=path):
        async with open_store(f"sqlite+aiosqlite:///{tmp_path}/{path}"):
            pass

    # The driver's thread says good-bye to the loop, which must still be there.
    for thread in threading.enumerate():
        if "connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Somebody else's file is neither read nor written; the process that tried ends."""
    file = tmp_path / "notes.txt"
    notes = "These are notes and no database, and long enough to be sure of it.\n" * 20
    file.write_text(notes, encoding="utf-8")
    start = (
        "import asyncio, sys\n"
        "from bot.storage.engine import create_engine, migrate\n"
        "asyncio.run(migrate(create_engine(sys.argv[1])))"
    )

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", start, f"sqlite+aiosqlite:///{file}"), stderr=subprocess.PIPE
    )
    _, stderr = await process.communicate()

    last = stderr.decode().strip().splitlines()[-1]
    assert last.endswith(f"StoreUnavailableError: {file}: file is not a database")
    assert file.read_text(encoding="utf-8") == notes


async def test_a_statement_goes_to_the_thread_once(tmp_path: Path) -> None:
    """Rows come one by one, some at a time and all at once, as from any cursor."""
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.db'}")
    try:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE numbers (number INTEGER)"))
            added = text("INSERT INTO numbers VALUES (:number)")
            await connection.execute(added, [{"number": number} for number in range(5)])
            asked = text("SELECT number FROM numbers ORDER BY number")
            stream = await connection.stream_scalars(asked)
            first = await stream.first()
            parts = (await connection.stream_scalars(asked)).partitions(2)
            more = [list(part) async for part in parts]
            rest = list(await connection.scalars(asked))
            nothing = (await connection.execute(text("DELETE FROM numbers"))).rowcount
    finally:
        await engine.dispose()

    assert (first, more, rest, nothing) == (0, [[0, 1], [2, 3], [4]], [0, 1, 2, 3, 4], 5)
