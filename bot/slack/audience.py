"""Who is told of a request, and where: everybody, the feed, its requester alone."""

from datetime import timedelta

from bot.changes.deciding import is_direct
from bot.changes.pauses import its_turn
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState

# Whoever waits for longer looks elsewhere, and an edit reaches nobody.
_WATCHED = timedelta(minutes=2)
_FRUITLESS = (TargetState.REFUSED, TargetState.UNCHANGED)


def worth_a_word(undo: ChangeRequest) -> ChangeRequest | None:
    """Give an undo that is worth a word: one that took effect, or is under way."""
    return undo if undo.effective or not undo.state.final else None


def has_message_of_its_own(request: ChangeRequest, undone: ChangeRequest) -> bool:
    """Tell whether an undo was shown to somebody before it was carried out, or while it waited.

    Args:
        request: The undo.
        undone: The change that it takes back, whose message is not the undo's own.
    """
    theirs = {undone.message, undone.feed_message, request.origin.pressed}
    return (
        request.state.waiting
        or request.state.closed
        or request.confirmed_at is not None
        or bool(request.held_back)
        or (request.message is not None and request.message not in theirs)
    )


def belongs_in_the_feed(request: ChangeRequest) -> bool:
    """Tell whether the feed shows a request: its outcome, and what others cannot see elsewhere."""
    if request.state in {RequestState.FINISHED, RequestState.UNRESOLVED}:
        return True
    hidden = request.message is not None and is_direct(request.message.channel_id)
    return hidden and request.state is RequestState.AWAITING_APPROVAL


def is_private(request: ChangeRequest) -> bool:
    """Tell whether nothing came of a request that nobody but its requester knows of."""
    if request.state is not RequestState.FINISHED or request.message is not None:
        return False
    if request.leak is not None:
        # That a secret was reported, and not found, is news for whoever answers for its end.
        return False
    return all(target.state in _FRUITLESS for target in request.targets)


def is_told_directly(request: ChangeRequest) -> bool:
    """Tell whether its requester is told, too, how a request ended: it took others, or long."""
    return (request.approval is not None or _ended_late(request)) and _is_news(request)


def _is_news(request: ChangeRequest) -> bool:
    """Tell whether its requester may not know yet how a request ended."""
    if not request.state.final or (request.timer is not None and request.timer.stopped_by):
        return False
    if request.break_glass is not None and request.break_glass.reviewed_at is not None:
        return False
    return request.closing is None or request.closing.by != request.requester.user_id


def _ended_late(request: ChangeRequest) -> bool:
    ends = [target.finished_at for target in request.targets if target.finished_at is not None]
    return bool(ends) and max(ends) - its_turn(request) > _WATCHED
