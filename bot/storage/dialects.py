"""What is said differently to SQLite and to PostgreSQL, each in one place."""

from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, Float, Table, literal, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bot.storage.moments import UtcDateTime

_COMMIT_AT_ONCE = text("SET LOCAL synchronous_commit TO off")

Insert = sqlite.Insert | postgresql.Insert


def on_postgresql(connection: AsyncConnection) -> bool:
    """Tell whether other processes write at the same time; SQLite lets one write after another."""
    return connection.dialect.name == "postgresql"


async def commit_at_once(connection: AsyncConnection) -> None:
    """Let this transaction's commit not wait for the disk; what commits later never precedes it.

    https://www.postgresql.org/docs/current/wal-async-commit.html. On SQLite a connection is told
    before its transaction begins.
    """
    if on_postgresql(connection):
        await connection.execute(_COMMIT_AT_ONCE)


def insert(connection: AsyncConnection, table: Table) -> Insert:
    """Insert rows, with a word on what happens where there is one already."""
    return insert_on(connection.dialect.name, table)


def insert_on(dialect: str, table: Table) -> Insert:
    """Insert rows as above, for a statement that is built once for each of both."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


class database_now(FunctionElement[Any]):  # noqa: N801 - SQL functions are written small
    """The moment by the database's own clock, or a while after it.

    Leases and holds are judged by it, since the clocks of replicas differ. It goes on within a
    transaction.
    """

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, after: timedelta | BindParameter[float] = timedelta()) -> None:
        """Take the while, or the parameter with its seconds, for a statement that is built once."""
        if isinstance(after, timedelta):
            after = literal(after.total_seconds(), Float)
        super().__init__(after)


@compiles(database_now, "sqlite")
def _on_sqlite(element: database_now, compiler: SQLCompiler, **options: Any) -> str:
    # As SQLAlchemy stores moments there: as text that sorts, with microseconds.
    # https://www.sqlite.org/lang_datefunc.html: "NNN.NNNN seconds" is added.
    seconds = compiler.process(element.clauses, **options)
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', printf('%+.3f seconds', {seconds})) || '000')"


@compiles(database_now, "postgresql")
def _on_postgresql(element: database_now, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"
