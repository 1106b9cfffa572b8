from collections.abc import Awaitable, Callable, Mapping

from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.moves import Moves
from bot.changes.request import ChangeRequest
from bot.changes.reversals import Reversals
from bot.changes.reviews import Reviews
from bot.changes.secret import looks_like_secret
from bot.commands.answers import Accepted, Answer, Moved, MoveName, ReasonWanted
from bot.commands.dispatch import Dispatcher, holds_secret
from bot.commands.grammar import verbatim
from bot.slack.blocks.buttons import ActionId, drift_number
from bot.slack.blocks.denial import CALLBACK_ID
from bot.slack.listeners.asking import CLICK, COMMAND

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
    """

    def __init__(
        self, dispatcher: Dispatcher, reversals: Reversals, moves: Moves, reviews: Reviews
    ) -> None:
        self._dispatcher = dispatcher
        self._reversals = reversals
        self._moves = moves
        self._reviews = reviews

    def storable(self, kind: str, content: Mapping[str, str]) -> bool:
        """Tell whether what was asked may be stored before it is decided: it holds no secret."""
        if kind == COMMAND:
            return not holds_secret(content["text"])
        return not looks_like_secret(content.get("reason", ""))

    def without_deciding(self, kind: str, content: Mapping[str, str]) -> Answer | None:
        """Give what can be answered before anybody is decided about, or None.

        A modal has to be opened within three seconds; whoever submits it is decided about then.
        """
        if kind == CLICK and content["action"] == ActionId.DENY_CHANGE:
            return ReasonWanted(content["value"])
        return None

    async def carry_out(self, ask: Ask, kind: str, content: Mapping[str, str]) -> Answer:
        """Carry it out; raise UserError if it is not allowed or cannot be done."""
        if kind == COMMAND:
            return await self._dispatcher.typed(ask, content["text"])
        if kind == CLICK:
            return await self._pressed(ask, content["action"], content["value"])
        return await self._submitted(ask, content)

    async def _pressed(self, ask: Ask, action_id: str, value: str) -> Answer:
        name, _, place = action_id.partition(":")
        if name == ActionId.UNDO_CHANGE:
            return await self._dispatcher.pressed(ask, "undo", [value])
        if name == ActionId.PAGE_LIST:
            return await self._dispatcher.page(ask, value)
        if name == ActionId.RETRY_CHANGE:
            return Accepted(await self._reversals.retry(ask, value))
        if name == ActionId.DISABLE_AGAIN:
            number = drift_number(place)
            return Accepted(await self._reversals.disable_again(ask, value, number))
        if name == ActionId.DENY_CHANGE:
            await self._moves.may_deny(ask, value)
            return ReasonWanted(value)
        if name == ActionId.REVIEW_CHANGE:
            return Moved(await self._reviews.review(ask, value), MoveName.REVIEW)
        if name in _MOVES:
            return await self._moved(ask, MoveName(_MOVES[ActionId(name)]), value)
        subcommand = _SUBCOMMAND.get(ActionId(name)) if name in set(ActionId) else None
        instance, _, authorization_id = value.rpartition(":")
        if subcommand is None or not instance:
            raise UserError(
                Problem(
                    ErrorCode.STALE_BUTTON,
                    "This button is of another version of this bot. Nothing was changed.",
                    "Type the command instead.",
                )
            )
        return await self._dispatcher.pressed(ask, subcommand, [authorization_id], instance)

    async def _moved(self, ask: Ask, move: MoveName, value: str) -> Answer:
        change_id, _, instance = value.partition(":")
        made: Mapping[MoveName, Callable[[], Awaitable[ChangeRequest]]] = {
            MoveName.CONFIRM: lambda: self._moves.confirm(ask, change_id, instance),
            MoveName.APPROVE: lambda: self._moves.approve(ask, change_id),
            MoveName.CANCEL: lambda: self._moves.cancel(ask, change_id),
        }
        return Moved(await made[move](), move)

    async def _submitted(self, ask: Ask, content: Mapping[str, str]) -> Answer:
        if content["callback"] != CALLBACK_ID:
            raise UserError(
                Problem(
                    ErrorCode.STALE_BUTTON,
                    "This form is of another version of this bot. Nothing was changed.",
                    "Close it, and ask again.",
                )
            )
        reason = verbatim(content["reason"])
        if looks_like_secret(reason):
            raise UserError(
                Problem(
                    ErrorCode.LOOKS_LIKE_SECRET,
                    "The reason holds what looks like a secret. Nothing was stored, and nothing "
                    "was changed.",
                    "Write the reason without it.",
                )
            )
        request = await self._moves.deny(ask, content["change"], reason)
        return Moved(request, MoveName.DENY)


_MOVES = {
    ActionId.CONFIRM_CHANGE: MoveName.CONFIRM,
    ActionId.APPROVE_CHANGE: MoveName.APPROVE,
    ActionId.CANCEL_CHANGE: MoveName.CANCEL,
}
