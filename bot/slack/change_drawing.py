from collections.abc import Callable
from datetime import datetime

from bot.changes.policy import Policy
from bot.changes.request import ChangeRequest
from bot.changes.undoing import retryable, undoable
from bot.slack.blocks.request import Offer, request_message
from bot.slack.blocks.rich import Message
from bot.slack.leak_messages import LeakMessages


class ChangeDrawing:
    """Draw a request as its own message shows it, from what is recorded and the policy in force.

    Args:
        leaks: Knows whose token was leaked, and who was told.
        policy: Gives the policy in force.
        clock: Tells the time.
    """

    def __init__(
        self,
        leaks: LeakMessages,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
    ) -> None:
        self._leaks = leaks
        self._policy = policy
        self._clock = clock

    def drawn(
        self, change: ChangeRequest, undo: ChangeRequest | None = None, note: str = ""
    ) -> Message:
        """Draw a request with what can be done about it now.

        Args:
            change: The request.
            undo: The change that takes it back, or was to, if the message is to tell of it.
            note: The last line.
        """
        window = self._policy().undo_window
        may_undo = undoable(change, self._clock(), window)
        offer = Offer(may_undo, retryable(change), self._leaks.undo_rule(change))
        owners = self._leaks.owners(change)
        return request_message(change, offer, undo=undo, owners=owners, note=note)
