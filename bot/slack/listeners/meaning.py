from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.changes.asking import Ask, Received
from bot.changes.errors import UserError
from bot.changes.moves import Moves
from bot.changes.request import ChangeRequest
from bot.changes.reversals import Reversals
from bot.changes.reviews import Reviews
from bot.commands.answers import Accepted, Answer, FormWanted, Moved, MoveName
from bot.commands.dispatch import Dispatcher
from bot.slack.blocks.action_ids import ActionId, drift_number
from bot.slack.forms.registry import Forms
from bot.slack.listeners.asking import CLICK, COMMAND, SUBMISSION
from bot.slack.other_version import of_another_version

# Each button is the same as typing this subcommand.
_SUBCOMMAND = {
    ActionId.SHOW_TOKEN: "show",
    ActionId.DISABLE_TOKEN: "disable",
    ActionId.ENABLE_TOKEN: "enable",
}


class Meaning:
    """Carry out what was asked, whichever way it came: a command, a button or a modal.

    Args:
        dispatcher: Carries commands out, and buttons that stand for one.
        reversals: Takes in retries.
        moves: Takes in what people do to a request that is under way.
        reviews: Takes in reviews of what was done by break-glass.
        forms: Takes in what is submitted in forms.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        reversals: Reversals,
        moves: Moves,
        reviews: Reviews,
        forms: Forms,
    ) -> None:
        self._dispatcher = dispatcher
        self._reversals = reversals
        self._moves = moves
        self._reviews = reviews
        self._forms = forms

    def storable(self, received: Received) -> bool:
        """Tell whether what was asked may be stored before it is decided: it holds no secret."""
        if received.kind == COMMAND:
            return self._dispatcher.storable(received.content["text"])
        return received.kind != SUBMISSION or self._forms.storable(received)

    def without_deciding(self, received: Received) -> FormWanted | None:
        """Give the form that can be opened before anybody is decided about, or None.

        Slack opens one within three seconds; whoever submits it is decided about then.
        """
        content = received.content
        if received.kind == COMMAND:
            return self._dispatcher.form_wanted(content["text"])
        if received.kind == CLICK:
            name, _, _ = content["action"].partition(":")
            return self._forms.behind(name, content["value"])
        return None

    async def carry_out(self, ask: Ask, received: Received) -> Answer:
        """Carry it out; raise UserError if it is not allowed or cannot be done.

        Args:
            ask: Who asks, as they are known now.
            received: What they ask for.
        """
        content = received.content
        if received.kind == COMMAND:
            return await self._dispatcher.typed(ask, content["text"])
        if received.kind == CLICK:
            return await self._pressed(ask, content)
        return await self._forms.submitted(ask, received)

    async def _pressed(self, ask: Ask, content: Mapping[str, str]) -> Answer:
        value = content["value"]
        name, _, place = content["action"].partition(":")
        if (wanted := self._forms.behind(name, value)) is not None:
            return await self._forms.wanted(ask, wanted)
        if name == ActionId.UNDO_CHANGE:
            return await self._dispatcher.pressed(ask, "undo", [value])
        if name == ActionId.PAGE_LIST:
            return await self._dispatcher.page(ask, value)
        if name == ActionId.RETRY_CHANGE:
            return Accepted(await self._reversals.retry(ask, value))
        if name == ActionId.DISABLE_AGAIN:
            number = drift_number(place)
            return Accepted(await self._reversals.disable_again(ask, value, number))
        if name == ActionId.REVIEW_CHANGE:
            return Moved(await self._reviews.review(ask, value), MoveName.REVIEW)
        if name in _MOVES:
            order = content.get("order", "").split()
            return await self._moved(ask, MoveName(_MOVES[ActionId(name)]), value, order)
        subcommand = _SUBCOMMAND.get(ActionId(name)) if name in set(ActionId) else None
        instance, _, authorization_id = value.rpartition(":")
        if subcommand is None or not instance:
            raise UserError(of_another_version("button"))
        return await self._dispatcher.pressed(ask, subcommand, [authorization_id], instance)

    async def _moved(self, ask: Ask, move: MoveName, value: str, order: Sequence[str]) -> Answer:
        change_id, _, instance = value.partition(":")
        made: Mapping[MoveName, Callable[[], Awaitable[ChangeRequest]]] = {
            MoveName.CONFIRM: lambda: self._moves.confirm(ask, change_id, instance, order),
            MoveName.APPROVE: lambda: self._moves.approve(ask, change_id),
            MoveName.CANCEL: lambda: self._moves.cancel(ask, change_id),
        }
        return Moved(await made[move](), move)


_MOVES = {
    ActionId.CONFIRM_CHANGE: MoveName.CONFIRM,
    ActionId.APPROVE_CHANGE: MoveName.APPROVE,
    ActionId.CANCEL_CHANGE: MoveName.CANCEL,
}
