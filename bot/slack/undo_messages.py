from dataclasses import replace
from functools import partial

from bot.changes.ports import Remember
from bot.changes.request import ChangeRequest
from bot.slack.blocks.private import private_outcome
from bot.slack.change_drawing import ChangeDrawing
from bot.slack.placed import posted, with_copy
from bot.slack.placing import Placing
from bot.slack.responder import Responder
from bot.slack.sending import Sending


class UndoMessages:
    """Tell of an undo where the change that it takes back was told.

    Args:
        sending: Hands messages to Slack.
        responder: Answers one person.
        placing: Puts messages where they belong.
        drawing: Draws requests.
    """

    def __init__(
        self, sending: Sending, responder: Responder, placing: Placing, drawing: ChangeDrawing
    ) -> None:
        self._sending = sending
        self._responder = responder
        self._placing = placing
        self._drawing = drawing

    async def announce(
        self, undo: ChangeRequest, undone: ChangeRequest, remember: Remember
    ) -> ChangeRequest:
        """Tell of an undo in the message of the change that it takes back.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        places = dict.fromkeys(
            place for place in (undone.message, undo.origin.pressed, undo.message) if place
        )
        if not undo.effective:
            # Whoever pressed too late has made these messages tell of an undo under way. What was
            # to happen by itself, and did not, is told to everybody who relies on it.
            shown = undo if undo.automatic else None
            for place in places:
                await self._placing.edit(place, self._drawing.drawn(undone, shown))
            await self._responder.tell(
                undo.requester, undo.origin, private_outcome(undo), request=undo
            )
            return undo
        drawn = self._drawing.drawn(undone, undo)
        edited = [place for place in places if await self._placing.edit(place, drawn)]
        copied = undo.feed_message or undone.feed_message
        if copied is not None:
            earlier = replace(undone, feed_message=copied)
            copy = await self._placing.copy_to_feed(earlier, drawn)
            undo = await with_copy(undo, copy, remember)
        if edited:
            if undo.origin.pressed is None and not undo.automatic:
                # An edit tells nobody; whoever typed the command is told where they did.
                await self._responder.tell(undo.requester, undo.origin, drawn, request=undo)
            return replace(undo, message=edited[0])
        url = undo.origin.response_url
        pressed = undo.origin.pressed is not None and undo.state.final
        if pressed and url is not None and await self._sending.respond(url, drawn, replace=True):
            return undo
        undo = await posted(self._placing, undo, partial(self._drawing.drawn, undone, undo))
        if undone.message is None and undo.message is not None:
            # It has ended before Slack took anything of it, and is told with its undo.
            await remember(replace(undone, message=undo.message))
        return undo
