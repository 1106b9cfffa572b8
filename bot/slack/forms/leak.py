from collections.abc import Mapping

from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.intake import Intake
from bot.changes.leak_intake import Leak, LeakIntake
from bot.changes.pasted import clean
from bot.changes.policy import Role
from bot.changes.secret_in_words import secret_in_words
from bot.changes.vault import SECRET_GONE
from bot.commands.answers import Accepted, Answer, FormName
from bot.commands.grammar import LONGEST_TEXT, as_written, shows
from bot.slack.blocks.leak_form import FOUND_IN, OTHERS, SECRET, leak_view
from bot.slack.blocks.modal import REASON
from bot.slack.blocks.rich import shown
from bot.slack.forms.form import Filled, Form, InFieldError, View

_WORDS = {FOUND_IN: "place", REASON: "reason"}


class LeakReporting(Form):
    """Ask for a leaked secret; it is read out of the form and kept in memory alone.

    Args:
        intake: Decides who may have the form.
        leak_intake: Takes reports in.
    """

    name = FormName.REPORT_LEAK
    fields = {**_WORDS, OTHERS: "box"}  # noqa: RUF012 - read only, as the base says
    secret_fields = (SECRET,)
    refused = "Not reported"

    def __init__(self, intake: Intake, leak_intake: LeakIntake) -> None:
        self._intake = intake
        self._leak_intake = leak_intake

    async def admit(self, ask: Ask, about: Mapping[str, str]) -> None:
        """Raise UserError if this person may not disable tokens."""
        del about
        await self._intake.admit(ask, Role.OPERATOR, "leak")

    def view(self, about: Mapping[str, str]) -> View:
        """Ask for the secret and where it was found."""
        del about
        return leak_view()

    def storable(self, filled: Filled) -> bool:
        """Tell whether nothing is wrong with the fields, so that the words hold no secret."""
        try:
            _read(filled)
        except UserError:
            return False
        return True

    async def submitted(self, ask: Ask, filled: Filled) -> Answer:
        """Have the token found, disabled, and proven dead."""
        return Accepted(await self._leak_intake.report(ask, _read(filled)))


def _read(filled: Filled) -> Leak:
    """Read a report; raise InFieldError where it cannot be taken."""
    pasted = filled.secret.get(SECRET)
    if pasted is None:
        raise UserError(SECRET_GONE)
    secret = clean(pasted.get_secret_value())
    if isinstance(secret, Problem):
        raise InFieldError(secret, SECRET)
    words = {block: as_written(filled.typed[block]) for block in _WORDS}
    for block, name in _WORDS.items():
        # What does not show may part it where it is written, and not where it is read.
        for said in (filled.typed[block], words[block], shown(words[block], LONGEST_TEXT)):
            problem = secret_in_words(name, said, secret)
            if problem is not None:
                raise InFieldError(problem, block)
    if not shows(words[FOUND_IN]):
        raise InFieldError(_NOWHERE, FOUND_IN)
    return Leak(
        secret=secret,
        found_in=words[FOUND_IN],
        reason=words[REASON],
        others=bool(filled.typed[OTHERS]),
    )


_NOWHERE = Problem(
    ErrorCode.USAGE,
    "This says nothing. Nothing was stored, and nothing was changed.",
    "Write where the token was found.",
)
