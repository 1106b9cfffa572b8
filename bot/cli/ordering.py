"""Which of an owner's tokens are tried as the leaked one, as it is asked and answered in words."""

import re
from collections.abc import Sequence

from bot.changes.order_of_tries import keys_of, word_for
from bot.changes.permissions import in_plain_words
from bot.changes.target import Target
from bot.slack.blocks.rich import shown
from bot.slack.blocks.wording import name_of

QUESTION = "Which to try, in this order (Enter for all as listed, q to cancel): "
NOBODY = (
    "InfluxDB tells the owner alone, and nobody can be asked which token to try. Cancelling. Run "
    "it again with --order and the ids above, the likeliest first."
)
NOT_THESE = "--order names a token that is none of these. Cancelling."
AMBIGUOUS = (
    "--order names a token that is none of these, or is on several instances; INSTANCE:ID says "
    "which. Cancelling."
)
_LONGEST = 80


class NoOrderError(Exception):
    """What was typed names no order; the text says what to type."""


def listed(targets: Sequence[Target]) -> str:
    """List tokens a line each, by number and id."""
    one = f"One of these {len(targets)} tokens is the leaked one."
    if _on_several(targets):
        one = f"On each instance, one of these {len(targets)} tokens is the leaked one."
    title = f"{one} They are disabled one at a time; what is not it is put back."
    lines = [f"{number:>3}  {_line(each)}" for number, each in enumerate(targets, start=1)]
    return "\n".join([title, *lines])


def not_these(targets: Sequence[Target]) -> str:
    """Say that what was named to be tried cannot be."""
    return AMBIGUOUS if _on_several(targets) else NOT_THESE


def read_order(typed: str, targets: Sequence[Target]) -> tuple[str, ...] | None:
    """Read numbers and ids in their order; empty means all as listed, None that it is cancelled.

    Raises:
        NoOrderError: If something else was typed.
    """
    words = re.split(r"[\s,]+", typed.strip().lower())
    if words in (["q"], ["quit"]):
        return None
    by_number = {str(number): word_for(each) for number, each in enumerate(targets, start=1)}
    chosen = [by_number.get(word, word) for word in words if word]
    if keys_of(chosen, targets) is None:
        raise NoOrderError("Type numbers or ids from the list, with blanks between them.")
    return tuple(chosen)


def _on_several(targets: Sequence[Target]) -> bool:
    return len({each.instance for each in targets}) > 1


def _line(target: Target) -> str:
    seen = target.seen
    if seen is None:
        return target.authorization_id
    changed = "" if seen.updated_at is None else f"changed {seen.updated_at:%Y-%m-%d %H:%M} UTC"
    may = shown("; ".join(in_plain_words(seen)), _LONGEST)
    told = (target.authorization_id, target.instance, shown(name_of(seen), _LONGEST), may, changed)
    return " · ".join(each for each in told if each)
