"""Whether the database is there, fits, and is its owner's alone."""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from bot.changes.decision import Freeze
from bot.changes.moments import moment
from bot.check.findings import Finding, counted, note, ok, problem

_BACKUP = "Restore the database from a backup, or set DATABASE_URL to another file."
_SERVER = "Set DATABASE_URL to a PostgreSQL that answers, and to a user that it lets in."
_PLACE = "Set DATABASE_URL to a file in a folder that the bot may write."


class Schema(Enum):
    """How the tables of a database compare with those that this version needs."""

    CURRENT = auto()
    OLDER = auto()
    NEWER = auto()
    NONE = auto()
    FOREIGN = auto()


@dataclass(frozen=True)
class Absent:
    """There is no file; ``obstacle`` says why none can be made, and is empty if one can."""

    path: Path
    obstacle: str = ""


@dataclass(frozen=True)
class Closed:
    """There is something, and it cannot be read as a database."""

    path: Path
    why: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What was found in a database.

    Attributes:
        schema: How its tables compare.
        head: Where the record ends by its head; None if the head is missing.
        last: Where the record ends by its last event; None if there is none.
        freeze: What stops all changes, or None.
    """

    schema: Schema = Schema.CURRENT
    head: tuple[int, str] | None = None
    last: tuple[int, str] | None = None
    freeze: Freeze | None = None


@dataclass(frozen=True)
class Opened(Contents):
    """A SQLite file.

    Attributes:
        path: The file.
        mode: Who may read and write the file.
        folder: Who may read and write its folder.
        writable: Whether file and folder can be written: a database writes beside its file, too.
    """

    path: Path
    mode: int
    folder: int = stat.S_IRWXU
    writable: bool = True


@dataclass(frozen=True)
class Unreached:
    """A PostgreSQL that does not answer, or lets nobody in."""

    place: str
    why: str


@dataclass(frozen=True)
class Served(Contents):
    """A database of a PostgreSQL.

    Attributes:
        place: Its name, and the server.
        version: The server's.
        encoding: How it keeps texts.
        standby: Whether it only follows another server, or takes no writes for another reason.
        durable: Whether a commit is on the disk when it returns.
        may_create: Whether the user may make tables.
        may_write: Whether the user may read and write the bot's tables, as far as they are there.
    """

    place: str
    version: str
    encoding: str = "UTF8"
    standby: bool = False
    durable: bool = True
    may_create: bool = True
    may_write: bool = True


DatabaseFacts = Absent | Closed | Opened | Unreached | Served


def database_findings(facts: DatabaseFacts) -> list[Finding]:
    """Judge the database that the settings name."""
    match facts:
        case Absent(path, ""):
            return [ok(f"There is none at {path} yet; the start makes it.")]
        case Absent(path, obstacle):
            return [problem(f"There is none at {path}, and none can be made: {obstacle}.", _PLACE)]
        case Closed(path, why):
            return [problem(f"{path} cannot be opened: {why}.", _BACKUP)]
        case Unreached(place, why):
            return [problem(f"{place} cannot be opened: {why}.", _SERVER)]
        case Opened(path):
            return _judged(facts, f"{path} opens", f"{path}", _access(facts))
        case Served(place, version):
            opens = f"{place} answers (PostgreSQL {version})"
            return _judged(facts, opens, place, _grants(facts))


def _judged(facts: Contents, opens: str, where: str, besides: Iterable[Finding]) -> list[Finding]:
    if facts.schema is Schema.FOREIGN:
        return [
            problem(
                f"{where} is the database of something else.",
                "Set DATABASE_URL to one of the bot's own.",
            )
        ]
    return [*_schema(facts, opens, where), *besides, *_record(facts), *_freeze(facts)]


def _schema(facts: Contents, opens: str, where: str) -> Iterator[Finding]:
    match facts.schema:
        case Schema.CURRENT:
            yield ok(f"{opens}, and its tables are those of this version.")
        case Schema.OLDER:
            yield note(
                f"{opens}; its tables are of an earlier version, and the start brings them up to "
                "date.",
                "Back it up first: the way back is a backup.",
            )
        case Schema.NONE:
            yield ok(f"{opens}, and is empty; the start makes its tables.")
        case Schema.NEWER:
            yield problem(
                f"The tables of {where} are of a later version than this one.",
                "Run the version that made them, or a later one.",
            )


def _grants(facts: Served) -> Iterator[Finding]:
    if facts.standby:
        yield problem(
            f"{facts.place} takes no writes: it only follows another server, or is set so.",
            "Set DATABASE_URL to the server that takes writes.",
        )
    if facts.encoding != "UTF8":
        yield problem(
            f"{facts.place} keeps texts as {facts.encoding}, which not every text fits into.",
            "Make a database with ENCODING 'UTF8', and set DATABASE_URL to it.",
        )
    if facts.schema in {Schema.NONE, Schema.OLDER} and not facts.may_create:
        yield problem(
            f"The user of {facts.place} may make no tables there.",
            "Grant it CREATE on the schema, or make it the database's owner.",
        )
    if not facts.may_write:
        yield problem(
            f"The user of {facts.place} may not read and write all of the bot's tables.",
            "Make it the owner of the tables.",
        )
    if not facts.durable:
        yield note(
            f"{facts.place} does not wait for its disk: a crash may lose what was acknowledged.",
            "Set fsync and synchronous_commit to on.",
        )


def _access(facts: Opened) -> Iterator[Finding]:
    if not facts.writable:
        yield problem(
            f"{facts.path} or its folder cannot be written by whoever runs this.",
            "Give the file and its folder to the user that runs the bot.",
        )
    remedy = f"Let its owner alone read it: chmod 600 {facts.path}"
    if facts.mode & (stat.S_IROTH | stat.S_IWOTH):
        yield problem(f"Everybody on this machine can read or write {facts.path}.", f"{remedy}.")
    elif facts.mode & (stat.S_IRGRP | stat.S_IWGRP):
        yield note(f"The group of {facts.path} can read or write it.", f"{remedy}.")
    # In a folder such as /tmp everybody moves their own files alone.
    if facts.folder & stat.S_IWOTH and not facts.folder & stat.S_ISVTX:
        yield problem(
            f"Everybody on this machine can put another database in the place of {facts.path}.",
            f"Let its owner alone write its folder: chmod 700 {facts.path.parent}.",
        )


def _record(facts: Contents) -> Iterator[Finding]:
    if facts.schema not in {Schema.CURRENT, Schema.OLDER}:
        return
    if facts.head is None:
        yield problem("The record has lost its head, so nothing can be recorded.", _BACKUP)
    elif facts.head[0] and facts.head != facts.last:
        yield problem(
            f"The record does not end where its head says, at event {facts.head[0]}.",
            "Run token-bot audit verify.",
        )
    else:
        yield ok(f"The record ends where its head says, with {counted(facts.head[0], 'event')}.")


def _freeze(facts: Contents) -> Iterator[Finding]:
    if facts.freeze is not None:
        why = f" ({facts.freeze.reason})" if facts.freeze.reason else ""
        yield note(
            f"All changes are stopped since {moment(facts.freeze.at)}{why}.",
            "token-bot unfreeze lets them go on.",
        )
