import structlog

from bot.changes.asking import Received
from bot.changes.errors import ErrorCode, StoreUnavailableError
from bot.changes.ports import AnnouncementError
from bot.changes.queries import Queries
from bot.commands.answers import Accepted, Later, Moved
from bot.slack.blocks.action_ids import NOTE, ActionId, drift_number
from bot.slack.forms.registry import SURFACE
from bot.slack.home.telling import HomeTelling
from bot.slack.listeners.answering import Answered, Answering
from bot.slack.listeners.asking import CLICK, HOME
from bot.slack.redrawing import Redrawing
from bot.tasks import Tasks

_log = structlog.get_logger()

# After these, the message whose button was pressed shows less than is recorded.
_OUTDATED = {
    ErrorCode.ALREADY_DECIDED,
    ErrorCode.ALREADY_DISABLED_AGAIN,
    ErrorCode.ALREADY_RETRIED,
    ErrorCode.ALREADY_REVIEWED,
    ErrorCode.ALREADY_UNDONE,
    ErrorCode.BEING_UNDONE,
    ErrorCode.EXPIRED,
    ErrorCode.NOTHING_TO_RETRY,
    ErrorCode.NOT_CANCELLABLE,
    ErrorCode.NOT_FINISHED,
    ErrorCode.NOT_UNDOABLE,
    ErrorCode.UNDO_WINDOW_OVER,
}


class Telling:
    """Tell people what the ack did not: readings, outcomes of clicks, and what came late.

    Args:
        answering: Tells one person.
        queries: Reads changes, to redraw outdated messages.
        redrawing: Redraws them.
        home: Tells people what came of what they did in Home.
        tasks: Holds on to what runs beside.
    """

    def __init__(
        self,
        answering: Answering,
        queries: Queries,
        redrawing: Redrawing,
        home: HomeTelling,
        tasks: Tasks,
    ) -> None:
        self._answering = answering
        self._queries = queries
        self._redrawing = redrawing
        self._home = home
        self._tasks = tasks

    def tell(self, received: Received, answered: Answered) -> None:
        """Tell what came of something, unless its message shows it by itself."""
        ask = received.ask
        if received.content.get(SURFACE) == HOME and answered.later is None:
            if answered.message is not None:
                self._home.tell(ask.person, answered.message)
            return
        action = received.content.get("action", "")
        if answered.later is not None:
            turning = action.startswith(ActionId.PAGE_LIST)
            self._answering.follow_up(ask.person, ask.origin, answered.later, replace=turning)
        elif answered.message is not None and not _shows_by_itself(received, answered):
            self._answering.tell(ask.person, ask.origin, answered.message)
        outdated = answered.problem is not None and answered.problem.code in _OUTDATED
        moved = isinstance(answered.answer, Moved)
        if received.kind != CLICK or not (outdated or moved):
            return
        if ask.origin.pressed is None:
            # What one person alone sees and can move on from is the list of what waits.
            waiting = Later(self._queries.pending)
            self._answering.follow_up(ask.person, ask.origin, waiting, replace=True)
        elif outdated or _stands_in_note(received) or _reviews(received):
            self._tasks.spawn(self._redraw(received), "redraw")

    async def _redraw(self, received: Received) -> None:
        change_id, _, _ = received.content["value"].partition(":")
        action, _, place = received.content["action"].partition(":")
        pressed = received.ask.origin
        try:
            if action == ActionId.DISABLE_AGAIN:
                number = drift_number(place)
                shown = None
                while (found := await self._queries.drift(change_id, number)) != shown:
                    if found is None:
                        return
                    await self._redrawing.redraw_drift(found, number, pressed)
                    shown = found
                return
            drawn = None
            # What is recorded may move on while it is drawn, and what told of that has been
            # written over by this edit.
            while (recorded := await self._queries.change(change_id)) != drawn:
                change, undo = drawn = recorded
                if change is None:
                    return
                if _stands_in_note(received):
                    await self._redrawing.redraw_note(change, undo, pressed)
                else:
                    await self._redrawing.redraw(change, undo, pressed)
        except (AnnouncementError, StoreUnavailableError) as error:
            _log.warning("an outdated message stays as it is", reason=str(error))


def _stands_in_note(received: Received) -> bool:
    """Tell whether what was pressed stands in the note that a timer is about to end."""
    return received.content.get("action") == f"{ActionId.CANCEL_CHANGE}:{NOTE}"


def _reviews(received: Received) -> bool:
    """Tell whether a review was pressed, maybe in a copy of which nothing is recorded."""
    return received.content.get("action") == ActionId.REVIEW_CHANGE


def _shows_by_itself(received: Received, answered: Answered) -> bool:
    """Tell whether the message whose button was pressed is edited to show what came of it."""
    match answered.answer:
        case Moved(request):
            pressed = received.ask.origin.pressed
            return pressed is not None and pressed in {request.message, request.feed_message}
        case Accepted(request):
            undoing = received.content.get("action") == ActionId.UNDO_CHANGE
            return undoing and not request.several and request.approval is None
        case _:
            return False
