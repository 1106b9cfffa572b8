"""What is said differently to SQLite and to PostgreSQL, each in one place."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Float, Table, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bot.storage.moments import UtcDateTime

Insert = sqlite.Insert | postgresql.Insert


def on_postgresql(connection: AsyncConnection) -> bool:
    """Tell whether other processes write at the same time; SQLite lets one write after another."""
    return connection.dialect.name == "postgresql"


def insert(connection: AsyncConnection, table: Table) -> Insert:
    """Insert rows, with a word on what happens where there is one already."""
    return postgresql.insert(table) if on_postgresql(connection) else sqlite.insert(table)


class database_now(FunctionElement[Any]):  # noqa: N801 - SQL functions are written small
    """The moment by the database's own clock, or a while after it.

    Leases and holds are judged by it, since the clocks of replicas differ. It goes on within a
    transaction.
    """

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, after: timedelta = timedelta()) -> None:
        super().__init__(literal(after.total_seconds(), Float))


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
