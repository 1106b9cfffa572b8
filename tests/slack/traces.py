"""What a request leaves behind."""

import sqlite3
from contextlib import closing

from tests.world import World

_TABLES = ("requests", "targets", "audit_events", "deliveries", "holds", "stored_queries")


def traces(here: World) -> tuple[int, ...]:
    """Count the requests to InfluxDB and Slack, and the rows of each table."""
    path = here.settings["database_url"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database:
        rows = [database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in _TABLES]  # noqa: S608 - our tables' names
    return len(here.influxdb.journal), len(here.slack.journal), *rows


def answers(here: World, method: str = "chat.postMessage") -> list[int]:
    """Give the statuses with which Slack has answered calls of a method, in their order."""
    return [call.status for call in here.slack.journal if call.method == method]
