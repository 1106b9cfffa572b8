from collections.abc import Mapping
from dataclasses import replace

from bot.changes import outcomes
from bot.changes.as_shown import description_digest
from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UpstreamError, UserError
from bot.changes.intake import Intake
from bot.changes.locating import Whereabouts
from bot.changes.queries import Queries
from bot.changes.update import SOME_DESCRIPTION, AuthorizationUpdate
from bot.changes.wish import Wish
from bot.commands.answers import Accepted, Answer, FormName
from bot.commands.grammar import as_written, shows
from bot.slack.blocks.action_ids import ActionId
from bot.slack.blocks.describing import DESCRIPTION, TITLE, describing_view
from bot.slack.blocks.modal import loading_view
from bot.slack.forms import tokens
from bot.slack.forms.form import Filled, InFieldError, Loaded, LoadingForm, View

_SEEN = "seen"


class Describing(LoadingForm):
    """Edit a token's description, with the one that it has before one's eyes.

    Its submission is the same as typing describe, but that it replaces what was shown alone.

    Args:
        intake: Decides and stores.
        queries: Reads the token.
    """

    name = FormName.DESCRIBE_TOKEN
    opened_by = ActionId.DESCRIBE_TOKEN
    about = (*tokens.ABOUT, _SEEN)
    fields = {DESCRIPTION: "description"}  # noqa: RUF012 - read only, as the base says
    refused = "Not changed"

    def __init__(self, intake: Intake, queries: Queries) -> None:
        self._intake = intake
        self._queries = queries

    def named_by(self, value: str) -> Mapping[str, str]:
        """Read ``INSTANCE:ID``."""
        return tokens.named(value)

    async def admit(self, ask: Ask, about: Mapping[str, str]) -> None:
        """Raise UserError if this person may not change descriptions."""
        await tokens.admit(self._intake, ask, tokens.target(self._queries, about, SOME_DESCRIPTION))

    def view(self, about: Mapping[str, str]) -> View:
        """Say that the token is being read."""
        del about
        return loading_view(TITLE)

    async def loaded(self, ask: Ask, about: Mapping[str, str]) -> Loaded:
        """Read the token, and show its description to be edited."""
        await self.admit(ask, about)
        try:
            found = await self._queries.details(about[tokens.INSTANCE], about[tokens.TOKEN])
        except UpstreamError as error:
            raise UserError(outcomes.untouched(error.problem)) from error
        if isinstance(found, Whereabouts):
            raise UserError(found.problem)
        view = describing_view(found.instance, found.token)
        return Loaded(view, {**about, _SEEN: description_digest(found.token)})

    async def submitted(self, ask: Ask, filled: Filled) -> Answer:
        """Ask for the change of the description."""
        text = as_written(filled.typed[DESCRIPTION])
        if not shows(text):
            problem = Problem(ErrorCode.USAGE, "The description holds nothing that can be shown.")
            raise InFieldError(problem, DESCRIPTION)
        update = AuthorizationUpdate(description=text)
        target = tokens.target(self._queries, filled.about, update)
        target = replace(target, replaces=filled.about[_SEEN] or None)
        return Accepted(await self._intake.open(ask, Wish((target,))))
