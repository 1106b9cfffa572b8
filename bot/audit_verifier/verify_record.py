"""Check the audit record of influxdb-token-bot without the bot.

It reads an export (``token-bot audit export --format jsonl``) or a SQLite database, needs nothing
but Python 3.11, and changes nothing. It exits 0 if what it has read holds, 1 if something is wrong,
and 2 if the file or an argument cannot be read.

The hash rule: take an event as it is exported, leave out ``hash``, write the rest as JSON with the
keys sorted, without spaces and with everything beyond ASCII escaped, and take the SHA-256 of that
in hexadecimal. ``previous`` is the hash of the event before; the first one's is 64 zeros.
"""

import argparse
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

GENESIS = "0" * 64
COLUMNS = (
    "sequence",
    "tag",
    "at",
    "actor",
    "team",
    "change_id",
    "instance",
    "authorization_id",
    "detail",
    "previous_hash",
    "hash",
)
_NAMES = (*COLUMNS[:5], "change", "instance", "authorization", "detail", "previous", "hash")
_TRIMMED = "record.trimmed"
_ANCHOR = re.compile(r"(?<![0-9a-f])([1-9][0-9]{0,17}):([0-9a-f]{64})(?![0-9a-f])")
# An event that does not fit its number may fit one nearby. Each try is a hash, so there is an end.
_NEARBY = 100
_MOST_SEARCHES = 100
_SQLITE = b"SQLite format 3\x00"
_PAGE = 5_000
_MOST_LINES = 100
_MOST_STRETCHES = 20

Event = Mapping[str, object]
Anchor = tuple[int, str]


def event_hash(event: Event, sequence: int | None = None) -> str:
    """Give the hash of an event as it is exported; empty if it is none that could be written.

    Args:
        event: With or without its own hash, which does not count.
        sequence: The number that it is to be hashed with; its own by default.
    """
    content = dict(event)
    content.pop("hash", None)
    if sequence is not None:
        content["sequence"] = sequence
    try:
        written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return ""
    return hashlib.sha256(written.encode("ascii")).hexdigest()


