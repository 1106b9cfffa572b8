from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.changes.errors import ErrorCode, Problem, UserError
from bot.cli.audit import bundling, exporting, trimming, verifying
from bot.cli.audit.moments import NoMomentError, read_moment
from bot.cli.exit_codes import ExitCode
from bot.cli.terminal import say
from bot.commands.identifiers import authorization_id, change_id, user_id
from bot.storage.record import WantedEvents

AnchorOption = Annotated[tuple[str, ...], Parameter(name="--anchor", negative="")]


def audit_app() -> App:
    """Give the commands on the record."""
    app = App(name="audit", help="Read, check, hand on and trim the record.")
    app.command(_verify, name="verify")
    app.command(_anchor, name="anchor")
    app.command(_verifier, name="verifier")
    app.command(_export, name="export")
    app.command(_bundle, name="bundle")
    app.command(_trim, name="trim")
    return app


def _verify(*, anchor: AnchorOption = (), anchors: Path | None = None) -> int:
    """Check that no event of the record was changed, removed, inserted or reordered.

    It names each event with which something is wrong, and exits 0 if all hold, 1 if not, and 2 if
    arguments or settings are wrong.

    Args:
        anchor: What the record is known to have held, as NUMBER:HASH; may be repeated. Only with
            an anchor is it found that events at the end are missing together with their head.
        anchors: A text file with anchors in it, such as messages pasted from Slack, or a log.
    """
    return verifying.verify(anchor, anchors)


def _anchor() -> int:
    """Print the anchor of the record as it is now: NUMBER:HASH, and the time.

    It exits 0 if it was printed, 1 if the record is empty or its head is missing, and 2 if settings
    are wrong.
    """
    return verifying.print_anchor()


def _export(
    *,
    form: Annotated[exporting.Format, Parameter(name="--format")] = "jsonl",
    since: str | None = None,
    until: str | None = None,
    token: str | None = None,
    on: str | None = None,
    person: str | None = None,
    change: str | None = None,
    output: Path | None = None,
) -> int:
    """Write the record, or a part of it, to standard output or a file.

    Each event has its number, its hash and the one before, by which it is checked. A file is its
    owner's alone, and never written over. It exits 0 if all was written, 1 if not or if there is no
    such change, and 2 if arguments or settings are wrong.

    Args:
        form: jsonl, an object a line, which can be verified; or csv, for spreadsheets.
        since: A day or a moment, in UTC, such as 2026-11-01 or 2026-11-01T09:30: events from then.
        until: Events before this day or moment.
        token: Events of the token with this id.
        on: Events on this InfluxDB instance.
        person: Events of this Slack user, such as U0ALICE, or of somebody at the bot's machine,
            such as root@host.
        change: Events of this change.
        output: The file to write.
    """
    try:
        wanted = WantedEvents(
            authorization_id=None if token is None else authorization_id(token),
            instance=on,
            actor=None if person is None else _actor(person),
            change_ids=None if change is None else (change_id(change),),
            since=None if since is None else read_moment(since),
            until=None if until is None else read_moment(until),
        )
    except NoMomentError as error:
        say(str(error))
        return ExitCode.USAGE
    except UserError as error:
        say(error.problem.message)
        return ExitCode.USAGE
    if wanted.since is not None and wanted.until is not None and wanted.until <= wanted.since:
        say("--until is not later than --since: no event is between them. Nothing was written.")
        return ExitCode.USAGE
    return exporting.export(wanted, form, output)


def _actor(person: str) -> str:
    """Read who is meant: a Slack user, or somebody at the bot's machine, such as root@host."""
    if "@" in person.lstrip("@") or ":" in person:
        return person
    found = user_id(person)
    if found is None:
        raise UserError(
            Problem(
                ErrorCode.USAGE,
                f"“{person}” is not a Slack user's id: that begins with U or W, such as U0ALICE.",
            )
        )
    return found


def _bundle(change: str, *, output: Path) -> int:
    """Write all that concerns an incident into one zip file.

    It has a timeline, receipts and approvals to read, and events, anchor and verifier to check them
    with: of the change, its undo and retries, what was disabled again, and what was asked for with
    a report of a leaked secret. The same record gives the same bytes. It exits 0 if it was written,
    1 if not, and 2 if arguments or settings are wrong.

    Args:
        change: The id of one of the changes, such as 7F3K2Q.
        output: The file to write, which is its owner's alone, and never written over.
    """
    try:
        return bundling.bundle(change_id(change), output)
    except UserError as error:
        say(error.problem.message)
        return ExitCode.USAGE


def _trim(*, before: str, output: Path) -> int:
    """Export the events before a day into a file, and remove them from the record.

    The record then begins behind the last of them, which an event of its own says, so that it and
    the file can be verified as before. Nothing is removed that is younger than 30 days, that a
    change which is not over needs, or if the record does not hold. It exits 0 if it was done, 1 if
    not, and 2 if arguments or settings are wrong.

    Args:
        before: A day or a moment, in UTC, such as 2026-01-01: events from then on are kept.
        output: The file to write, as jsonl; it is its owner's alone, and never written over.
    """
    try:
        return trimming.trim(read_moment(before), output)
    except NoMomentError as error:
        say(str(error))
        return ExitCode.USAGE


def _verifier() -> int:
    """Print a program that checks an export, or a SQLite database, and needs only Python.

    It exits 0 if it was printed. The program exits 0 if what it reads holds, 1 if not, and 2 if it
    cannot read it.
    """
    return verifying.print_verifier()
