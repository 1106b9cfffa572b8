import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from bot.changes.anchor import Anchor
from bot.changes.request import ChangeRequest
from bot.check.findings import counted
from bot.cli.audit.case import approvals, receipts, timeline
from bot.cli.audit.database import head_missing, with_record
from bot.cli.audit.exporting import line_of
from bot.cli.audit.files import FileNotMadeError, new_file
from bot.cli.audit.verifying import verifier_source
from bot.cli.exit_codes import ExitCode
from bot.cli.terminal import say
from bot.clock import system_clock
from bot.storage.record import WantedEvents
from bot.storage.record_reading import RecordReading
from bot.storage.store import SqlStore

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_READ_ONLY = 0o100444 << 16
_README = """\
timeline.txt, receipts.txt and approvals.txt tell what happened, as the record has it; events.jsonl is the record's own words.
To check that none of these events was changed, with Python 3.11 and nothing else: python3 verify_record.py events.jsonl --filtered --anchors anchor.txt
anchor.txt is the record's anchor when this was made: keep it, or compare it with those in your feed; docs/security.md has the rule by which it is made.
"""  # noqa: E501 - three lines, as they are read


def bundle(change_id: str, output: Path) -> ExitCode:
    """Write all that concerns a change into one file; give the exit code."""
    return with_record(partial(_bundle, change_id, output))


async def _bundle(change_id: str, output: Path, store: SqlStore, where: str) -> ExitCode:
    async with store.reading() as reading:
        changes = await reading.incident(change_id)
        anchor = Anchor(*await reading.head_if_any(), system_clock())
    if not anchor.hash:
        return head_missing(where)
    if not changes:
        say(f"There is no change {change_id[:16]!a} in {where}.")
        return ExitCode.FAILED
    wanted = WantedEvents(change_ids=tuple(change.id for change in changes), up_to=anchor.sequence)
    events = [event async for event in RecordReading(store, wanted).events()]
    contents = {
        "README.txt": _README,
        "anchor.txt": f"{anchor.written}\n",
        "approvals.txt": approvals(changes),
        "events.jsonl": b"".join(map(line_of("jsonl"), events)).decode(),
        "receipts.txt": receipts(changes),
        "timeline.txt": timeline(change_id, changes, events),
        "verify_record.py": verifier_source(),
    }
    try:
        with new_file(output) as file:
            _write(file, contents)
    except FileNotMadeError as error:
        say(str(error))
        return error.code
    say(_told(output, changes, len(events)))
    return ExitCode.DONE


def _write(file: BinaryIO, contents: Mapping[str, str]) -> None:
    """Write files into an archive whose bytes depend on nothing else.

    They are not compressed, since compression differs from version to version.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, text in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.create_system = 3
            entry.external_attr = _READ_ONLY
            archive.writestr(entry, text.encode("utf-8", "backslashreplace"))


def _told(output: Path, changes: Sequence[ChangeRequest], count: int) -> str:
    names = ", ".join(change.id for change in changes)
    of_which = "change" if len(changes) == 1 else "changes"
    return f"{output}: {counted(count, 'event')} of {of_which} {names}."