def exported(row: Sequence[object]) -> dict[str, object]:
    """Give an event as it is exported, from its row as the database has it.

    Whatever stands there is taken as it is, so that what somebody has changed can be named.

    Args:
        row: The values of ``COLUMNS``; the moment as SQLite's text or with its time zone.
    """
    event = dict(zip(_NAMES, row, strict=True))
    at, detail = event["at"], event["detail"]
    if isinstance(at, str):
        event["at"] = f"{at.replace(' ', 'T')}+00:00"
    elif isinstance(at, datetime):
        event["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(detail, str):
        try:
            event["detail"] = json.loads(detail)
        except (ValueError, RecursionError):
            # It stays what it is; no detail that was written is a text.
            return event
    return event


def as_text(stored: bytes) -> str:
    """Read a text of SQLite's, which may be none: whoever has changed it may have put any bytes."""
    return stored.decode("utf-8", "surrogateescape")


def as_head(rows: Sequence[Sequence[object]]) -> Anchor:
    """Give the number and the hash of the last event; an empty hash if what stands there is none.

    Args:
        rows: What stands as the head, each a number and a hash; there should be one.
    """
    if len(rows) == 1:
        number, last_hash = rows[0]
        if isinstance(number, int) and isinstance(last_hash, str):
            return number, last_hash
    return 0, ""


def anchors_in(text: str) -> list[Anchor]:
    """Find every anchor, NUMBER:HASH, in whatever was pasted around it."""
    return [(int(number), found) for number, found in _ANCHOR.findall(text)]


class RecordCheck:
    """Tell, event by event in the order of their numbers, what is not as it was written.

    It keeps no events, so that a record of any length can be checked.

    Args:
        anchors: What the record is known to have held, from elsewhere.
        filtered: Whether events may be left out, as in an export of one token's.

    Attributes:
        count: How many events were looked at.
        holding: How many of them are as they were written, where they were written.
        wrong: What is wrong, a line each; after the first hundred they are only counted.
        more: How many more lines there would be.
        notes: What is to be known besides, once ``end`` was called.
    """

    def __init__(self, anchors: Iterable[Anchor] = (), *, filtered: bool = False) -> None:
        self.count = 0
        self.holding = 0
        self.wrong: list[str] = []
        self.more = 0
        self.notes: list[str] = []
        self._anchors = sorted(set(anchors))
        self._filtered = filtered
        self._begins_behind: Anchor | None = None
        self._trimmed_by: Event | None = None
        self._last, self._hash, self._sound = 0, GENESIS, True
        self._left_out: list[str] = []
        self._stretches = 0
        self._run: _Run | None = None
        self._shift = 0
        self._searches = 0
        self._missing, self._missing_at_end = 0, 0

    @property
    def holds(self) -> bool:
        """Tell whether nothing was wrong so far."""
        return not self.wrong

    def look_at(self, event: Event) -> None:
        """Look at the next event."""
        self.count += 1
        self._note(self._wrong_with(event))

    def end(self, head: Anchor | None = None) -> None:
        """Look at the record's beginning and end, and at the anchors that are left.

        Args:
            head: The number and hash that are kept beside the events as those of the last one; an
                empty hash where they should be and are not; None where there are none.
        """
        found = self._end_of_run()
        found += self._beginning()
        if head is not None:
            found += self._against_head(head)
        found += self._anchors_left(proven=head is not None)
        if self._left_out:
            more = self._stretches - len(self._left_out)
            also = f", and {more} more stretches" if more else ""
            self.notes.append(f"Not in this file: events {', '.join(self._left_out)}{also}.")
        self._note(found)

    def report(self, what: str) -> list[str]:
        """Give what was found, line by line, and the verdict last.

        Args:
            what: Names what was checked, such as ``record.jsonl``.
        """
        more = [f"And {self.more} more like these."] if self.more else []
        return [*self.wrong, *more, *self.notes, self._verdict(what)]

    def _verdict(self, what: str) -> str:
        if not self.holds:
            were = self.count + self._missing + self._missing_at_end
            if self.holding == were:
                return f"The record in {what} is broken, though each event fits the one before it."
            return f"The record in {what} is broken: {self.holding} of {were} events hold."
        many = f"{self.count} event{'' if self.count == 1 else 's'}"
        return f"The record in {what} holds: {many}, each in its place."

    def _note(self, found: Sequence[str]) -> None:
        free = max(0, _MOST_LINES - len(self.wrong))
        self.wrong += found[:free]
        self.more += len(found[free:])

    def _wrong_with(self, event: Event) -> list[str]:
        """Say what is wrong before an event and with it, as far as is known yet."""
        number = event.get("sequence")
        if not isinstance(number, int) or not isinstance(event.get("hash"), str):
            # It stands in the place of one that is missing, or is no part of the record.
            self._missing -= 1
            return [*self._end_of_run(), f"What stands behind event {self._last} is no event."]
        if number <= self._last:
            where = f"stands behind event {self._last}"
            return [*self._end_of_run(), f"{_named(event)} {where}: the order was changed."]
        found = self._gap_before(number, event)
        written_as = self._written_as(number, event)
        follows = event.get("previous") == self._hash
        if written_as is None or written_as != number:
            found += self._goes_on(number, written_as, event)
            self._sound = False
        else:
            found += self._end_of_run()
            if self._sound and not follows:
                found.append(_replaced(number, event))
            else:
                self.holding += 1
            self._sound = True
            self._look_for_trim(event)
        found += self._against_anchors(number, str(event["hash"]))
        self._last, self._hash = number, str(event["hash"])
        return found

    def _begins_at(self) -> int:
        return -1 if self._begins_behind is None else self._begins_behind[0]

    def _gap_before(self, number: int, event: Event) -> list[str]:
        """Say which events are missing before this one."""
        expected = self._last + 1
        if number == expected:
            return []
        found = self._end_of_run()
        missing = _numbers(expected, number - 1)
        if self._filtered:
            self._stretches += 1
            if self._stretches <= _MOST_STRETCHES:
                self._left_out.append(missing)
        elif self.count == 1:
            # It may have been trimmed, which a later event says.
            self._begins_behind = (number - 1, str(event.get("previous")))
            self._last = number - 1
        else:
            found.append(f"{_events(missing)} {_are(missing)} missing.")
            self._missing += number - expected
        self._sound = False
        return found

    def _written_as(self, number: int, event: Event) -> int | None:
        """Give the number under which an event was written, if it was written as it stands."""
        wanted = event["hash"]
        if event_hash(event) == wanted:
            return number
        if self._shift and event_hash(event, number + self._shift) == wanted:
            return number + self._shift
        if self._searches >= _MOST_SEARCHES:
            return None
        self._searches += 1
        for step in range(1, _NEARBY + 1):
            for other in (number + step, number - step):
                if other > 0 and event_hash(event, other) == wanted:
                    self._shift = other - number
                    return other
        return None

    def _goes_on(self, number: int, written_as: int | None, event: Event) -> list[str]:
        """Add an event to what is wrong with those right before it, or say that and begin anew."""
        shift = None if written_as is None else written_as - number
        run = self._run
        if run is not None and run.shift == shift and run.last == number - 1:
            run.last = number
            return []
        found = self._end_of_run()
        self._run = _Run(number, number, shift, _named(event))
        return found

    def _end_of_run(self) -> list[str]:
        run, self._run = self._run, None
        return [] if run is None else [run.told()]

    def _look_for_trim(self, event: Event) -> None:
        """Keep the event that says that what is missing at the beginning was trimmed."""
        detail = event.get("detail")
        if event.get("tag") != _TRIMMED or not isinstance(detail, dict):
            return
        if detail.get("until") == self._begins_at():
            self._trimmed_by = event

    def _beginning(self) -> list[str]:
        """Say whether the record may begin where it does."""
        if self._begins_behind is None:
            return []
        number = self._begins_behind[0]
        if self._trimmed_by is None:
            missing = _numbers(1, number)
            self._missing += number
            return [
                f"{_events(missing)} {_are(missing)} missing: no event says that they were trimmed."
            ]
        by = self._trimmed_by
        detail = by["detail"]
        if isinstance(detail, dict) and detail.get("hash") != self._begins_behind[1]:
            before = f"event {number} as that was when it was trimmed"
            return [f"Event {number + 1} was not written behind {before} (event {by['sequence']})."]
        self.notes.append(
            f"The record begins behind event {number}: what was before was exported and trimmed on "
            f"{_moment(by)} by {_clean(by.get('actor'))} (event {by['sequence']})."
        )
        return []

    def _against_head(self, head: Anchor) -> list[str]:
        number, last_hash = head
        if not last_hash:
            return ["The head of the record, which names its last event, is missing."]
        if number > self._last:
            missing = _numbers(self._last + 1, number)
            self._missing_at_end = number - self._last
            return [f"{_events(missing)} {_are(missing)} missing at the end."]
        if number < self._last:
            stands = _numbers(number + 1, self._last)
            return [f"{_events(stands)} {'stand' if ' ' in stands else 'stands'} behind the head."]
        if last_hash != self._hash:
            return [f"Event {number}, the last one, is not the one that the head names."]
        return []

    def _against_anchors(self, number: int, found: str) -> list[str]:
        said = []
        while self._anchors and self._anchors[0][0] <= number:
            anchored, wanted = self._anchors.pop(0)
            if anchored <= self._begins_at():
                said += self._before_the_beginning(anchored, wanted)
            elif anchored < number:
                said += self._not_there(anchored)
            elif found != wanted:
                said.append(_other_than(anchored))
        return said

    def _before_the_beginning(self, anchored: int, wanted: str) -> list[str]:
        if (anchored, wanted) == self._begins_behind:
            return []
        if anchored == self._begins_at():
            return [_other_than(anchored)]
        self.notes.append(
            f"Anchor {anchored} is not checked: the record begins behind event "
            f"{self._begins_at()}. Check it against the export made when it was trimmed."
        )
        return []

    def _not_there(self, anchored: int) -> list[str]:
        if self._filtered:
            self.notes.append(f"Anchor {anchored} is not checked: its event is not in this file.")
            return []
        return [f"Event {anchored}, which an anchor names, is missing."]

    def _anchors_left(self, *, proven: bool) -> list[str]:
        """Say what anchors name beyond the end."""
        said = []
        for anchored, _ in self._anchors:
            if self._filtered:
                said += self._not_there(anchored)
            else:
                missing = _numbers(self._last + 1, anchored)
                self._missing_at_end = max(self._missing_at_end, anchored - self._last)
                said.append(
                    f"{_events(missing)} {_are(missing)} missing at the end: an anchor names "
                    f"event {anchored}."
                )
        if not proven and not self._filtered:
            self.notes.append(
                f"Whether anything is missing behind event {self._last} is only told by an anchor "
                "of a later event."
            )
        return said


class _Run:
    """Events in a row with which the same is wrong.

    Attributes:
        shift: By how much the number under which they were written is higher; None if they were
            not written as they stand.
        name: Of the first one.
    """

    def __init__(self, first: int, last: int, shift: int | None, name: str) -> None:
        self.first, self.last, self.shift, self.name = first, last, shift, name

    def told(self) -> str:
        """Say what is wrong with them."""
        several = self.last > self.first
        name = f"Events {self.first} to {self.last}" if several else self.name
        if self.shift is None:
            when = "were changed after they were" if several else "was changed after it was"
            return f"{name} {when} written."
        first, last = self.first + self.shift, self.last + self.shift
        if not several:
            return f"{name} was written as event {first}: it was moved or renumbered."
        count = abs(self.shift)
        why = "inserted" if self.shift < 0 else "removed"
        return (
            f"{name} were written as events {first} to {last}: "
            f"{count} {'event was' if count == 1 else 'events were'} {why} before them."
        )


def _replaced(number: int, event: Event) -> str:
    if number == 1:
        return f"{_named(event)} was not written as the first: events before it were removed."
    before = f"event {number - 1}"
    return (
        f"{_named(event)} was not written behind {before} as it stands: {before} was replaced, or "
        f"everything from {number} on was."
    )


def _other_than(anchored: int) -> str:
    return (
        f"Event {anchored} is not the one that its anchor names: the record was rewritten there or "
        "before, after the anchor was taken."
    )


def _named(event: Event) -> str:
    """Name an event by what people look for: number, tag, time, change."""
    change = event.get("change")
    parts = [_clean(event.get("tag")), _moment(event)]
    parts += [] if change is None else [f"change {_clean(change)}"]
    return f"Event {event['sequence']} ({', '.join(parts)})"


def _moment(event: Event) -> str:
    return f"{_clean(event.get('at'))[:19].replace('T', ' ')} UTC"


def _clean(value: object) -> str:
    """Give a value for a terminal; whoever has changed it may have put anything there."""
    return "".join(filter(str.isprintable, str(value)))[:64]


def _numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _events(numbers: str) -> str:
    return f"Events {numbers}" if " " in numbers else f"Event {numbers}"


def _are(numbers: str) -> str:
    return "are" if " " in numbers else "is"


class NotReadableError(Exception):
    """What was given cannot be read."""


def _events_of_export(path: Path) -> Iterator[Event]:
    with path.open("rb") as file:
        for line in file:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                event = None
            yield event if isinstance(event, dict) else {}


def _pages_of(database: sqlite3.Connection) -> Iterator[Event]:
    select = f"SELECT {', '.join(COLUMNS)} FROM audit_events"  # noqa: S608 - the names are constants
    in_order = f"ORDER BY sequence LIMIT {_PAGE}"
    # From no number on: whoever has changed the table may have put any number there.
    rows = database.execute(f"{select} {in_order}").fetchall()
    while rows:
        yield from map(exported, rows)
        behind = f"{select} WHERE sequence > ? {in_order}"
        rows = database.execute(behind, (rows[-1][0],)).fetchall()


def _head_of(database: sqlite3.Connection) -> Anchor:
    made = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit_head'")
    if made.fetchone() is None:
        return 0, ""
    return as_head(database.execute("SELECT sequence, hash FROM audit_head").fetchall())


def _check(path: Path, check: RecordCheck) -> None:
    with path.open("rb") as file:
        is_database = file.read(len(_SQLITE)) == _SQLITE
    if not is_database:
        any_event = False
        for event in _events_of_export(path):
            any_event = any_event or _NAMES[0] in event
            check.look_at(event)
        if not any_event:
            raise NotReadableError(f"{path} holds no event: it is no export of a record.")
        check.end()
        return
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    database.text_factory = as_text
    try:
        database.execute("BEGIN")
        for event in _pages_of(database):
            check.look_at(event)
        check.end(_head_of(database))
    finally:
        database.close()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Check an exported record of influxdb-token-bot, or its SQLite database.",
        epilog="Exit codes: 0 it holds, 1 something is wrong, 2 it cannot be read.",
    )
    parser.add_argument("file", type=Path, help="an export as jsonl, or a SQLite database")
    parser.add_argument(
        "--anchor",
        action="append",
        default=[],
        metavar="NUMBER:HASH",
        help="what the record is known to have held; may be repeated",
    )
    parser.add_argument(
        "--anchors",
        type=Path,
        metavar="FILE",
        help="a text with anchors in it, such as messages pasted from Slack, or a log",
    )
    parser.add_argument(
        "--filtered",
        action="store_true",
        help="the export is of a token, a person, a change or a time: events may be left out",
    )
    return parser


