"""What must hold when all is over: nothing lost, everybody answered, and nothing left open."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.soak.traffic import CHANGES, Sent
from bench.surroundings import Surroundings

_ACK_SECONDS = 3.0
_OPEN = "SELECT id FROM requests WHERE state <> 'finished' OR NOT announced"
_STATE = """
SELECT new_status, new_description FROM targets t JOIN requests r ON r.id = t.request_id
WHERE authorization_id = ? AND t.state = 'done' ORDER BY finished_at
"""


def unsettled(database: Path) -> int:
    """Count the requests that are not over or not told."""
    return len(_rows(database, _OPEN))


def violations(here: Surroundings, database: Path, sent: list[Sent], urls: set[str]) -> list[str]:
    """Say what does not hold, a line each.

    Args:
        here: Both stand-ins, at rest.
        database: The bot's, at rest.
        sent: What was typed.
        urls: The paths of the response URLs that were answered by.
    """
    found: list[str] = []
    late = [each for each in sent if each.status != 200 or each.seconds > _ACK_SECONDS]
    found += [f"{each.name}: acked {each.status} after {each.seconds:.1f} s" for each in late]
    promised = {change for each in sent if (change := each.change) is not None}
    stored = {str(row[0]) for row in _rows(database, "SELECT id FROM requests")}
    found += [
        f"change {change} was acknowledged, and is not stored" for change in promised - stored
    ]
    not_confirmed = sum("Could not confirm" in each.told for each in sent)
    if len(stored - promised) > not_confirmed:
        found.append(f"{len(stored - promised)} changes are stored that nobody was told of")
    if left := unsettled(database):
        found.append(f"{left} requests are not over, or not told")
    reads = [each for each in sent if each.name not in CHANGES and not each.told]
    silent = [each for each in reads if each.response not in urls]
    told_otherwise = sum(call.method == "chat.postEphemeral" for call in here.slack.journal)
    if len(silent) > told_otherwise:
        found.append(f"{len(silent) - told_otherwise} questions have no answer")
    found += _untrue(here, database)
    return found


def _untrue(here: Surroundings, database: Path) -> list[str]:
    """Compare what the record says of each token last with what is true."""
    found = []
    with closing(sqlite3.connect(database)) as connection:
        for authorization_id in here.tokens:
            status, description = "active", None
            for new_status, new_description in connection.execute(_STATE, (authorization_id,)):
                status = new_status or status
                description = new_description or description
            true = here.influxdb.authorization(authorization_id)
            if true.status != status or description not in {None, true.description}:
                found.append(
                    f"{authorization_id} is {true.status} {true.description!r}, and the record "
                    f"says {status} {description!r}"
                )
    return found


def _rows(database: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()
