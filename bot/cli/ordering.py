"""Which of an owner's tokens are tried as the leaked one, as it is asked and answered in words."""

import re
from collections.abc import Sequence

from bot.changes.permissions import in_plain_words
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.cli.starting import Go, NotUnderstoodError, Stop
from bot.slack.blocks.rich import shown
from bot.slack.blocks.wording import name_of

_NOBODY = (
    "InfluxDB tells the owner alone, and nobody can be asked which token to try. Cancelling. Run "
    "it again with --order and the ids above, the likeliest first."
)
_NOT_THESE = "--order names a token that is none of these. Cancelling."
_LONGEST = 80


class Ordering:
    """A leaked secret of which the owner alone is known: list that user's tokens, ask for an order.

    Args:
        order: The ids of the tokens that are to be tried, in this order, if they were named.
    """

    question = "Which to try, in this order (Enter for all as listed, q to cancel): "

    def __init__(self, order: Sequence[str]) -> None:
        self._order = tuple(order)

    def shows(self, request: ChangeRequest) -> str:
        """List the tokens a line each, by number and id; nothing where they are known to fit."""
        targets = candidates(request)
        if self._order and isinstance(self.beforehand(request), Go):
            return ""
        title = (
            f"One of these {len(targets)} tokens is the leaked one. They are disabled one at a "
            "time; what is not it is put back."
        )
        lines = [f"{number:>3}  {_line(each)}" for number, each in enumerate(targets, start=1)]
        return "\n".join([title, *lines])

    def beforehand(self, request: ChangeRequest) -> Go | Stop | None:
        """Take the ids that were named, if all of them are among the tokens."""
        if not self._order:
            return None
        return Go(self._order) if set(self._order) <= set(_ids(request)) else Stop(_NOT_THESE)

    def answered(self, request: ChangeRequest, typed: str | None) -> Go | Stop:
        """Read numbers and ids in their order; empty means all as listed."""
        if typed is None:
            return Stop(_NOBODY)
        order = read_order(typed, _ids(request))
        return Stop("Cancelling.") if order is None else Go(order)


def candidates(request: ChangeRequest) -> tuple[Target, ...]:
    """List the tokens that may be the leaked one."""
    return tuple(target for target in request.targets if not target.state.final)


def read_order(typed: str, known: Sequence[str]) -> tuple[str, ...] | None:
    """Read numbers and ids in their order; empty means all as listed, None that it is cancelled.

    Raises:
        NotUnderstoodError: If something else was typed.
    """
    words = re.split(r"[\s,]+", typed.strip().lower())
    if words in (["q"], ["quit"]):
        return None
    by_number = {str(number): each for number, each in enumerate(known, start=1)}
    chosen = [by_number.get(word, word) for word in words if word]
    if not set(chosen) <= set(known):
        raise NotUnderstoodError("Type numbers or ids from the list, with blanks between them.")
    return tuple(dict.fromkeys(chosen))


def _ids(request: ChangeRequest) -> list[str]:
    return [each.authorization_id for each in candidates(request)]


def _line(target: Target) -> str:
    seen = target.seen
    if seen is None:
        return target.authorization_id
    changed = "" if seen.updated_at is None else f"changed {seen.updated_at:%Y-%m-%d %H:%M} UTC"
    may = shown("; ".join(in_plain_words(seen)), _LONGEST)
    told = (target.authorization_id, target.instance, shown(name_of(seen), _LONGEST), may, changed)
    return " · ".join(each for each in told if each)
