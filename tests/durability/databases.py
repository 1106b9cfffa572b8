"""Databases for one round each, at the newest schema."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.bootstrap import open_store
from bot.storage.engine import create_engine
from tests.postgresql import Databases as Server


class Databases(Protocol):
    """Gives databases, by the value of ``DATABASE_URL``."""

    def fresh(self) -> str:
        """Give one at the newest schema with nothing in it."""
        ...

    def empty(self) -> str:
        """Give one without any table."""
        ...

    def opened(self, url: str) -> AsyncEngine:
        """Open one beside the bot; whoever asks closes it."""
        ...


class SqliteDatabases:
    """SQLite files, copied from one that is migrated once.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    @property
    def template(self) -> Path:
        """The file that is copied."""
        return self._folder / "template.db"

    def fresh(self) -> str:
        """Give one at the newest schema with nothing in it."""
        path = self._next()
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def empty(self) -> str:
        """Give one without any table."""
        return f"sqlite:///{self._next()}"

    def opened(self, url: str) -> AsyncEngine:
        """Open one beside the bot; whoever asks closes it."""
        return create_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))

    def _next(self) -> Path:
        return self._folder / f"round-{next(self._numbers)}.db"


class PostgresqlDatabases:
    """Databases on one PostgreSQL, dropped in the end.

    Args:
        server: Where they are.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._made: list[str] = []

    def fresh(self) -> str:
        """Give one at the newest schema with nothing in it."""
        self._made.append(self._server.new_database())
        return self._made[-1]

    def empty(self) -> str:
        """Give one without any table."""
        self._made.append(self._server.empty_database())
        return self._made[-1]

    def opened(self, url: str) -> AsyncEngine:
        """Open one beside the bot; whoever asks closes it."""
        return create_engine(url)

    def drop(self) -> None:
        """Drop them all."""
        for url in self._made:
            self._server.drop(url)


@asynccontextmanager
async def sqlite_databases(folder: Path) -> AsyncIterator[Databases]:
    """Give databases in a folder."""
    databases = SqliteDatabases(folder)
    async with open_store(f"sqlite+aiosqlite:///{databases.template}"):
        pass
    yield databases
