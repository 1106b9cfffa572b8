"""What is found where the settings have the database."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection

from bot.bootstrap import open_store
from bot.changes.decision import Freeze
from bot.check.database import Absent, Closed, Opened, Schema, database_findings
from bot.check.findings import Severity
from bot.check.looking_at_database import look_at_database
from bot.storage.engine import create_engine
from bot.storage.upgrading import alembic_config
from tests.changes.samples import NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file, which is not there yet."""
    return tmp_path / "folder" / "token-bot.db"


def url(path: Path) -> str:
    """Give its address."""
    return f"sqlite+aiosqlite:///{path}"


def left(path: Path) -> list[str]:
    """Name what is in its folder."""
    return sorted(each.name for each in path.parent.iterdir())


async def test_nothing_is_left_where_nothing_was(path: Path) -> None:
    """Neither file nor folder is made."""
    found = await look_at_database(url(path), 5)

    assert found == Absent(path)
    assert not await asyncio.to_thread(path.parent.exists)


async def test_a_new_database(path: Path) -> None:
    """It fits, is its owner's alone, and stands there as it did before."""
    async with open_store(url(path)):
        pass
    before = await asyncio.to_thread(path.stat)

    found = await look_at_database(url(path), 5)

    assert isinstance(found, Opened)
    assert (found.schema, found.mode & 0o777, found.writable) == (Schema.CURRENT, 0o600, True)
    assert (found.head, found.last, found.freeze) == ((0, "0" * 64), None, None)
    assert {each.severity for each in database_findings(found)} == {Severity.OK}
    assert (await asyncio.to_thread(path.stat)).st_mtime_ns == before.st_mtime_ns
    assert left(path) == ["token-bot.db"]


async def test_what_is_not_yet_in_the_file_itself_is_read(path: Path) -> None:
    """While a bot runs, the newest is in the log beside the file, which stays as it is."""
    freeze = Freeze(NOON, "an exercise")
    async with open_store(url(path)) as store:
        async with store.transaction() as transaction:
            await transaction.set_freeze(freeze)
        beside = left(path)

        found = await look_at_database(url(path), 5)

        assert left(path) == beside
    assert isinstance(found, Opened)
    assert found.freeze == freeze
    assert database_findings(found)[-1].what == (
        "All changes are stopped since 2026-11-24 12:00 UTC (an exercise)."
    )


async def test_a_database_of_an_earlier_version(path: Path) -> None:
    """The start brings it up to date; the check does not."""

    def upgrade(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0001")

    engine = create_engine(url(path))
    async with engine.connect() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()

    first, second = await look_at_database(url(path), 5), await look_at_database(url(path), 5)

    assert isinstance(first, Opened)
    assert (first.schema, first) == (Schema.OLDER, second)
    assert [each.severity.value for each in database_findings(first)] == ["note", "ok"]


async def test_a_path_with_marks_of_addresses(tmp_path: Path) -> None:
    """What means something in an address is only a letter in a path."""
    path = tmp_path / "50% #1" / "bot.db"
    async with open_store(url(path)):
        pass

    assert isinstance(await look_at_database(url(path), 5), Opened)


def test_a_link_to_itself(tmp_path: Path) -> None:
    """What no start could open is said here, where a start sends whoever asks what to do."""
    link = tmp_path / "token-bot.db"
    link.symlink_to(link)

    found = asyncio.run(look_at_database(url(link), 10))

    assert found == Closed(link, "Too many levels of symbolic links")


@pytest.mark.parametrize(
    ("mode", "verdicts"),
    [(0o600, []), (0o640, ["note"]), (0o660, ["note"]), (0o604, ["problem"]), (0o666, ["problem"])],
)
def test_who_may_read_it(mode: int, verdicts: list[str]) -> None:
    """Its group is a note, everybody a problem."""
    found = database_findings(Opened(Path("x"), mode, head=(0, "")))

    assert [each.severity.value for each in found if "read or write" in each.what] == verdicts


@pytest.mark.parametrize(
    ("folder", "verdicts"), [(0o700, []), (0o775, []), (0o777, ["problem"]), (0o1777, [])]
)
def test_who_may_put_another_in_its_place(folder: int, verdicts: list[str]) -> None:
    """Whoever may write its folder; where everybody moves their own files alone, nobody else."""
    found = database_findings(Opened(Path("x"), 0o600, folder, head=(0, "")))

    assert [each.severity.value for each in found if "in the place of" in each.what] == verdicts


def test_a_folder_that_cannot_be_written() -> None:
    """A database writes beside its file as well."""
    found = database_findings(Opened(Path("x"), 0o600, writable=False, head=(0, "")))

    assert [each.what for each in found if each.severity is Severity.PROBLEM] == [
        "x or its folder cannot be written by whoever runs this."
    ]
