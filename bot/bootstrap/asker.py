"""In whose name something is asked on the bot's own machine, where only a user id is given."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.bootstrap.assembly import Parts
from bot.changes.people import UNKNOWN_TEAM, KnownPerson, Person
from bot.changes.policy import Workspace
from bot.slack.accounts import NoSuchUserError, person_of

_PATIENCE_SECONDS = 3.0

T = TypeVar("T")

_log = structlog.get_logger()


@dataclass(frozen=True)
class Asker:
    """In whose name something is asked.

    Attributes:
        home: The bot's own workspace.
        person: None if Slack knows no such user.
        slack_answers: Whether Slack has told which workspace is the bot's own.
    """

    home: Workspace
    person: Person | None
    slack_answers: bool


async def whose(parts: Parts, user_id: str) -> Asker:
    """Find the bot's workspace, and the person.

    A Slack that does not answer, or not everything, must keep nobody from stopping a token: what
    it does not tell is as it told last. Whoever it never told of is of the bot's own workspace, and
    may do what is listed for their own id.

    Raises:
        BadSlackTokenError: If Slack refuses the bot token.
        StoreUnavailableError: If what it told last is needed, and cannot be read.
    """
    home: Workspace | None = None
    if await _in_time(parts.identity.ask()):
        home = parts.identity.workspace
        try:
            told = await _in_time(person_of(parts.client, user_id))
        except NoSuchUserError:
            return Asker(home, None, slack_answers=True)
        if told is not None:
            return Asker(home, told, slack_answers=True)
    async with parts.store.reading() as reading:
        known = await reading.known_person(user_id)
        stored = await reading.known_workspace()
    own = home or stored or _home_of(known)
    # On the record under the organisation too, as Slack would have told it.
    listed = Person(user_id, own.team_id, own.enterprise_id)
    person = listed if known is None else known.person
    return Asker(own, person, slack_answers=home is not None)


def _home_of(known: KnownPerson | None) -> Workspace:
    """Take the person's workspace for the bot's, where nothing else is known.

    Where that is not known either, it is none that somebody else's can be mistaken for.
    """
    if known is None or not known.person.team_id:
        return Workspace(UNKNOWN_TEAM)
    return Workspace(known.person.team_id, known.person.enterprise_id)


async def _in_time(telling: Awaitable[T]) -> T | None:
    """Give what Slack tells; None if that takes too long."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await telling
    except TimeoutError:
        _log.warning("Slack does not answer", error="TimeoutError")
        return None
