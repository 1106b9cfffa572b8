from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

from bot.audit_verifier import verify_record
from bot.audit_verifier.verify_record import NotReadableError, RecordCheck, given_anchors
from bot.changes.anchor import Anchor
from bot.changes.moments import exact_moment
from bot.cli.audit.database import head_missing, with_record
from bot.cli.exit_codes import ExitCode
from bot.cli.refusals import refuse
from bot.cli.terminal import printed, put
from bot.clock import system_clock
from bot.storage.record import WantedEvents
from bot.storage.record_reading import RecordReading
from bot.storage.store import SqlStore


def verify(single: Sequence[str], file: Path | None) -> ExitCode:
    """Check the record, say what was found, and give the exit code.

    Args:
        single: Anchors as they were typed.
        file: A text with anchors in it.
    """
    try:
        text = None if file is None else file.read_text("utf-8", "replace")
        anchors = given_anchors(single, text)
    except OSError as error:
        return refuse(f"{file}: {error.strerror}.")
    except NotReadableError as error:
        return refuse(str(error))
    return with_record(partial(_verify, anchors))


async def _verify(anchors: Sequence[verify_record.Anchor], store: SqlStore, where: str) -> ExitCode:
    check = await checked(store, anchors)
    put("\n".join(check.report(where)), instead="")
    return ExitCode.DONE if check.holds else ExitCode.FAILED


async def checked(store: SqlStore, anchors: Sequence[verify_record.Anchor] = ()) -> RecordCheck:
    """Check the whole record."""
    check = RecordCheck(anchors)
    reading = RecordReading(store, WantedEvents())
    async for event in reading.events():
        check.look_at(event)
    check.end(reading.head)
    return check


def print_anchor() -> ExitCode:
    """Print what the record is known by now; give the exit code."""
    return with_record(_print_anchor)


async def _print_anchor(store: SqlStore, where: str) -> ExitCode:
    async with store.reading() as reading:
        anchor = Anchor(*await reading.head_if_any(), system_clock())
    if not anchor.hash:
        return head_missing(where)
    if anchor.sequence == 0:
        return refuse(
            f"The record in {where} is empty: there is nothing to anchor.", code=ExitCode.FAILED
        )
    return printed(f"{anchor.written}  {exact_moment(anchor.at)}")


def print_verifier() -> ExitCode:
    """Print the stand-alone verifier; give the exit code."""
    return printed(verifier_source())


def verifier_source() -> str:
    """Give the stand-alone verifier as it is handed on."""
    return (files("bot.audit_verifier") / "verify_record.py").read_text("utf-8")