def given_anchors(single: Iterable[str], text: str | None) -> list[Anchor]:
    """Read anchors as they were typed, and all that stand in a text.

    Raises:
        NotReadableError: If one is no anchor, or there is none in the text.
    """
    anchors = anchors_in(text or "")
    if text is not None and not anchors:
        raise NotReadableError("There is no anchor (NUMBER:HASH) in that file.")
    for each in single:
        found = anchors_in(each)
        if len(found) != 1:
            raise NotReadableError(
                f"{_clean(each)} is no anchor: it is NUMBER:HASH, with 64 hex digits."
            )
        anchors += found
    return anchors


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the arguments name, say what was found, and give the exit code."""
    given = _arguments().parse_args(arguments)
    try:
        text = None if given.anchors is None else given.anchors.read_text("utf-8", "replace")
        check = RecordCheck(given_anchors(given.anchor, text), filtered=given.filtered)
        _check(given.file, check)
    except (NotReadableError, OSError, sqlite3.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    told = _told("".join(f"{line}\n" for line in check.report(str(given.file))))
    return 2 if not told else 0 if check.holds else 1


def _told(text: str) -> bool:
    """Write the report; tell whether anybody can have read it."""
    if sys.stdout is None:
        sys.stderr.write("Standard output takes nothing: it is closed.\n")
        return False
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is left to be written would be tried again at the end.
        sys.stdout = None
        sys.stderr.write(f"Standard output takes nothing: {error.strerror}.\n")
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
