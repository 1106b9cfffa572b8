"""Where a process is killed, and the switch inside it that does so."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from bot.changes.steps import Step

_COMMITTED = "committed, and not given back yet"


class Kind(StrEnum):
    """What is counted until a process is killed.

    Steps, statements and commits are counted by the process itself. Calls are counted by the
    stand-ins: one that has come and had no effect yet, or had it and is not answered.
    """

    STEP = "step"
    BEFORE_STATEMENT = "before statement"
    AFTER_STATEMENT = "after statement"
    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"
    BEFORE_INFLUXDB = "before influxdb call"
    AFTER_INFLUXDB = "after influxdb call"
    BEFORE_SLACK = "before slack call"
    AFTER_SLACK = "after slack call"


@dataclass(frozen=True)
class Point:
    """The n-th time, from 1, that something happens."""

    kind: Kind
    number: int

    def __str__(self) -> str:
        return f"{self.kind.value} {self.number}"


class Switch:
    """Count what happens in this process, and end it as ``kill -9`` does at a point.

    Args:
        point: Where; None for nowhere.
        last_words: Told where exactly, before the end.

    Attributes:
        armed: Whether it counts.
        steps: How often each step was reached.
        counts: How often each kind of thing has happened.
    """

    def __init__(self, point: Point | None, last_words: Callable[[str], None]) -> None:
        self.armed = False
        self.steps: Counter[str] = Counter()
        self.counts: Counter[Kind] = Counter()
        self._point = point
        self._last_words = last_words

    def reached(self, step: Step) -> None:
        """Count a step."""
        self.steps[step.value] += 1
        self._count(Kind.STEP, step.value)

    def listen(self) -> None:
        """Count the statements and commits of every engine of this process."""
        event.listen(Engine, "before_cursor_execute", self._before_statement)
        event.listen(Engine, "after_cursor_execute", self._after_statement)
        event.listen(Engine, "commit", self._before_commit)
        event.listen(Pool, "checkin", self._given_back)

    def _before_statement(self, _connection: Connection, *details: object) -> None:
        self._count(Kind.BEFORE_STATEMENT, str(details[1]))

    def _after_statement(self, _connection: Connection, *details: object) -> None:
        self._count(Kind.AFTER_STATEMENT, str(details[1]))

    def _before_commit(self, connection: Connection) -> None:
        self._count(Kind.BEFORE_COMMIT, "")
        connection.info[_COMMITTED] = True

    def _given_back(self, _connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        # There is no event after a commit; a connection goes back to the pool right after it.
        if entry.info.pop(_COMMITTED, False):
            self._count(Kind.AFTER_COMMIT, "")

    def _count(self, kind: Kind, what: str) -> None:
        if not self.armed:
            return
        self.counts[kind] += 1
        if self._point == Point(kind, self.counts[kind]):
            self._last_words(" ".join(what.split())[:60])
            os.kill(os.getpid(), signal.SIGKILL)
