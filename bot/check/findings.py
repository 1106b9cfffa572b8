from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding means: all is well, something is worth knowing, or something is wrong."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        severity: What it means.
        what: What was found, as a sentence.
        remedy: What to do, as a sentence; empty where there is nothing to do.
    """

    severity: Severity
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Section:
    """The findings about one part of the setup."""

    title: str
    findings: tuple[Finding, ...]


def ok(what: str) -> Finding:
    """Say that something is well."""
    return Finding(Severity.OK, what)


def note(what: str, remedy: str = "") -> Finding:
    """Say what is worth knowing, and nothing is wrong with."""
    return Finding(Severity.NOTE, what, remedy)


def problem(what: str, remedy: str) -> Finding:
    """Say what is wrong."""
    return Finding(Severity.PROBLEM, what, remedy)


def listed(names: Iterable[str], most: int = 5) -> str:
    """Write names in their order, at most so many."""
    each = sorted(names)
    more = f" and {len(each) - most} more" if len(each) > most else ""
    return f"{', '.join(each[:most])}{more}"


def counted(number: int, one: str) -> str:
    """Write a number with its noun."""
    return f"{number} {one}{'' if number == 1 else 's'}"
