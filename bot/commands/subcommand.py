from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bot.changes.asking import Ask
from bot.changes.intake import Intake
from bot.changes.policy import Policy, Role
from bot.changes.queries import Queries
from bot.changes.reversals import Reversals
from bot.commands.answers import Answer, FormName, Help

Explained = tuple[str, str]
"""An option or argument as it is typed, and what it does, as the help says."""

ID: Final[Explained] = ("ID", "The token, by its id; list shows it.")
ON: Final[Explained] = ("--on INSTANCE", "On this InfluxDB; needed where several have the same id.")


class Group(Enum):
    """Where a subcommand stands in the help; the value is the heading."""

    FIND = "Find"
    CHANGE = "Change"
    RECORD = "Look back"
    HELP = "Help"


@dataclass(frozen=True)
class Call:
    """One use of a subcommand: who asks, and what it may use.

    Attributes:
        instance: The name of the InfluxDB instance that a button names; empty if none does.
        command: The slash command's name, such as ``/token``.
        help: Gives the help of all subcommands, or of one.
    """

    ask: Ask
    intake: Intake
    reversals: Reversals
    queries: Queries
    policy: Policy
    instance: str
    command: str
    help: Callable[[str | None], Help]

    def instance_named(self, typed: str | None) -> str:
        """Give the name of the instance that is meant; empty if it has to be found.

        Raises:
            UserError: If there is none of this name.
        """
        name = typed or self.instance or self.queries.only_instance
        return self.queries.instance(name).name if name else ""


@dataclass(frozen=True)
class Subcommand:
    """How a subcommand is written, what it takes and what it does.

    Attributes:
        name: The word that people type.
        usage: What comes after the slash command's name.
        summary: What it does, in one line.
        group: Where it stands in the help.
        role: The role that it takes.
        run: Carries it out. Its signature is its grammar; the parameter ``call`` is given.
        changes: Whether it opens a change, which then is decided and stored by the intake.
        aliases: Further words for it.
        free_text: Options that take all words up to the next option, quoted or not.
        verbatim_after: After how many words the rest is one text, taken as it was typed.
        explained: What each option and argument does, as the help of this one says.
        form: The form that it opens, typed alone. Slack opens one within three seconds, so that
            this comes before the decision, where that takes asking Slack.
    """

    name: str
    usage: str
    summary: str
    group: Group
    role: Role
    run: Callable[..., Awaitable[Answer]]
    changes: bool = False
    aliases: tuple[str, ...] = ()
    free_text: tuple[str, ...] = ()
    verbatim_after: int | None = None
    explained: tuple[Explained, ...] = ()
    form: FormName | None = None
