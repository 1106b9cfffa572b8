from collections.abc import Mapping
from dataclasses import replace

from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.intake import Intake
from bot.changes.locating import Whereabouts
from bot.changes.policy import Role
from bot.changes.queries import Queries
from bot.commands.answers import Answer, FormName
from bot.slack.blocks.action_ids import ActionId
from bot.slack.blocks.modal import loading_view, told_view
from bot.slack.blocks.token_details import details_message
from bot.slack.forms import tokens
from bot.slack.forms.form import Filled, Loaded, LoadingForm, View

_TITLE = "Token"


class Details(LoadingForm):
    """Show everything about a token but its secret; there is nothing to submit.

    Args:
        intake: Decides who may read.
        queries: Reads the token.
    """

    name = FormName.TOKEN_DETAILS
    opened_by = ActionId.TOKEN_DETAILS
    about = tokens.ABOUT
    refused = "Not shown"

    def __init__(self, intake: Intake, queries: Queries) -> None:
        self._intake = intake
        self._queries = queries

    def named_by(self, value: str) -> Mapping[str, str]:
        """Read ``INSTANCE:ID``."""
        return tokens.named(value)

    async def admit(self, ask: Ask, about: Mapping[str, str]) -> None:
        """Raise UserError if this person may not read."""
        del about
        await self._intake.admit(ask, Role.VIEWER, "show")

    def view(self, about: Mapping[str, str]) -> View:
        """Say that the token is being read."""
        del about
        return loading_view(_TITLE)

    async def loaded(self, ask: Ask, about: Mapping[str, str]) -> Loaded:
        """Read the token, and show it."""
        await self.admit(ask, about)
        found = await self._queries.details(about[tokens.INSTANCE], about[tokens.TOKEN])
        if isinstance(found, Whereabouts):
            raise UserError(found.problem)
        # Its buttons belong into a channel, where their outcome is told.
        message = details_message(found)
        return Loaded(told_view(_TITLE, replace(message, blocks=message.blocks[:1])), about)

    async def submitted(self, ask: Ask, filled: Filled) -> Answer:
        """Refuse: a view without fields is not submitted."""
        del ask, filled
        raise UserError(
            Problem(ErrorCode.USAGE, "There is nothing to submit here. Nothing was changed.")
        )
