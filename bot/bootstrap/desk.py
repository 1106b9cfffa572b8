"""Where one person asks for one thing on the bot's own machine, and follows it."""

import secrets
from dataclasses import dataclass

from bot.bootstrap.assembly import Parts
from bot.bootstrap.heart import Heart
from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.leak_intake import Leak
from bot.changes.people import Person, Standing
from bot.changes.ports import Directory
from bot.changes.request import ChangeRequest, Origin
from bot.commands.answers import Answer
from bot.commands.dispatch import Dispatcher
from bot.slack.messenger import SlackMessenger


@dataclass(frozen=True)
class Desk:
    """Where one thing is asked, carried out and followed.

    Attributes:
        messenger: Tells of it in Slack.
        slack_answers: Whether Slack has told who the bot is.
    """

    heart: Heart
    messenger: SlackMessenger
    slack_answers: bool
    _parts: Parts
    _directory: Directory
    _dispatcher: Dispatcher
    _person: Person | None
    _user_id: str
    _typed_by: str

    async def report(self, leak: Leak) -> ChangeRequest:
        """Store a report of a leaked secret, to be looked into at once.

        Raises:
            UserError: If it is denied or refused, or could not be stored.
        """
        await self._refuse_nobody("leak")
        return await self.heart.leak_intake.report(await self.ask(), leak)

    async def typed(self, text: str) -> Answer:
        """Carry a command out as if it were typed in Slack.

        Raises:
            UserError: If it cannot be read, is not allowed or cannot be done.
        """
        await self._refuse_nobody("command text")
        return await self._dispatcher.typed(await self.ask(), text)

    async def ask(self) -> Ask:
        """Ask for something in the person's name, judged by what Slack says of them."""
        person = self._person or Person(self._user_id, "")
        return Ask(
            person,
            # As in Home: it belongs to no channel, and is told in the feed or to the person.
            Origin(person.user_id),
            # What is typed once is never repeated; the log has it by its first digits.
            f"{secrets.token_hex(8)}:{self._typed_by}",
            self._parts.clock(),
            await self.standing(),
            typed_by=self._typed_by,
            keeper=self.heart.vault.keeper,
        )

    async def standing(self) -> Standing:
        """Give what Slack says of the person, or said last."""
        if self._person is None:
            return Standing()
        return await self._directory.look_up(self._person)

    async def request(self, change_id: str) -> ChangeRequest:
        """Give a request as it is recorded.

        Raises:
            StoreUnavailableError: If the database does not answer.
        """
        async with self._parts.store.reading() as reading:
            found = await reading.request(change_id)
        if found is None:
            raise LookupError(f"there is no request {change_id}")
        return found

    async def _refuse_nobody(self, asked: str) -> None:
        if self._person is not None:
            return
        problem = _no_such_user(self._user_id)
        await self.heart.intake.refuse(await self.ask(), problem, asked)
        raise UserError(problem)


def _no_such_user(user_id: str) -> Problem:
    return Problem(
        ErrorCode.NOT_ALLOWED,
        f"Slack knows no user {user_id}. Nothing was changed.",
        "Give --as the id of a Slack user.",
    )
