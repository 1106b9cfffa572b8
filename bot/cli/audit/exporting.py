import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path
from typing import BinaryIO, Literal

from bot.check.findings import counted
from bot.cli.audit.database import with_record
from bot.cli.audit.files import FileNotMadeError, new_file
from bot.cli.exit_codes import ExitCode
from bot.cli.terminal import say, write_no_more
from bot.storage.record import WantedEvents
from bot.storage.record_reading import RecordReading
from bot.storage.store import SqlStore

Format = Literal["jsonl", "csv"]
_COLUMNS = (
    "sequence",
    "at",
    "tag",
    "actor",
    "team",
    "change",
    "instance",
    "authorization",
    "detail",
    "previous",
    "hash",
)
# https://owasp.org/www-community/attacks/CSV_Injection: what spreadsheets take as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def export(wanted: WantedEvents, form: Format, output: Path | None) -> ExitCode:
    """Write the events that are wanted to a file or to standard output; give the exit code."""
    if output is None and sys.stdout is None:
        say("Standard output is closed. Give --output.")
        return ExitCode.USAGE
    return with_record(partial(_export, wanted, form, output))


async def _export(
    wanted: WantedEvents, form: Format, output: Path | None, store: SqlStore, where: str
) -> ExitCode:
    if wanted.change_ids is not None and not await _has_any(store, wanted.change_ids):
        say(f"There is no change {wanted.change_ids[0]!a} in the record in {where}.")
        return ExitCode.FAILED
    try:
        with _opened(output) as file:
            count = await write_events(store, wanted, form, file)
    except FileNotMadeError as error:
        say(str(error))
        return error.code
    except BrokenPipeError:
        # Whoever reads has seen enough.
        write_no_more(sys.stdout)
        return ExitCode.FAILED
    except OSError as error:
        write_no_more(sys.stdout)
        say(f"Standard output takes nothing: {error.strerror}. Not all was written.")
        return ExitCode.FAILED
    say(f"{counted(count, 'event')} of the record in {where} exported.")
    return ExitCode.DONE


async def _has_any(store: SqlStore, change_ids: tuple[str, ...]) -> bool:
    async with store.reading() as reading:
        return bool(await reading.page(WantedEvents(change_ids=change_ids), None, 1))


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    if output is not None:
        with new_file(output) as file:
            yield file
    else:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()


async def write_events(store: SqlStore, wanted: WantedEvents, form: Format, file: BinaryIO) -> int:
    """Write the events that are wanted, a line each; say how many."""
    count = 0
    line = line_of(form)
    if form == "csv":
        file.write(_row(_COLUMNS))
    async for event in RecordReading(store, wanted).events():
        file.write(line(event))
        count += 1
    return count


def line_of(form: Format) -> Callable[[Mapping[str, object]], bytes]:
    """Give what writes an event as a line."""
    return _json_line if form == "jsonl" else _csv_line


def _json_line(event: Mapping[str, object]) -> bytes:
    return f"{_json({name: event[name] for name in _COLUMNS})}\n".encode()


def _csv_line(event: Mapping[str, object]) -> bytes:
    return _row([_cell(event[name]) for name in _COLUMNS])


def _json(value: object) -> str:
    # Whoever has changed the record may have left there what is no JSON.
    return json.dumps(value, separators=(",", ":"), default=str)


def _cell(value: object) -> str:
    """Give a value as a cell that no spreadsheet computes."""
    if value is None:
        return ""
    text = _json(value) if isinstance(value, dict | list) else str(value)
    computed = not isinstance(value, int) and text.startswith(_FORMULA)
    return f"'{text}" if computed else text


def _row(cells: tuple[str, ...] | list[str]) -> bytes:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode("utf-8", "backslashreplace")
