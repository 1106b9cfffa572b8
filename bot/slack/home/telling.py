from collections.abc import Callable
from datetime import datetime

import structlog

from bot.changes.errors import StoreUnavailableError
from bot.changes.people import Person
from bot.changes.ports import AnnouncementError
from bot.changes.request import Origin
from bot.slack.blocks.rich import Message
from bot.slack.home.pages import HomePages
from bot.slack.home.shelf import HomeShelf
from bot.slack.responder import Responder
from bot.tasks import Tasks

_log = structlog.get_logger()


class HomeTelling:
    """Tell people on their Home what came of what they did there, else in a direct message.

    Home has no channel and no response URL.

    Args:
        shelf: The database.
        pages: Show it.
        responder: Tells one person.
        tasks: Holds on to what runs beside.
        clock: Tells the time.
    """

    def __init__(
        self,
        shelf: HomeShelf,
        pages: HomePages,
        responder: Responder,
        tasks: Tasks,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._pages = pages
        self._responder = responder
        self._tasks = tasks
        self._clock = clock

    def tell(self, person: Person, message: Message) -> None:
        """Tell somebody beside the ack; their page shows by then what they have changed."""
        self._tasks.spawn(self._tell(person, message), "home")

    async def _tell(self, person: Person, message: Message) -> None:
        try:
            async with self._shelf.transaction() as homes:
                home = await homes.look_at_home(person, self._clock(), notice=message.blocks)
            await self._pages.show(home)
        except (AnnouncementError, StoreUnavailableError) as error:
            _log.info("cannot be told in Home", reason=str(error))
            try:
                await self._responder.tell(person, Origin(person.user_id), message)
            except AnnouncementError as second:
                _log.error("an answer reached nobody", reason=str(second))
