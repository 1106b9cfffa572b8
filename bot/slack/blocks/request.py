"""The one message of a request, whatever stage it is in, drawn from what is recorded."""

from dataclasses import dataclass

from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.slack.blocks.change import change_message
from bot.slack.blocks.closed import closed_message
from bot.slack.blocks.leaks.order import order_message
from bot.slack.blocks.leaks.receipt import OwnerTold, receipt_message
from bot.slack.blocks.rich import Message
from bot.slack.blocks.several import several_message
from bot.slack.blocks.under_way import under_way_message
from bot.slack.blocks.waiting import approval_message, choice_message, preview_message


@dataclass(frozen=True)
class Offer:
    """Which buttons a request's message offers once there is an outcome.

    Attributes:
        undo_rule: Why the undo of a leaked token's disable needs a second person, if it does.
    """

    undo: bool = False
    retry: bool = False
    undo_rule: str = ""


def request_message(
    change: ChangeRequest,
    offer: Offer,
    *,
    undo: ChangeRequest | None = None,
    owners: tuple[OwnerTold, ...] = (),
    note: str = "",
) -> Message:
    """Draw a request.

    Args:
        change: The request as it is recorded.
        offer: Which buttons to offer.
        undo: The change that took it back, or is trying to.
        owners: Whose token was disabled as leaked.
        note: A last line, such as why it was sent to one person alone.
    """
    match change.state:
        case RequestState.PREVIEWED if change.choices:
            return choice_message(change, note)
        case RequestState.PREVIEWED if change.to_be_ordered:
            return order_message(change, note)
        case RequestState.PREVIEWED:
            return preview_message(change, note)
        case RequestState.AWAITING_APPROVAL:
            return approval_message(change, note)
        case RequestState.ACCEPTED | RequestState.EXECUTING:
            return under_way_message(change, note)
        case state if state.closed:
            return closed_message(change, note)
        case _ if change.leak is not None:
            return receipt_message(
                *(change, change.leak),
                owners=owners,
                undo=undo,
                undoable=offer.undo,
                undo_rule=offer.undo_rule,
                note=note,
            )
        case _:
            draw = change_message if len(change.targets) == 1 else several_message
            return draw(change, undo=undo, undoable=offer.undo, retryable=offer.retry, note=note)
