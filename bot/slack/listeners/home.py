from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.changes.errors import ErrorCode, Problem, StoreUnavailableError, UserError
from bot.changes.home_query import HomeQuery
from bot.changes.people import Person
from bot.changes.ports import AnnouncementError
from bot.changes.request import Origin
from bot.changes.secret import holds_secret
from bot.slack.blocks.home.page import secret_in_search
from bot.slack.home.navigation import HomeAction, changed, entered, home_action
from bot.slack.home.pages import HomePages
from bot.slack.home.shelf import HomeShelf
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.asking import HOME, opened_by, whoever
from bot.tasks import Tasks

_log = structlog.get_logger()
_OPENED = "home_opened"
_NOT_ANSWERING = Problem(
    ErrorCode.NOT_CONFIRMED_STORED,
    "The bot's database does not answer. Nothing was changed.",
    "Try again in a moment.",
)
_NOT_SHOWN = Problem(
    ErrorCode.SLACK_REFUSED,
    "Slack does not show your Home now. Nothing was changed.",
    "Try again.",
)


class HomeListener:
    """Show people their Home when they open it, and what else they want to see there.

    Nothing of it changes anything, so that it is acked at once.

    Args:
        shelf: The database, which keeps what each looks at.
        pages: Show it.
        answering: Makes an answer of whatever happens.
        tasks: Holds on to what runs beside.
        clock: Tells the time.
    """

    def __init__(
        self,
        shelf: HomeShelf,
        pages: HomePages,
        answering: Answering,
        tasks: Tasks,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._pages = pages
        self._answering = answering
        self._tasks = tasks
        self._clock = clock

    async def opened(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Show somebody their Home; the other tab of the app is none of its concern.

        Source: https://docs.slack.dev/reference/events/app_home_opened
        """
        await ack()
        if body["event"].get("tab") != HOME:
            return
        person = opened_by(body)
        if person is not None:
            self._tasks.spawn(self._open(person), "home")

    async def navigated(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Show somebody what they search for or choose; what they look at stays theirs."""
        await ack()
        person, _ = whoever(body)
        if person.user_id and person.team_id:
            self._tasks.spawn(self._navigate(person, body["actions"][0]), "home")

    async def _open(self, person: Person) -> None:
        async def work() -> None:
            async with self._shelf.transaction() as homes:
                home = await homes.look_at_home(person, self._clock())
            await self._pages.show(home)

        await self._run(person, _OPENED, work)

    async def _navigate(self, person: Person, action: Mapping[str, Any]) -> None:
        name = home_action(action)

        async def work() -> None:
            value = entered(action)
            if name is HomeAction.SEARCH and holds_secret(value):
                raise UserError(secret_in_search())
            async with self._shelf.transaction() as homes:
                # Of two quick clicks the second must not bring back what the first has changed.
                await homes.one_at_a_time(person.user_id)
                known = await homes.home(person.user_id)
                query = HomeQuery() if known is None else known.query
                if name is not None:
                    query = changed(query, name, value)
                home = await homes.look_at_home(person, self._clock(), query)
            await self._pages.show(home)

        await self._run(person, "unknown" if name is None else name.value, work)

    async def _run(self, person: Person, asked: str, work: Callable[[], Any]) -> None:
        async def shown() -> None:
            try:
                await work()
            except AnnouncementError as error:
                _log.info("Home is not shown", reason=str(error))
                raise UserError(_NOT_SHOWN) from error
            except StoreUnavailableError as error:
                raise UserError(_NOT_ANSWERING) from error

        answered = await self._answering.run("home", asked, shown)
        starting = answered.problem is not None and answered.problem.code is ErrorCode.STARTING
        # Whoever only opens the app while the bot restarts need not be told by a message.
        if answered.message is not None and not (starting and asked == _OPENED):
            self._answering.tell(person, Origin(person.user_id), answered.message)
