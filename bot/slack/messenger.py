from dataclasses import replace
from functools import partial

import structlog

from bot.changes.direct_copy import DirectCopy
from bot.changes.ports import AnnouncementError, Drifted, Related, Remember
from bot.changes.request import ChangeRequest, Drift, MessageRef
from bot.changes.states import RequestState
from bot.changes.timers import awaiting_end
from bot.slack.audience import (
    belongs_in_the_feed,
    has_message_of_its_own,
    is_private,
    is_told_directly,
    worth_a_word,
)
from bot.slack.blocks.private import decided_message, private_outcome
from bot.slack.blocks.rich import Message
from bot.slack.blocks.timers import end_message
from bot.slack.blocks.under_way import progress_message
from bot.slack.change_drawing import ChangeDrawing
from bot.slack.direct_copies import DirectCopies
from bot.slack.drift_messages import DriftMessages
from bot.slack.leak_messages import LeakMessages
from bot.slack.placed import posted, with_copy
from bot.slack.placing import Placing
from bot.slack.responder import Responder
from bot.slack.sending import NotReachableError, Sending
from bot.slack.undo_messages import UndoMessages

_log = structlog.get_logger()


class SlackMessenger:
    """Tell of changes in Slack, from what is recorded and nothing else.

    Args:
        sending: Hands messages to Slack.
        responder: Answers one person.
        placing: Puts messages where they belong.
        drawing: Draws requests.
        drifts: Tells that what was disabled is active again.
        leaks: Tells what goes with a leaked secret's receipt.
    """

    def __init__(
        self,
        sending: Sending,
        responder: Responder,
        placing: Placing,
        drawing: ChangeDrawing,
        drifts: DriftMessages,
        leaks: LeakMessages,
    ) -> None:
        self._sending = sending
        self._responder = responder
        self._placing = placing
        self._drawing = drawing
        self._drifts = drifts
        self._leaks = leaks
        self._undos = UndoMessages(sending, responder, placing, drawing)
        self._copies = DirectCopies(sending)

    async def announce(
        self, request: ChangeRequest, related: Related, remember: Remember
    ) -> ChangeRequest:
        """Post or edit the messages of a request; if nothing came of it, tell the requester.

        What is posted is remembered before the next part is tried, so that nothing is posted again
        where that fails. An edit is made again, which nobody sees.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        if related.undone is not None:
            # It belongs in the timeline of a leaked token's case as well.
            await self._leaks.tell_timeline(related.undone, related.record, remember)
            if not has_message_of_its_own(request, related.undone):
                return await self._undos.announce(request, related.undone, remember)
        if related.retried is not None:
            await self._edit_earlier(related.retried, None)
        if related.drifted is not None:
            await self._drifts.edit(related.drifted.change, request)
            await self._edit_own(related.drifted)
        if is_private(request):
            await self._tell_privately(request)
            return request
        seen = None if related.undo is None else worth_a_word(related.undo)
        drawn = self._drawing.drawn(request, seen)
        if not request.posted_by_url and not await self._placing.edit(request.message, drawn):
            request = await posted(
                self._placing, request, partial(self._drawing.drawn, request, seen)
            )
            await remember(request)
        if request.feed_message is not None or belongs_in_the_feed(request):
            copy = await self._placing.copy_to_feed(request, drawn)
            request = await with_copy(request, copy, remember)
        if related.undone is not None:
            # What was to happen by itself, and did not, is told to everybody who relies on it.
            finished = request.automatic and request.state is RequestState.FINISHED
            seen = request if finished else worth_a_word(request)
            # The copy that was pressed to retry it tells of the undo itself.
            pressed = None if request.retry_of is not None else request.origin.pressed
            await self._edit_earlier(related.undone, seen, pressed)
        request = await self._tell_case(request, related, remember)
        if is_told_directly(request):
            await self._tell_requester(request)
        return request

    async def _tell_case(
        self, request: ChangeRequest, related: Related, remember: Remember
    ) -> ChangeRequest:
        """Tell the owner of a leaked token, and go on with the timeline of its case."""
        if request.leak is None:
            return request
        before = request.leak_told
        request = await self._leaks.tell_owners(request, remember)
        if request.leak_told != before:
            seen = None if related.undo is None else worth_a_word(related.undo)
            await self._edit_earlier(request, seen)
        return await self._leaks.tell_timeline(request, related.record, remember)

    async def tell_directly(
        self, request: ChangeRequest, related: Related, copy: DirectCopy
    ) -> DirectCopy:
        """Post a request's message to one person, or edit it, unless it shows all there is.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        undo = None if related.undo is None else worth_a_word(related.undo)
        return await self._copies.tell(request, self._drawing.drawn(request, undo), copy)

    async def show_progress(self, request: ChangeRequest, sent: int) -> None:
        """Edit the message of a request to say how many of its PATCHes were sent."""
        try:
            await self._placing.edit(request.message, progress_message(request, sent))
        except AnnouncementError as error:
            _log.info("progress is not shown", reason=str(error))

    async def tell_drift(
        self, drifted: Drifted, drift: Drift, again: ChangeRequest | None, remember: Remember
    ) -> ChangeRequest:
        """Tell in the thread of a change, and in its message, that its tokens are active again.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        told = await self._drifts.tell(drifted.change, drift, again, remember)
        await self._edit_own(replace(drifted, change=told))
        return told

    async def note_end(self, request: ChangeRequest) -> None:
        """Tell the requester that a timer is about to end, unless others have ended all of it.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        if awaiting_end(request):
            await self._responder.tell_directly(request.requester, end_message(request), request)

    async def _tell_requester(self, request: ChangeRequest) -> None:
        """Tell whoever has waited, who may have left the channel where everybody sees it."""
        try:
            drawn = decided_message(request)
            await self._sending.post(request.requester.user_id, drawn, request)
        except NotReachableError as error:
            # The message in the channel tells it all the same; trying again would not help.
            _log.warning("the requester cannot be told directly", reason=str(error))

    async def _tell_privately(self, request: ChangeRequest) -> None:
        await self._responder.tell(
            request.requester, request.origin, private_outcome(request), request=request
        )

    async def _edit_own(self, drifted: Drifted) -> None:
        """Let the message in which a change was told say that its tokens are active again."""
        change, related = drifted.change, drifted.related
        undone = related.undone
        if undone is not None and not has_message_of_its_own(change, undone):
            await self._edit_earlier(undone, change)
        else:
            undo = None if related.undo is None else worth_a_word(related.undo)
            await self._edit_earlier(change, undo)

    async def _edit_earlier(
        self, earlier: ChangeRequest, undo: ChangeRequest | None, pressed: MessageRef | None = None
    ) -> None:
        """Let the message of an earlier change, and a copy of it, tell of what refers to it."""
        drawn = self._drawing.drawn(earlier, undo)
        for place in dict.fromkeys((earlier.message, earlier.feed_message, pressed)):
            await self._placing.edit(place, drawn)

    def told(self, change: ChangeRequest) -> Message:
        """Draw a request as its requester is told of it, for whoever reads it elsewhere."""
        return private_outcome(change) if is_private(change) else self._drawing.drawn(change)
