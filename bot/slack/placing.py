import asyncio
from collections.abc import Callable

import structlog

from bot.changes.deciding import is_direct
from bot.changes.policy import Policy
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest, MessageRef
from bot.changes.states import RequestState
from bot.slack.blocks.rich import Message
from bot.slack.channels import ChannelKind, Channels
from bot.slack.sending import NotReachableError, Sending

_KIND_SECONDS = 0.5
_log = structlog.get_logger()

Draw = Callable[[str], Message]
"""Draws a message with a last line, such as why it was sent to one person alone."""

_NOTES = {
    ChannelKind.SHARED: (
        "Sent to you alone: the channel where you asked is shared with another organisation."
    ),
    ChannelKind.UNREADABLE: (
        "Sent to you alone: this bot cannot read what kind of channel you asked in. Invite it "
        "there to have changes posted."
    ),
    ChannelKind.INTERNAL: (
        "Sent to you alone: this bot cannot post in the channel where you asked. Invite it there "
        "to have changes posted."
    ),
}


class Placing:
    """Put the message of a request where it belongs, so that no stranger reads along.

    Args:
        sending: Hands messages to Slack.
        channels: Tells who may read along.
        policy: Gives the policy in force: its channels and its feed.
    """

    def __init__(self, sending: Sending, channels: Channels, policy: Callable[[], Policy]) -> None:
        self._sending = sending
        self._channels = channels
        self._policy = policy

    async def post(self, asked: ChangeRequest, draw: Draw) -> MessageRef | None:
        """Post where it was asked; where that must not or cannot be, to the requester.

        A request from a direct message goes to the feed, if there is one, but its preview.

        Returns:
            Where the message is, or None if it went through a response URL.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        rules = self._policy().channels
        channel = asked.origin.channel_id
        # What only its requester can confirm stays where they are.
        own = asked.state is RequestState.PREVIEWED
        if is_direct(channel) and rules.feed is not None and not own:
            channel = rules.feed
        kind = await self._channels.kind(channel)
        if self._may_be_read_in(channel, kind):
            try:
                return await self._sending.post(channel, draw(""), asked)
            except NotReachableError:
                # What is edited later needs a message that can be.
                url = asked.origin.response_url if asked.state.final else None
                if url is not None and await self._sending.respond(url, draw(""), in_channel=True):
                    return None
        try:
            drawn = draw(_NOTES.get(kind, ""))
            return await self._sending.post(asked.requester.user_id, drawn, asked)
        except NotReachableError as error:
            raise AnnouncementError(f"direct message: {error}") from error

    async def told_directly(self, channel: str) -> bool:
        """Tell whether a change that is asked for in a channel is told its requester alone.

        Whoever asks waits for this, so that Slack is not waited for long.
        """
        try:
            async with asyncio.timeout(_KIND_SECONDS):
                kind = await self._channels.kind(channel)
        except (AnnouncementError, TimeoutError):
            return False
        return kind is ChannelKind.SHARED and not self._may_be_read_in(channel, kind)

    async def reply(self, request: ChangeRequest, draw: Draw) -> MessageRef | None:
        """Post in the thread of a request's message; where that cannot be, where it was asked.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        place = request.message
        if place is not None and await self._may_show_at(place):
            try:
                return await self._sending.post(
                    place.channel_id, draw(""), request, thread_ts=place.ts
                )
            except NotReachableError as error:
                _log.info("no thread to reply in", reason=str(error))
        return await self.post(request, draw)

    async def in_thread(self, request: ChangeRequest, drawn: Message) -> bool:
        """Post in the thread of a request's message; False where that must not or cannot be.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        place = request.message
        if place is None:
            return False
        if not await self._may_show_at(place):
            _log.info("nothing goes into the thread: others read along", channel=place.channel_id)
            return False
        try:
            await self._sending.post(place.channel_id, drawn, request, thread_ts=place.ts)
        except NotReachableError as error:
            _log.info("no thread to reply in", reason=str(error))
            return False
        return True

    async def edit(self, place: MessageRef | None, drawn: Message) -> bool:
        """Edit a message; False if there is none to edit, or others read along there.

        A press names any message of the bot's, and must not show a change to strangers by it.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        if place is None or not await self._may_show_at(place):
            return False
        try:
            await self._sending.edit(place, drawn)
        except NotReachableError:
            return False
        return True

    async def copy_to_feed(self, request: ChangeRequest, drawn: Message) -> MessageRef | None:
        """Post or edit a request's copy in the feed; give where it is."""
        feed = self._policy().channels.feed
        if await self.edit(request.feed_message, drawn):
            return request.feed_message
        if feed is None or (request.message is not None and request.message.channel_id == feed):
            return request.feed_message
        return await self.post_in_feed(drawn, request)

    async def post_in_feed(
        self, drawn: Message, request: ChangeRequest | None = None
    ) -> MessageRef | None:
        """Post in the feed; give where, or None if there is no feed or it cannot be told there.

        Args:
            drawn: What is posted.
            request: Whose announcement it is, which is tried again when its turn comes.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        feed = self._policy().channels.feed
        if feed is None:
            return None
        kind = await self._channels.kind(feed)
        if not self._may_be_read_in(feed, kind):
            _log.warning(
                "nothing goes into the feed: others read along", channel=feed, kind=kind.value
            )
            return None
        try:
            return await self._sending.post(feed, drawn, request)
        except NotReachableError as error:
            _log.warning("the feed cannot be reached", channel=feed, reason=str(error))
            return None

    async def _may_show_at(self, place: MessageRef) -> bool:
        """Tell whether whoever reads a message of the bot's may read of changes, still or at all.

        A channel may have been shared with others since the message was posted.
        """
        kind = await self._channels.kind(place.channel_id)
        return kind is ChannelKind.DIRECT or self._may_be_read_in(place.channel_id, kind)

    def _may_be_read_in(self, channel: str, kind: ChannelKind) -> bool:
        """Tell whether everybody in a channel may read of changes.

        Where others may read along, only a channel that the policy lists will do.
        """
        allowed = self._policy().channels.allowed
        listed = allowed is not None and channel in allowed
        return kind is ChannelKind.INTERNAL or (listed and kind is not ChannelKind.DIRECT)
