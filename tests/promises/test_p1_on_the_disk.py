"""P1: what is promised is on the disk when it is committed; whose turn it is need not be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.world import world

# What a change is: without one of these rows, something that was said would not be so.
PROMISED = ("deliveries", "requests (", "targets", "audit_events", "votes")
WRITING = ("INTO", "UPDATE")
ON_THE_DISK = {
    "sqlite": ("PRAGMA synchronous", "2"),
    "postgresql": ("SHOW synchronous_commit", "on"),
}


class Commits:
    """Every commit of this process: what it wrote, and whether it is on the disk."""

    def __init__(self) -> None:
        self.seen: list[tuple[tuple[str, ...], bool]] = []
        self._written: dict[Any, list[str]] = {}

    def executed(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        """Note a statement."""
        self._written.setdefault(connection.connection.dbapi_connection, []).append(statement)

    def taken_back(self, connection: Connection) -> None:
        """Forget what a transaction had written that came to nothing."""
        self._written.pop(connection.connection.dbapi_connection, None)

    def committed(self, connection: Connection) -> None:
        """Note a commit, with what the database itself says of it."""
        statements = self._written.pop(connection.connection.dbapi_connection, [])
        written = tuple(each for each in statements if each.startswith(("INSERT", "UPDATE", "DEL")))
        asked, yes = ON_THE_DISK[connection.dialect.name]
        cursor = connection.connection.cursor()
        cursor.execute(asked)
        (answer,) = cursor.fetchone() or ("",)
        cursor.close()
        if written:
            self.seen.append((written, str(answer) == yes))


@pytest.fixture
def commits() -> Iterator[Commits]:
    """The commits of all databases that this process opens."""
    commits = Commits()
    event.listen(Engine, "before_cursor_execute", commits.executed)
    event.listen(Engine, "rollback", commits.taken_back)
    event.listen(Engine, "commit", commits.committed)
    yield commits
    event.remove(Engine, "before_cursor_execute", commits.executed)
    event.remove(Engine, "rollback", commits.taken_back)
    event.remove(Engine, "commit", commits.committed)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_was_said_outlasts_a_power_cut(
    commits: Commits, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The request before its ack, the intent before its PATCH, the outcome before its message."""
    url = "" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    async with world(tmp_path, database_url=url) as here:
        await here.start()
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        told = here.channel()[0].plain

    promised = [
        on_disk
        for written, on_disk in commits.seen
        if any(f"{does} {each}" in one for one in written for each in PROMISED for does in WRITING)
    ]
    turns = [on_disk for written, on_disk in commits.seen if "INTO holds" in " ".join(written)]
    assert "Token disabled" in told
    assert len(promised) >= 3
    assert set(promised) == {True}
    assert turns
    assert set(turns) == {False}
