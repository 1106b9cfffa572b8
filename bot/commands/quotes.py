"""Which quote closes which, where clients bend them and apostrophes look the same."""

import re

from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.unseen import INVISIBLE

# Languages and keyboards disagree about which quote opens and which closes.
_DOUBLE = '"“”„‟«»'
_SINGLE = "'‘’"
_CLOSING = {
    **dict.fromkeys(_DOUBLE, _DOUBLE),
    **dict.fromkeys(_SINGLE, _SINGLE),
    "`": "`",
}
_RUN = re.compile(r"\S+")
_BEFORE_GAP = {
    closing: re.compile(rf"[{closing}](?=[\s{INVISIBLE}]|\Z)") for closing in set(_CLOSING.values())
}
# A quote that stands within a word, and is no apostrophe.
_WITHIN = {
    _DOUBLE: re.compile(rf"[{_DOUBLE}]"),
    _SINGLE: re.compile(rf"[{_SINGLE}](?!\w)"),
    "`": re.compile("`"),
}


class Quotes:
    """The quotes of a text, for whoever reads it from its beginning to its end.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._end_of_run = 0
        self._before_gap = {kind: _Next(each, text) for kind, each in _BEFORE_GAP.items()}
        self._within = {kind: _Next(each, text) for kind, each in _WITHIN.items()}

    def closing(self, start: int) -> int | None:
        """Find the quote that closes the one here; None if here is none, or a mere character.

        Raises:
            UserError: If a double quote is not closed.
        """
        if start == len(self._text) or self._text[start] not in _CLOSING:
            return None
        kind = _CLOSING[self._text[start]]
        if start >= self._end_of_run:
            run = _RUN.match(self._text, start)
            self._end_of_run = start if run is None else run.end()
        found = self._before_gap[kind].at_or_behind(start + 1)
        if found is not None and found < self._end_of_run:
            return found
        within = self._within[kind].at_or_behind(start + 1)
        if within is not None and within < self._end_of_run:
            return None
        if found is not None:
            return found
        if kind is not _DOUBLE or within is not None:
            # It stands in ordinary text too; or it is closed, and something follows at once.
            return None
        raise UserError(
            Problem(
                ErrorCode.USAGE,
                f"The quote {self._text[start]} is not closed.",
                "Close it, or leave the quotes out: text after --reason needs none.",
            )
        )


class _Next:
    """Where something comes next in a text, of which each part is looked through once.

    Args:
        pattern: What is looked for: one character, whatever stands around it.
        text: Where.
    """

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._all = pattern.finditer(text)
        self._next: int | None = -1

    def at_or_behind(self, position: int) -> int | None:
        """Give the first place from a position on; no position may lie before the last one."""
        while self._next is not None and self._next < position:
            found = next(self._all, None)
            self._next = None if found is None else found.start()
        return self._next
