import structlog

from bot.changes.people import Person
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest, Origin
from bot.slack.blocks.rich import Message
from bot.slack.sending import NotReachableError, Sending

_log = structlog.get_logger()


class Responder:
    """Answer one person, wherever they asked, in a way that reaches them.

    Args:
        sending: Hands messages to Slack.
    """

    def __init__(self, sending: Sending) -> None:
        self._sending = sending

    async def tell(
        self,
        person: Person,
        origin: Origin,
        message: Message,
        *,
        replace: bool = False,
        request: ChangeRequest | None = None,
    ) -> None:
        """Tell one person: by the response URL, else in the channel, else in a direct message.

        Args:
            person: Who is told.
            origin: Where they asked.
            message: What they are told.
            replace: Whether it takes the place of the message whose button was pressed.
            request: The request whose outcome it is, which is tried again when its turn comes.

        Raises:
            AnnouncementError: If none of the three works.
        """
        url = origin.response_url
        if url is not None and await self._sending.respond(url, message, replace=replace):
            return
        if not person.user_id:
            # What Slack sent told nobody's id.
            raise AnnouncementError("nobody is named who could be told")
        if origin.channel_id == person.user_id:
            # Home is no channel.
            await self.tell_directly(person, message, request)
            return
        try:
            await self._sending.whisper(origin.channel_id, person.user_id, message)
        except (NotReachableError, AnnouncementError) as error:
            _log.info("cannot be told in the channel", reason=str(error))
            await self.tell_directly(person, message, request)

    async def tell_directly(
        self, person: Person, message: Message, request: ChangeRequest | None
    ) -> None:
        """Tell one person in a direct message; raise AnnouncementError if that fails."""
        try:
            await self._sending.post(person.user_id, message, request)
        except NotReachableError as error:
            raise AnnouncementError(f"direct message: {error}") from error
