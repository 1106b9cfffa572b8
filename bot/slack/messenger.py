from collections.abc import Callable
from datetime import datetime

from bot.changes.policy import Policy
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest, MessageRef, Origin, TargetState
from bot.changes.undoing import undoable
from bot.slack.blocks.change import change_message
from bot.slack.blocks.private import private_outcome
from bot.slack.blocks.rich import Message
from bot.slack.channels import ChannelKind, Channels
from bot.slack.responder import Responder
from bot.slack.sending import NotReachableError, Sending

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
_TOOK_EFFECT = (
    TargetState.DONE,
    TargetState.APPLIED,
    TargetState.UNKNOWN,
    TargetState.LOST,
)


class SlackMessenger:
    """Tell of changes in Slack, from what is recorded and nothing else.

    Args:
        sending: Hands messages to Slack.
        responder: Answers one person.
        channels: Tells who may read along.
        policy: Gives the policy in force.
        clock: Tells the time.
    """

    def __init__(
        self,
        sending: Sending,
        responder: Responder,
        channels: Channels,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
    ) -> None:
        self._sending = sending
        self._responder = responder
        self._channels = channels
        self._policy = policy
        self._clock = clock

    async def announce(
        self,
        request: ChangeRequest,
        *,
        undone: ChangeRequest | None = None,
        undo: ChangeRequest | None = None,
    ) -> MessageRef | None:
        """Post or edit the one message of a request; if nothing came of it, tell the requester.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        if undone is not None:
            return await self._announce_undo(request, undone)
        if request.target.state in (TargetState.REFUSED, TargetState.UNCHANGED):
            await self._responder.tell(request.requester, request.origin, private_outcome(request))
            return None
        seen = undo if undo is not None and undo.target.state in _TOOK_EFFECT else None
        drawn = self._drawn(request, seen)
        if request.message is not None and await self._edit(request.message, drawn):
            return request.message
        return await self._post(request, request, seen)

    async def redraw(
        self, change: ChangeRequest, undo: ChangeRequest | None, pressed: Origin
    ) -> None:
        """Bring the message whose button was pressed up to what is recorded.

        Args:
            change: The change that the message tells of.
            undo: The change that took it back, if there is one.
            pressed: Where the button was pressed.
        """
        drawn = self._drawn(change, undo)
        if pressed.pressed is not None and await self._edit(pressed.pressed, drawn):
            return
        if pressed.response_url is not None:
            await self._sending.respond(pressed.response_url, drawn, replace=True)

    async def _announce_undo(self, undo: ChangeRequest, undone: ChangeRequest) -> MessageRef | None:
        places = dict.fromkeys(
            place for place in (undone.message, undo.origin.pressed, undo.message) if place
        )
        if undo.target.state not in _TOOK_EFFECT:
            # Whoever pressed too late has made these messages tell of an undo under way.
            for place in places:
                await self._edit(place, self._drawn(undone))
            await self._responder.tell(undo.requester, undo.origin, private_outcome(undo))
            return None
        drawn = self._drawn(undone, undo)
        edited = [place for place in places if await self._edit(place, drawn)]
        if edited:
            if undo.origin.pressed is None:
                # An edit tells nobody; whoever typed the command is told where they did.
                await self._responder.tell(undo.requester, undo.origin, drawn)
            return edited[0]
        url = undo.origin.response_url
        pressed = undo.origin.pressed is not None and undo.target.state.final
        if pressed and url is not None and await self._sending.respond(url, drawn, replace=True):
            return None
        return await self._post(undo, undone, undo)

    async def _post(
        self, asked: ChangeRequest, change: ChangeRequest, undo: ChangeRequest | None
    ) -> MessageRef | None:
        """Post where it was asked; where that must not or cannot be, to the requester."""
        kind = await self._channels.kind(asked.origin.channel_id)
        if kind is ChannelKind.INTERNAL:
            drawn = self._drawn(change, undo)
            try:
                return await self._sending.post(asked.origin.channel_id, drawn)
            except NotReachableError:
                # An outcome that is not known yet needs a message that can be edited later.
                url = asked.origin.response_url if asked.target.state.final else None
                if url is not None and await self._sending.respond(url, drawn, in_channel=True):
                    return None
        noted = self._drawn(change, undo, _NOTES.get(kind, ""))
        try:
            return await self._sending.post(asked.requester.user_id, noted)
        except NotReachableError as error:
            raise AnnouncementError(f"direct message: {error}") from error

    async def _edit(self, place: MessageRef, drawn: Message) -> bool:
        try:
            await self._sending.edit(place, drawn)
        except NotReachableError:
            return False
        return True

    def _drawn(
        self, change: ChangeRequest, undo: ChangeRequest | None = None, note: str = ""
    ) -> Message:
        offered = undoable(change, self._clock(), self._policy().undo_window)
        return change_message(change, undo=undo, undoable=offered, note=note)
