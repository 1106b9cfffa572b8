from collections.abc import Mapping

from bot.changes.asking import Ask
from bot.changes.moves import Moves
from bot.commands.answers import Answer, FormName, Moved, MoveName
from bot.commands.grammar import as_written
from bot.slack.blocks.action_ids import ActionId
from bot.slack.blocks.denial import denial_view
from bot.slack.blocks.modal import REASON
from bot.slack.forms.form import Filled, Form, View


class Denial(Form):
    """Ask an approver why a request is denied.

    Args:
        moves: Takes in what people do to a request that is under way.
    """

    name = FormName.DENY_CHANGE
    opened_by = ActionId.DENY_CHANGE
    about = ("change",)
    fields = {REASON: "reason"}  # noqa: RUF012 - read only, as the base says
    refused = "Not denied"

    def __init__(self, moves: Moves) -> None:
        self._moves = moves

    async def admit(self, ask: Ask, about: Mapping[str, str]) -> None:
        """Raise UserError if this person cannot deny the request now."""
        await self._moves.may_deny(ask, about["change"])

    def view(self, about: Mapping[str, str]) -> View:
        """Ask for the reason."""
        return denial_view(about["change"])

    async def submitted(self, ask: Ask, filled: Filled) -> Answer:
        """Deny the request."""
        reason = as_written(filled.typed[REASON])
        request = await self._moves.deny(ask, filled.about["change"], reason)
        return Moved(request, MoveName.DENY)
