"""The small rules from which the shapes of Block Kit are put together.

A rule looks at one JSON value and yields a plain sentence for everything that is wrong with it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

Rule: TypeAlias = Callable[[object, str], Iterator[str]]
"""Takes a JSON value and the place where it stands; yields one sentence a problem."""


def string(least: int = 1, most: int | None = None) -> Rule:
    """Accept text of ``least`` to ``most`` characters; no ``most`` means no limit of its own."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{at} is not a string."
        elif len(value) < least:
            yield f"{at} is empty."
        elif most is not None and len(value) > most:
            yield f"{at} has {len(value)} characters; at most {most} are allowed."

    return check


def flag(value: object, at: str) -> Iterator[str]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield f"{at} is neither true nor false."


def whole_number(least: int = 0, most: int | None = None) -> Rule:
    """Accept an integer from ``least`` to ``most``."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{at} is not a whole number."
        elif value < least or (most is not None and value > most):
            yield f"{at} is {value}, which is out of range."

    return check


def one_of(*allowed: str) -> Rule:
    """Accept one of a few words."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str) or value not in allowed:
            yield f"{at} is {_shown(value)}; it must be one of {', '.join(allowed)}."

    return check


def list_of(rule: Rule, least: int = 1, most: int | None = None) -> Rule:
    """Accept ``least`` to ``most`` items, each of which keeps the rule."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list | tuple):
            yield f"{at} is not a list."
            return
        if len(value) < least:
            yield f"{at} has {len(value)} items; at least {least} must be there."
        if most is not None and len(value) > most:
            yield f"{at} has {len(value)} items; at most {most} are allowed."
        for index, item in enumerate(value):
            yield from rule(item, f"{at}[{index}]")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Accept an object with these keys, besides ``type``, and no others."""
    known = {**required, **(optional or {})}

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{at} is not an object."
            return
        for key in required:
            if key not in value:
                yield f"{at} lacks {key}."
        for key, content in value.items():
            if key in known:
                yield from known[key](content, f"{at}.{key}")
            elif key != "type":
                yield f"{at} has the unknown key {_shown(key)}."

    return check


def by_type(shapes: Mapping[str, Rule]) -> Rule:
    """Accept an object whose ``type`` is one of these, and which has that type's shape."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{at} is not an object."
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in shapes:
            yield f"{at} is of type {_shown(kind)}, which is unknown or not allowed here."
            return
        yield from shapes[kind](value, at)

    return check


def both(first: Rule, second: Rule) -> Rule:
    """Accept what keeps both rules."""

    def check(value: object, at: str) -> Iterator[str]:
        yield from first(value, at)
        yield from second(value, at)

    return check


def _shown(value: object) -> str:
    return repr(value)[:60]
