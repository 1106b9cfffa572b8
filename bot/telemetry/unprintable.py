"""What others have written must not act on a terminal, nor pass for a line of the log's own."""

from collections.abc import MutableMapping
from typing import Any

_OF_LINES = ("exception", "stack")


def escape_unprintable(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Write line breaks, escape sequences and turned writing as such; a structlog processor.

    Tracebacks keep their lines, but none of them begins where lines of the log do.
    """
    for key, value in event.items():
        if key in _OF_LINES and isinstance(value, str):
            event[key] = "\n".join(f"  {_escaped(line)}" for line in value.split("\n"))
        elif isinstance(value, str):
            event[key] = _escaped(value)
    return event


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
