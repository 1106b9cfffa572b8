"""On which line of a TOML document each key stands; tomllib does not tell."""

import re
import tomllib
from bisect import bisect_left
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the document's root, such as ``("roles", "viewer", 1)``."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
_SPACE = re.compile(r"[ \t]+")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'")
# Up to two quotes may stand right before the three that end such a string.
_LONG = re.compile(r"\"\"\"(?:\\.|[^\\])*?\"{3,5}(?!\")|'''.*?'{3,5}(?!')", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")


class Lines:
    """The lines of a document's tables, keys and list entries, from 1.

    Args:
        text: A document that tomllib accepts. In any other the lines are found as far as it can
            be followed.
    """

    def __init__(self, text: str) -> None:
        self._found = _Scan(text).found

    def of(self, path: Path) -> int:
        """Give the line of what a path names, or of the nearest around it that has one."""
        while path and path not in self._found:
            path = path[:-1]
        return self._found.get(path, 1)


class _Scan:
    """One walk through a document, statement by statement."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._tables_in: dict[Path, int] = {}
        header: Path = ()
        self._skip(_BLANK)
        while self._at < len(text):
            begin = self._at
            if self._next("[["):
                header = self._header(several=True)
            elif self._next("["):
                header = self._header(several=False)
            else:
                self._pair(header)
            self._skip(_BLANK)
            if self._at == begin:
                return

    def _header(self, *, several: bool) -> Path:
        """Follow ``[a.b]`` or ``[[a.b]]``; give the path of the table that begins there."""
        path: Path = ()
        line = self._line()
        keys = self._keys()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            if several and number == len(keys):
                self._tables_in[path] = self._tables_in.get(path, 0) + 1
            self.found.setdefault(path, line)
            if path in self._tables_in:
                path = (*path, self._tables_in[path] - 1)
                self.found.setdefault(path, line)
        self._next("]]" if several else "]")
        return path

    def _pair(self, table: Path) -> None:
        """Follow ``a.b = value``."""
        path = table
        line = self._line()
        for key in self._keys():
            path = (*path, key)
            self.found.setdefault(path, line)
        self._next("=")
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._next("["):
            self._list(path)
        elif self._next("{"):
            self._inline_table(path)
        elif not self._skip(_LONG) and not self._skip(_QUOTED):
            self._skip(_SCALAR)

    def _list(self, path: Path) -> None:
        position = 0
        self._skip(_BLANK)
        while self._at < len(self._text) and not self._next("]"):
            begin = self._at
            self.found[*path, position] = self._line()
            self._value((*path, position))
            self._skip(_BLANK)
            self._next(",")
            self._skip(_BLANK)
            position += 1
            if self._at == begin:
                return

    def _inline_table(self, path: Path) -> None:
        self._skip(_BLANK)
        while self._at < len(self._text) and not self._next("}"):
            begin = self._at
            self._pair(path)
            self._skip(_BLANK)
            self._next(",")
            self._skip(_BLANK)
            if self._at == begin:
                return

    def _keys(self) -> list[str]:
        """Follow the parts of a dotted key."""
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            quoted = self._skip(_QUOTED)
            keys.append(_unquoted(quoted) if quoted else self._skip(_BARE_KEY))
            self._skip(_SPACE)
            if not self._next("."):
                return keys

    def _skip(self, pattern: re.Pattern[str]) -> str:
        """Go past what fits here, and give it; an empty string if nothing does."""
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found.group()

    def _next(self, sign: str) -> bool:
        """Go past a sign if it is next."""
        is_next = self._text.startswith(sign, self._at)
        self._at += len(sign) if is_next else 0
        return is_next

    def _line(self) -> int:
        return bisect_left(self._breaks, self._at) + 1


def _unquoted(key: str) -> str:
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except ValueError:
        # An escape that TOML does not know; such a document is refused anyhow.
        return key
