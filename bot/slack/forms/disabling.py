from collections.abc import Mapping

from bot.changes.asking import Ask
from bot.changes.intake import Intake
from bot.changes.queries import Queries
from bot.changes.update import DISABLED
from bot.changes.wish import Wish
from bot.commands.answers import Accepted, Answer, FormName
from bot.commands.grammar import as_written
from bot.slack.blocks.action_ids import ActionId
from bot.slack.blocks.disabling import disabling_view
from bot.slack.blocks.modal import REASON
from bot.slack.forms import tokens
from bot.slack.forms.form import Filled, Form, View


class Disabling(Form):
    """Disable a token, with the reason if there is one to be told.

    Its submission is the same as typing disable. Nothing is read first: disabling must not wait.

    Args:
        intake: Decides and stores.
        queries: Knows the instances.
    """

    name = FormName.DISABLE_WITH_REASON
    opened_by = ActionId.DISABLE_WITH_REASON
    about = tokens.ABOUT
    fields = {REASON: "reason"}  # noqa: RUF012 - read only, as the base says
    refused = "Not disabled"

    def __init__(self, intake: Intake, queries: Queries) -> None:
        self._intake = intake
        self._queries = queries

    def named_by(self, value: str) -> Mapping[str, str]:
        """Read ``INSTANCE:ID``."""
        return tokens.named(value)

    async def admit(self, ask: Ask, about: Mapping[str, str]) -> None:
        """Raise UserError if this person may not disable tokens."""
        await tokens.admit(self._intake, ask, tokens.target(self._queries, about, DISABLED))

    def view(self, about: Mapping[str, str]) -> View:
        """Name the token, and ask for the reason."""
        return disabling_view(about[tokens.INSTANCE], about[tokens.TOKEN])

    async def submitted(self, ask: Ask, filled: Filled) -> Answer:
        """Ask for the token to be disabled."""
        target = tokens.target(self._queries, filled.about, DISABLED)
        wish = Wish((target,), reason=as_written(filled.typed[REASON]))
        return Accepted(await self._intake.open(ask, wish))
