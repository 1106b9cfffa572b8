"""Say where a command does not fit its subcommand's signature."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from bot.commands.identifiers import as_authorization_id
from bot.commands.signature import Option, Taken
from bot.commands.subcommand import Subcommand


def unknown(name: str, taken: Taken) -> str:
    """Say that there is no such option, and which one was likely meant."""
    message = f"There is no option {_shortened(name)}."
    # The hyphens, which all have, would make them all alike.
    bare = {known.strip("-"): known for known in taken.options}
    likely = get_close_matches(name.strip("-").lower(), bare, n=1, cutoff=0.6)
    return f"{message} Did you mean {bare[likely[0]]}?" if likely else message


def twice(option: Option) -> str:
    """Say that an option was given before."""
    return f"{option.name} is given twice."


def empty(option: Option, usage: str) -> str:
    """Say what an option needs, as the usage calls it: ``--reason TEXT``."""
    if option.choices:
        return f"{option.name} needs {' or '.join(option.choices)}."
    called = re.search(rf"{re.escape(option.name)} ([A-Z]+)", usage)
    value = "value" if called is None else called[1].lower()
    return f"{option.name} needs {'an' if value[0] in 'aeiou' else 'a'} {value}."


def wrong(option: Option, text: str) -> str:
    """Say what an option takes instead of what it was given."""
    return f"{option.name} takes {' or '.join(option.choices)}, not “{_shortened(text)}”."


def missing(name: str) -> str:
    """Say what has to be there."""
    return f"{name.upper()} is missing."


def too_much(subcommand: Subcommand, taken: Taken, extra: Sequence[str]) -> str:
    """Say how much a subcommand takes, and what was more."""
    takes = f"one {taken.positions[-1]}" if taken.positions else "nothing"
    more = "is one more" if taken.positions and _is_id(extra) else "is too much"
    return f"{subcommand.name} takes {takes}, and “{_shortened(' '.join(extra))}” {more}."


def _is_id(extra: Sequence[str]) -> bool:
    return len(extra) == 1 and as_authorization_id(extra[0]) is not None


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
