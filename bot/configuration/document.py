"""The policy file as a TOML document."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.configuration.findings import Findings
from bot.configuration.toml_lines import Lines

_PLACE = re.compile(r" \(at (?:line (?P<line>[0-9]+), column [0-9]+|end of document)\)$")
# Keys that tomllib quotes could be anything; up to three characters are what it stumbled over.
_KEY = re.compile(r"\(.*\)|(?<=table key) .*|'[^']{4,}'|\"[^\"]{4,}\"")
_LONGEST = 1_000_000


@dataclass(frozen=True)
class Document:
    """What a file says.

    Attributes:
        content: Its tables; empty if it cannot be read.
        findings: What is wrong with it, to which whoever reads the tables adds.
    """

    content: dict[str, Any]
    findings: Findings


def read_document(path: Path) -> Document:
    """Read a TOML file; what stands in the way is among the findings."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return _unreadable(
            path, 1, f"the file cannot be read: {error.strerror}. Let the bot read it."
        )
    if len(raw) > _LONGEST:
        return _unreadable(path, 1, "the file is far too long to be a policy.")
    try:
        # Editors on Windows begin a file with a mark that TOML does not know.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _unreadable(path, line, "this is not UTF-8. Save the file as UTF-8.")
    try:
        content = tomllib.loads(text)
        # tomllib, too, takes a line break with a carriage return for one.
        lines = Lines(text)
    except (ValueError, RecursionError) as error:
        line, wrong = _complaint(error, text)
        return _unreadable(path, line, f"this is no TOML: {wrong}. See https://toml.io.")
    return Document(content, Findings(str(path), lines))


def _unreadable(path: Path, line: int, text: str) -> Document:
    findings = Findings(str(path), Lines(""))
    findings.add_line(line, text)
    return Document({}, findings)


def _complaint(error: ValueError | RecursionError, text: str) -> tuple[int, str]:
    """Give the line and the reason; both stand in the text of tomllib's error."""
    if isinstance(error, RecursionError):
        return 1, "it is nested too deeply"
    said = str(error)
    place = _PLACE.search(said)
    if place is None:
        return 1, "it holds a number or a date that cannot be"
    line = int(place["line"] or text.rstrip("\n").count("\n") + 1)
    reason = _KEY.sub("", _PLACE.sub("", said)).replace("  ", " this ")
    return line, reason[:1].lower() + reason[1:]
