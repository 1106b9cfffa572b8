"""SQLite behind a thread to which each statement goes once."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import aiosqlite

Row = tuple[Any, ...]


class BriefCursor(aiosqlite.Cursor):
    """Execute a statement and fetch its rows in one go.

    The driver's own cursor is made, used, emptied and closed in as many trips to the connection's
    thread, and a trip takes longer than a statement as a rule. All rows are fetched, so that what
    may give many is asked for in pages.
    """

    _conn: "BriefConnection"

    def __init__(self, connection: "BriefConnection") -> None:
        # The driver's own has a cursor from the start, for which it goes to the thread.
        self._conn = connection
        self._rows: deque[Row] = deque()

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "BriefCursor":
        """Execute a statement."""
        arguments = () if parameters is None else parameters

        def run() -> tuple[sqlite3.Cursor, list[Row]]:
            cursor = self._conn.new_cursor()
            cursor.execute(sql, arguments)  # type: ignore[arg-type]  # any iterable, as the driver's
            return cursor, cursor.fetchall() if cursor.description else []

        return await self._ran(run)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "BriefCursor":
        """Execute a statement with each of several parameters."""

        def run() -> tuple[sqlite3.Cursor, list[Row]]:
            return self._conn.new_cursor().executemany(sql, parameters), []  # type: ignore[arg-type]  # as above

        return await self._ran(run)

    async def fetchone(self) -> Any:
        """Give the next row; None if there is none."""
        return self._rows.popleft() if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Give the next rows."""
        return [self._rows.popleft() for _ in range(min(size or 1, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        left, self._rows = list(self._rows), deque()
        return left

    async def close(self) -> None:
        """Forget the rows; the statement is over."""
        self._rows.clear()

    async def _ran(self, run: Callable[[], tuple[sqlite3.Cursor, list[Row]]]) -> "BriefCursor":
        self._cursor, rows = await self._execute(run)  # type: ignore[no-untyped-call]  # the driver's
        self._rows = deque(rows)
        return self


class BriefConnection(aiosqlite.Connection):
    """A connection whose cursors are brief."""

    def __init__(self, database: str, **options: Any) -> None:
        super().__init__(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
        # A process ends although a connection is left open, as with the driver's own.
        self._thread.daemon = True

    def new_cursor(self) -> sqlite3.Cursor:
        """Make a cursor; called in the connection's thread."""
        return self._conn.cursor()

    def cursor(self) -> BriefCursor:  # type: ignore[override]  # made in no thread
        """Give a cursor, which goes to the thread when it has a statement."""
        return BriefCursor(self)
