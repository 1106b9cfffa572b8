"""Keep what others say from becoming labels without end."""

import re

OTHER = "other"
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Bounded:
    """Let the first so many words through as they are; all others are ``other``.

    Slack's words for what went wrong are many, and a proxy in front of it may say anything. Each
    value of a label is a time series for as long as the process lives.

    Args:
        most: How many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, said: str) -> str:
        """Give a word as a label."""
        if said in self._known:
            return said
        if len(self._known) >= self._most or _WORD.fullmatch(said) is None:
            return OTHER
        self._known.add(said)
        return said
