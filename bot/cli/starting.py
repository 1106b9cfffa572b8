"""How a change that was shown is started at the terminal, as a question and its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.changes.request import ChangeRequest

QUESTION = "Carry out what is shown (y/N)? "
_NOBODY = (
    "Nobody can be asked whether to carry it out. Cancelling. Run it again with --yes to carry out "
    "what is shown."
)
_WHICH = "It is not clear which is meant. Cancelling. Run it again with --on and the instance."
_YES = {"y", "yes"}


class NotUnderstoodError(Exception):
    """What was typed is no answer; the text says what to type."""


@dataclass(frozen=True)
class Go:
    """Carry it out; ``order`` names the tokens that are tried as the leaked one."""

    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stop:
    """Cancel it; ``why`` is told."""

    why: str


class Starting(Protocol):
    """What is shown of a change before it is carried out, what is asked, what answers it."""

    question: str

    def shows(self, request: ChangeRequest) -> str:
        """Write what it is about."""
        ...

    def beforehand(self, request: ChangeRequest) -> Go | Stop | None:
        """Give what was said beforehand, by an option; None if somebody has to be asked."""
        ...

    def answered(self, request: ChangeRequest, typed: str | None) -> Go | Stop:
        """Read an answer; None is that of nobody.

        Raises:
            NotUnderstoodError: If it is none.
        """
        ...


class Confirming:
    """Several tokens: show them, and ask for a yes, unless it was given with the command.

    Args:
        shows: Writes a request as it is shown in Slack.
        yes: Whether it was given.
    """

    question = QUESTION

    def __init__(self, shows: Callable[[ChangeRequest], str], *, yes: bool) -> None:
        self._shows = shows
        self._yes = yes

    def shows(self, request: ChangeRequest) -> str:
        """Write the preview."""
        return self._shows(request)

    def beforehand(self, request: ChangeRequest) -> Go | Stop | None:
        """Take --yes for a yes to what is shown; one of two instances is chosen with --on alone."""
        if request.choices:
            return Stop(_WHICH)
        return Go() if self._yes else None

    def answered(self, request: ChangeRequest, typed: str | None) -> Go | Stop:
        """Take nothing but a yes for one."""
        del request
        if typed is None:
            return Stop(_NOBODY)
        return Go() if typed.strip().lower() in _YES else Stop("Cancelling.")
