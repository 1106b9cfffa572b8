"""What must hold when all is over: nothing lost, everybody answered, and nothing left open."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.soak.traffic import CHANGES, Sent
from bench.surroundings import Surroundings

_ACK_SECONDS = 3.0
_STATE = """
SELECT new_status, new_description, t.state FROM targets t JOIN requests r ON r.id = t.request_id
WHERE authorization_id = ? AND t.state = 'done' ORDER BY finished_at
"""


def unsettled(database: Path) -> int:
    """Count the requests that are not over or not told."""
    return _count(
        database, "SELECT count(*) FROM requests WHERE state <> 'finished' OR NOT announced"
    )


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
    stored = _count(database, "SELECT count(*) FROM requests")
    asked = [each for each in sent if each.name in CHANGES and not each.told]
    answered = {each.response for each in asked} & urls
    if stored + len(answered) < len(asked):
        found.append(f"{len(asked)} changes were accepted, and {stored} are stored")
    if stored - len(asked) > 0:
        found.append(f"{stored} changes are stored, and {len(asked)} were asked for")
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
            for new_status, new_description, _ in connection.execute(_STATE, (authorization_id,)):
                status = new_status or status
                description = new_description or description
            true = here.influxdb.authorization(authorization_id)
            if true.status != status or description not in {None, true.description}:
                found.append(
                    f"{authorization_id} is {true.status} {true.description!r}, and the record "
                    f"says {status} {description!r}"
                )
    return found


def _count(database: Path, statement: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(statement).fetchone()[0])
