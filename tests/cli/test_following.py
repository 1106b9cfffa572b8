"""What somebody at the terminal has said is not asked for again."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from bot.bootstrap import Desk
from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.request import ChangeRequest, Origin
from bot.changes.states import RequestState
from bot.cli.following import Following
from bot.cli.starting import Confirming
from tests.changes.samples import ALICE, NOON, change

LOST = Problem(ErrorCode.NOT_CONFIRMED_STORED, "Could not confirm that this was stored.")


class BusyDesk:
    """A desk at which the first word to begin is lost on its way to the database.

    Attributes:
        words: How many words to begin it was given.
    """

    def __init__(self) -> None:
        self.words = 0
        self.slack_answers = False
        self.heart = SimpleNamespace(moves=self)
        self._change = change(state=RequestState.PREVIEWED)

    async def request(self, change_id: str) -> ChangeRequest:
        """Give the change as it is recorded."""
        assert change_id == self._change.id
        return self._change

    async def ask(self) -> Ask:
        """Ask in Alice's name."""
        return Ask(ALICE, Origin("U0ALICE"), "once", NOON)

    async def confirm(self, _ask: Ask, _change_id: str, *, order: tuple[str, ...]) -> None:
        """Let it begin, but for the first time."""
        assert order == ()
        self.words += 1
        if self.words == 1:
            raise UserError(LOST)
        self._change = replace(self._change, state=RequestState.FINISHED)


async def test_a_yes_is_asked_for_once() -> None:
    """Where it may not have been stored, that is said, and it is tried again by itself."""
    desk, questions, said = BusyDesk(), list[str](), list[str]()

    async def ask(question: str) -> str:
        questions.append(question)
        return "y"

    following = Following(
        *(cast("Desk", desk), "7F3K2Q"),
        say=said.append,
        ask=ask,
        starting=Confirming(lambda _: "shown", yes=False),
        interrupted=asyncio.Event(),
    )
    request = await following.to_the_end()

    assert (request.state, desk.words) == (RequestState.FINISHED, 2)
    assert len(questions) == 1
    assert said == ["shown", LOST.message, "Trying again. Ctrl-C cancels it."]
