"""Which of an owner's tokens are tried as the leaked one, as it is asked and answered in words."""

import re
from collections.abc import Sequence

from bot.changes.leak_plan import candidates
from bot.changes.moments import moment
from bot.changes.order_of_tries import keys_of, word_for
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
_AMBIGUOUS = (
    "--order names a token that is none of these, or is on several instances; INSTANCE:ID says "
    "which. Cancelling."
)
_LONGEST = 80


class Ordering:
    """A leaked secret of which the owner alone is known: list that user's tokens, ask for an order.

    Args:
        order: The tokens that are to be tried, in this order, if they were named: each by its id or
            as ``INSTANCE:ID``.
    """

    question = "Which to try, in this order (Enter for all as listed, q to cancel): "

    def __init__(self, order: Sequence[str]) -> None:
        self._order = tuple(order)

    def shows(self, request: ChangeRequest) -> str:
        """List the tokens a line each, by number and id; nothing where they are known to fit."""
        targets = candidates(request)
        if self._order and isinstance(self.beforehand(request), Go):
            return ""
        one = f"One of these {len(targets)} tokens is the leaked one."
        if _on_several(targets):
            one = f"On each instance, one of these {len(targets)} tokens is the leaked one."
        title = f"{one} They are disabled one at a time; what is not it is put back."
        lines = [f"{number:>3}  {_line(each)}" for number, each in enumerate(targets, start=1)]
        return "\n".join([title, *lines])

    def beforehand(self, request: ChangeRequest) -> Go | Stop | None:
        """Take the ids that were named, if all of them are among the tokens."""
        if not self._order:
            return None
        maybe = candidates(request)
        if keys_of(self._order, maybe) is not None:
            return Go(self._order)
        return Stop(_AMBIGUOUS if _on_several(maybe) else _NOT_THESE)

    def answered(self, request: ChangeRequest, typed: str | None) -> Go | Stop:
        """Read numbers and ids in their order; empty means all as listed."""
        if typed is None:
            return Stop(_NOBODY)
        order = read_order(typed, candidates(request))
        return Stop("Cancelling.") if order is None else Go(order)


def read_order(typed: str, targets: Sequence[Target]) -> tuple[str, ...] | None:
    """Read numbers and ids in their order; empty means all as listed, None that it is cancelled.

    Raises:
        NotUnderstoodError: If something else was typed.
    """
    words = re.split(r"[\s,]+", typed.strip().lower())
    if words in (["q"], ["quit"]):
        return None
    by_number = {str(number): word_for(each) for number, each in enumerate(targets, start=1)}
    chosen = [by_number.get(word, word) for word in words if word]
    if keys_of(chosen, targets) is None:
        raise NotUnderstoodError("Type numbers or ids from the list, with blanks between them.")
    return tuple(chosen)


def _on_several(targets: Sequence[Target]) -> bool:
    return len({each.instance for each in targets}) > 1


def _line(target: Target) -> str:
    seen = target.seen
    if seen is None:
        return target.authorization_id
    changed = "" if seen.updated_at is None else f"changed {moment(seen.updated_at)}"
    may = shown("; ".join(in_plain_words(seen)), _LONGEST)
    told = (target.authorization_id, target.instance, shown(name_of(seen), _LONGEST), may, changed)
    return " · ".join(each for each in told if each)
