"""What is wrong with the policy file: where, what, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from bot.configuration.toml_lines import Lines, Path

_WRONG = {
    "bool_type": "is neither true nor false",
    "greater_than_equal": "is less than 1",
    "int_type": "is no whole number",
    "list_type": "is no list",
    "missing": "is missing",
    "string_type": "is no text in quotes",
}


class Findings:
    """Everything that is wrong with one file, by line.

    No value of the file is repeated: who knows what was pasted there.

    Args:
        file: The file's path, as it was given.
        lines: Where its keys stand.
    """

    def __init__(self, file: str, lines: Lines) -> None:
        self._file = file
        self._lines = lines
        self._found: list[tuple[int, str]] = []

    def add(self, path: Path, wrong: str, remedy: str) -> None:
        """Note what is wrong with a section, key or entry.

        Args:
            path: Which one.
            wrong: What is wrong; it goes on from the name, such as ``is missing``.
            remedy: What to do, as a sentence.
        """
        self.add_at(path, f"{name_of(path)} {wrong}. {remedy}")

    def add_at(self, path: Path, text: str) -> None:
        """Note what is wrong where a path leads."""
        self.add_line(self._lines.of(path), text)

    def add_line(self, line: int, text: str) -> None:
        """Note what is wrong with a line."""
        self._found.append((line, f"{self._file}, line {line}: {text}"))

    def add_detail(self, section: Path, detail: ErrorDetails, remedies: dict[str, str]) -> None:
        """Note what pydantic found in a section.

        Args:
            section: The section's path.
            detail: One of pydantic's findings.
            remedies: What to do, by key; these are all keys that the section takes.
        """
        path = (*section, *detail["loc"])
        key = str(detail["loc"][0])
        match detail["type"]:
            case "extra_forbidden":
                known = instead(key, remedies)
                self.add_at(path, f"{name_of(section)} has no such key. {known}")
            case _:
                self.add(path, wrong_in(detail), remedies[key])

    def add_entry(self, path: Path, number: int, wrong: str, remedy: str) -> None:
        """Note what is wrong with an entry of a section whose keys are free.

        Args:
            path: Which one. It is named by its number: its key is no less secret than a value.
            number: Its place in the section, from 1.
            wrong: What is wrong; it goes on from the name.
            remedy: What to do, as a sentence.
        """
        self.add_at(path, f"{name_of(path[:1])}, entry {number}, {wrong}. {remedy}")

    @property
    def texts(self) -> list[str]:
        """Give them all, in the order of the lines."""
        return [text for _, text in sorted(self._found)]


def wrong_in(detail: ErrorDetails) -> str:
    """Say what pydantic found to be wrong with a value; it goes on from the name."""
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    return _WRONG.get(detail["type"], "cannot be used")


def name_of(path: Path) -> str:
    """Name a section, key or entry, such as ``[roles] viewer, entry 2,``."""
    section, *rest = path
    several = bool(rest) and isinstance(rest[0], int)
    keys = [str(part) for part in rest if isinstance(part, str)]
    last = path[-1]
    entry = f", entry {last + 1}," if keys and isinstance(last, int) else ""
    return " ".join([f"[[{section}]]" if several else f"[{section}]", *keys[:1]]) + entry


def instead(written: str, known: Iterable[str]) -> str:
    """Say what was meant, or all that there is; what was written is not repeated."""
    names = list(known)
    likely = get_close_matches(written.lower(), names, n=1)
    return f"Did you mean {likely[0]}?" if likely else f"There is {', '.join(names)}."
