"""JSON read character by character, failing where Go's scanner fails and in its words."""

from dataclasses import dataclass
from typing import TypeAlias

JSONValue: TypeAlias = "str | float | bool | list[JSONValue] | Members | None"


@dataclass(frozen=True, slots=True)
class Members:
    """Hold an object's members in order; a name may come twice, then the later one counts."""

    pairs: tuple[tuple[str, JSONValue], ...]


class GoJSONError(ValueError):
    """Say in Go's words why a body could not be decoded."""


_ESCAPES = {c: c for c in '"\\/'} | {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS: dict[str, tuple[str, bool | None]] = {
    "t": ("true", True),
    "f": ("false", False),
    "n": ("null", None),
}


class Scanner:
    """Read one value, character by character, failing where Go's scanner fails."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def at_end(self) -> bool:
        """Skip white space and tell whether nothing follows."""
        while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
            self._at += 1
        return self._at == len(self._text)

    def value(self) -> JSONValue:
        """Read the next value.

        Raises:
            GoJSONError: If the text ends within it, or holds a character that does not fit.
        """
        char = self._peek_token()
        if char == "{":
            return self._object()
        if char == "[":
            return self._array()
        if char == '"':
            return self._string()
        if char in _LITERALS:
            return self._literal(*_LITERALS[char])
        if char == "-" or char in "0123456789":
            return self._number()
        raise self._misfit("looking for beginning of value")

    def _peek(self) -> str:
        if self._at == len(self._text):
            raise GoJSONError("unexpected EOF")
        return self._text[self._at]

    def _peek_token(self) -> str:
        self.at_end()
        return self._peek()

    def _misfit(self, context: str) -> GoJSONError:
        first_byte = chr(self._peek().encode()[0])
        if first_byte == "'":
            shown = "\\'"
        elif first_byte.isprintable() and first_byte != "\\":
            shown = first_byte
        else:
            shown = first_byte.encode("unicode_escape").decode()
        return GoJSONError(f"invalid character '{shown}' {context}")

    def _object(self) -> Members:
        self._at += 1
        pairs: list[tuple[str, JSONValue]] = []
        if self._peek_token() == "}":
            self._at += 1
            return Members(())
        while True:
            if self._peek_token() != '"':
                raise self._misfit("looking for beginning of object key string")
            key = self._string()
            if self._peek_token() != ":":
                raise self._misfit("after object key")
            self._at += 1
            pairs.append((key, self.value()))
            if self._closes("}", "after object key:value pair"):
                return Members(tuple(pairs))

    def _array(self) -> list[JSONValue]:
        self._at += 1
        items: list[JSONValue] = []
        if self._peek_token() == "]":
            self._at += 1
            return items
        while True:
            items.append(self.value())
            if self._closes("]", "after array element"):
                return items

    def _closes(self, end: str, context: str) -> bool:
        char = self._peek_token()
        if char not in {",", end}:
            raise self._misfit(context)
        self._at += 1
        return char == end

    def _literal(self, word: str, value: bool | None) -> bool | None:  # noqa: FBT001 (the literal's own value)
        for expected in word:
            if self._peek() != expected:
                raise self._misfit(f"in literal {word} (expecting '{expected}')")
            self._at += 1
        return value

    def _number(self) -> float:
        start = self._at
        if self._peek() == "-":
            self._at += 1
        if self._peek() == "0":
            self._at += 1
        else:
            self._digits("in numeric literal")
        if self._next_is("."):
            self._at += 1
            self._digits("after decimal point in numeric literal")
        if self._next_is("eE"):
            self._at += 1
            if self._peek() in "+-":
                self._at += 1
            self._digits("in exponent of numeric literal")
        return float(self._text[start : self._at])

    def _next_is(self, chars: str) -> bool:
        return self._at < len(self._text) and self._text[self._at] in chars

    def _digits(self, context: str) -> None:
        if self._peek() not in "0123456789":
            raise self._misfit(context)
        while self._next_is("0123456789"):
            self._at += 1

    def _string(self) -> str:
        self._at += 1
        units: list[str] = []
        while (char := self._peek()) != '"':
            if char < " ":
                raise self._misfit("in string literal")
            self._at += 1
            units.append(self._escape() if char == "\\" else char)
        self._at += 1
        return "".join(units).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _escape(self) -> str:
        char = self._peek()
        if char == "u":
            self._at += 1
            return chr(int("".join(self._hex_digit() for _ in range(4)), 16))
        if char not in _ESCAPES:
            raise self._misfit("in string escape code")
        self._at += 1
        return _ESCAPES[char]

    def _hex_digit(self) -> str:
        char = self._peek()
        if char not in "0123456789abcdefABCDEF":
            raise self._misfit("in \\u hexadecimal character escape")
        self._at += 1
        return char
