"""A view of a modal, and what its person can read, fill in and press in it.

https://docs.slack.dev/reference/views/modal-views
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.block_kit.mrkdwn import Reader
from bot.block_kit.reading import Piece
from bot.sandbox.slack.forms import read_form
from bot.sandbox.slack.inputs import Input, State, inputs_in
from bot.sandbox.slack.messages import Blocks, Button, buttons_in


@dataclass(eq=False)
class View:
    """A view of a modal as it stands now: an update changes it in place.

    Attributes:
        id: Slack's id of it.
        person: Who has it open.
        stack: The views of its modal that are open, the one in front last.
        root_view_id: The id of the view with which the modal was opened.
        previous_view_id: The id of the view beneath it, or None.
        reader: Knows the names.
        definition: The view as the app gave it, with the ids that Slack gave to blocks without.
        hash: Changes with each update.
        state: What is filled in, by block_id and action_id.
        errors: What the app found wrong with it, by block_id.
        trouble: What Slack says when the app's answer to a submission cannot be used.
    """

    id: str
    person: str
    stack: list["View"] = field(repr=False)
    root_view_id: str
    previous_view_id: str | None
    reader: Callable[[], Reader] = field(repr=False)
    definition: Mapping[str, Any] = field(default_factory=dict, repr=False)
    hash: str = ""
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    @property
    def blocks(self) -> Blocks:
        """Its blocks, with their ids."""
        blocks: Blocks = self.definition["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """What stands at its top."""
        return str(self.definition["title"]["text"])

    @property
    def submit(self) -> str | None:
        """The text of the button that submits it, or None if nothing does."""
        given = self.definition.get("submit")
        return None if given is None else str(given["text"])

    @property
    def close(self) -> str:
        """The text of the button that closes it; Slack's own, where the app gives none."""
        given = self.definition.get("close")
        return "Cancel" if given is None else str(given["text"])

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.definition.get("callback_id", ""))

    @property
    def external_id(self) -> str:
        """The app's own id of this view."""
        return str(self.definition.get("external_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app has Slack bring back."""
        return str(self.definition.get("private_metadata", ""))

    @property
    def is_open(self) -> bool:
        """Whether it is on its person's screen, or beneath what is."""
        return self in self.stack

    @property
    def inputs(self) -> list[Input]:
        """What can be filled in, in order."""
        return inputs_in(self.blocks)

    @property
    def buttons(self) -> list[Button]:
        """The buttons among its blocks, in order."""
        return buttons_in(self.blocks)

    @property
    def pieces(self) -> list[Piece]:
        """Its blocks as its person reads them, with what is filled in and what is wrong with it.

        Raises:
            CannotDrawError: If it has a block whose words are not known.
        """
        return list(read_form(self.blocks, self.state, self.errors, self.reader()))

    @property
    def plain(self) -> str:
        """Everything that its person reads in it, line by line.

        Raises:
            CannotDrawError: If it has a block whose words are not known.
        """
        texts = [line for piece in self.pieces for line in (piece.text, piece.aside)]
        return "\n".join(line for line in (self.title, self.trouble, *texts, self.controls) if line)

    @property
    def controls(self) -> str:
        """The buttons at its foot."""
        return " ".join(f"[ {text} ]" for text in (self.submit, self.close) if text)
