"""Databases on SQLite for tests, at the newest schema, made once a process."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from bot.bootstrap import open_store


def driven(url: str) -> str:
    """Name the driver in an address, as the settings do."""
    return url.replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+psycopg:")


def place_database(url: str) -> None:
    """Put a database with nothing in it where a bot looks for one; what is there stays.

    Migrations take longer than most tests, and have tests of their own.

    Args:
        url: As in ``DATABASE_URL``; where it does not name a file, nothing is done.
    """
    where = make_url(url)
    file = Path(where.database or "")
    if where.get_backend_name() == "sqlite" and not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(_at_the_newest_schema())


@cache
def _at_the_newest_schema() -> bytes:
    async def make(file: Path) -> None:
        async with open_store(f"sqlite+aiosqlite:///{file}"):
            pass

    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside_the_loop:
        file = Path(folder) / "template.db"
        beside_the_loop.submit(lambda: asyncio.run(make(file))).result()
        return file.read_bytes()
