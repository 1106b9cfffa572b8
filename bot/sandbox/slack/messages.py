"""A message in the workspace, and what a person can read and press in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.block_kit.mrkdwn import Reader, read_mrkdwn
from bot.block_kit.reading import read_blocks

Blocks: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True)
class Button:
    """A button in a message, with the words of its confirm dialog if it has one."""

    text: str
    action_id: str
    block_id: str
    value: str | None = None
    style: str | None = None
    confirmation: str | None = None


@dataclass(eq=False)
class Message:
    """A message as it stands now: an edit changes it in place.

    Attributes:
        channel: The channel's id.
        ts: Slack's id of the message in its channel, Unix seconds with six decimals.
        user: ``bot``, or the id of the person who wrote it.
        text: The top-level text, which screen readers and notifications use.
        blocks: The blocks with the ids that Slack gave to those without.
        ephemeral_to: The only person who sees it, or None.
        thread_ts: The ``ts`` of the message that it replies to, or None.
        edited: Whether it was changed after it was posted.
        deleted: Whether it is gone.
        earlier: The blocks before each edit, oldest first.
        attachments: What other apps' messages have beside their blocks; nothing draws it.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: Blocks
    reader: Callable[[], Reader] = field(repr=False)
    ephemeral_to: str | None = None
    thread_ts: str | None = None
    edited: bool = False
    deleted: bool = False
    earlier: list[Blocks] = field(default_factory=list, repr=False)
    attachments: list[dict[str, Any]] = field(default_factory=list, repr=False)

    @property
    def buttons(self) -> list[Button]:
        """The buttons that can be pressed now, in order."""
        return [] if self.deleted else buttons_in(self.blocks)

    @property
    def plain(self) -> str:
        """Everything that a person reads in it, line by line.

        Raises:
            CannotDrawError: If it has a block whose words are not known.
        """
        reader = self.reader()
        if not self.blocks:
            return read_mrkdwn(self.text, reader)
        return "\n".join(
            line
            for piece in read_blocks(self.blocks, reader)
            for line in (piece.text, piece.aside)
            if line
        )

    def find_button(
        self, text: str | None, action_id: str | None, nth: int, *, outdated: bool
    ) -> Button | None:
        """Find the n-th button, from 0, of this text and action id, None meaning any.

        With ``outdated`` the newest earlier version that has such a button will do.
        """
        versions = [[] if self.deleted else self.blocks]
        versions += reversed([*self.earlier, self.blocks]) if outdated else []
        for blocks in versions:
            fitting = buttons_like(blocks, text, action_id)
            if nth < len(fitting):
                return fitting[nth]
        return None


def buttons_in(blocks: Sequence[dict[str, Any]]) -> list[Button]:
    """Find the buttons in actions and beside sections, in order."""
    return [
        Button(
            text=element["text"]["text"],
            action_id=element["action_id"],
            block_id=block["block_id"],
            value=element.get("value"),
            style=element.get("style"),
            confirmation=_confirmation(element),
        )
        for block in blocks
        for element in interactive_elements(block)
        if element["type"] == "button"
    ]


def buttons_like(
    blocks: Sequence[dict[str, Any]], text: str | None, action_id: str | None
) -> list[Button]:
    """Find the buttons of this text and action id, None meaning any."""
    return [
        button
        for button in buttons_in(blocks)
        if text in {None, button.text} and action_id in {None, button.action_id}
    ]


def interactive_elements(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the elements of a block to which Slack gives an action_id."""
    if block["type"] == "actions":
        yield from block["elements"]
    elif block["type"] == "section" and block.get("accessory", {}).get("type", "image") != "image":
        yield block["accessory"]
    elif block["type"] == "input":
        yield block["element"]


def _confirmation(element: dict[str, Any]) -> str | None:
    dialog = element.get("confirm")
    if dialog is None:
        return None
    return "\n".join(dialog[part]["text"] for part in ("title", "text", "confirm", "deny"))
