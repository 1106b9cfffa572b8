from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import SecretStr

from bot.changes.asking import Ask
from bot.changes.errors import Problem, UserError
from bot.commands.answers import Answer, FormName
from bot.slack.blocks.action_ids import ActionId

View = dict[str, Any]


@dataclass(frozen=True)
class Filled:
    """A form as it was submitted.

    Attributes:
        about: What it is about, by name.
        typed: What was typed, by block id.
        secret: What was typed into fields that are never stored; one is missing if the process
            that took the form in has ended since.
    """

    about: Mapping[str, str]
    typed: Mapping[str, str]
    secret: Mapping[str, SecretStr]


@dataclass(frozen=True)
class Loaded:
    """A form with what was read for it.

    Attributes:
        view: What is shown.
        about: What it is about by now, such as the state of what was read.
    """

    view: View
    about: Mapping[str, str]


class InFieldError(UserError):
    """What is wrong stands in one field, so that the form stays open.

    Args:
        problem: What is wrong.
        field: The block id of the field.
    """

    def __init__(self, problem: Problem, field: str) -> None:
        super().__init__(problem)
        self.field = field


class Form(ABC):
    """One modal: what opens it, what it shows, what it asks, and what its submission means.

    Its view is drawn at once, since Slack opens one within three seconds only.

    Attributes:
        name: Its callback id.
        opened_by: The button that opens it; None if no button does.
        about: The names of what it is about.
        fields: What each field asks for, in a word, by block id; ``action``, ``callback``,
            ``surface``, ``schema`` and ``channel`` are taken, here and in ``about``.
        secret_fields: The block ids of fields whose values are kept in memory alone.
        refused: The title where the submission did not do what was asked for.
    """

    name: ClassVar[FormName]
    opened_by: ClassVar[ActionId | None] = None
    about: ClassVar[tuple[str, ...]] = ()
    fields: ClassVar[Mapping[str, str]] = {}
    secret_fields: ClassVar[tuple[str, ...]] = ()
    refused: ClassVar[str]

    def named_by(self, value: str) -> Mapping[str, str]:
        """Read what the form is about from its button's value; raise UserError if it is no name."""
        return dict.fromkeys(self.about, value)

    async def admit(self, ask: Ask, about: Mapping[str, str]) -> None:  # noqa: B027 - a form for anybody needs none
        """Raise UserError if whoever asks may not have the form."""

    def storable(self, filled: Filled) -> bool:  # noqa: ARG002 - a form without a secret needs none
        """Tell whether what may be stored holds nothing of what must not be, and can be decided.

        What is wrong with it is then said in the form, and not once somebody was looked up.
        """
        return True

    @abstractmethod
    def view(self, about: Mapping[str, str]) -> View:
        """Draw what is shown at once; its callback id and metadata are added."""

    @abstractmethod
    async def submitted(self, ask: Ask, filled: Filled) -> Answer:
        """Carry out what was submitted; raise UserError, or InFieldError to keep the form open."""


class LoadingForm(Form):
    """A form whose first view says that it is being read, since its content is elsewhere."""

    @abstractmethod
    async def loaded(self, ask: Ask, about: Mapping[str, str]) -> Loaded:
        """Read what the form shows, and draw it.

        Raises:
            BotError: If it cannot be read, or this person may not.
        """
