"""People who write messages, and use the app's shortcuts.

https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.sandbox.slack.impossible import ImpossibleInSlackError
from bot.sandbox.slack.in_home import PeopleInHome
from bot.sandbox.slack.messages import Blocks, Message
from bot.sandbox.slack.outbound import Delivery, SignedRequest
from bot.sandbox.slack.payloads import Origin
from bot.sandbox.slack.response_urls import Asked
from bot.sandbox.slack.shortcut_payloads import global_form, message_form
from bot.sandbox.slack.workspace import Person

_LONGEST_NAME: Final = 24


@dataclass(frozen=True)
class Shortcut:
    """A shortcut as the app's manifest has it.

    Raises:
        ImpossibleInSlackError: If its name is longer than Slack takes.
    """

    name: str
    callback_id: str
    type: Literal["global", "message"]

    def __post_init__(self) -> None:
        if len(self.name) > _LONGEST_NAME:
            raise ImpossibleInSlackError(f"{self.name!r} is longer than {_LONGEST_NAME} characters")


@dataclass
class ShortcutsOfTheApp:
    """The shortcuts that the app has, by the names that people see."""

    by_name: dict[str, Shortcut] = field(default_factory=dict)

    def find(self, name: str, type_: str) -> Shortcut:
        """Give the shortcut that people see under a name.

        Raises:
            ImpossibleInSlackError: If the app has none of this name and type.
        """
        found = self.by_name.get(name)
        if found is None or found.type != type_:
            there = ", ".join(sorted(self.by_name)) or "none"
            raise ImpossibleInSlackError(f"no {type_} shortcut {name!r}; there are: {there}")
        return found


class PeopleWithShortcuts(PeopleInHome):
    """People who use the app's shortcuts; ``shortcuts`` has those that its manifest names."""

    shortcuts: ShortcutsOfTheApp

    def write(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        blocks: Blocks | None = None,
        attachments: Sequence[dict[str, Any]] = (),
    ) -> Message:
        """Have a person, or another app, write a message in a channel.

        Args:
            user: Who writes it.
            channel: Where.
            text: What they write; Slack makes a block of it.
            blocks: What another app's message has in place of that.
            attachments: What another app's message has beside its blocks.

        Raises:
            ImpossibleInSlackError: If they cannot write there.
        """
        if not self.workspace.can_see(user, channel):
            raise ImpossibleInSlackError(f"{user} cannot write in {channel}")
        typed = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        written = [{"type": "rich_text", "elements": [typed]}] if blocks is None else blocks
        message = self.workspace.post(channel, text, written, user=user)
        message.attachments = list(attachments)
        return message

    async def use_shortcut(self, user: str, name: str) -> Delivery:
        """Have a person use a global shortcut, from the menu beside the message field.

        Raises:
            ImpossibleInSlackError: If the app has none, or they are not of this workspace.
        """
        person = self._member(user, name)
        found = self.shortcuts.find(name, "global")
        body = global_form(self.workspace, person, found.callback_id)
        return await self._deliver(SignedRequest(body, self.sign(body)))

    async def use_message_shortcut(
        self, user: str, message: Message, name: str, *, team_id: str | None = None
    ) -> Delivery:
        """Have a person use a message shortcut, from the menu of a message.

        Args:
            user: Their id.
            message: Which message.
            name: The shortcut's name.
            team_id: The workspace that the payload names, if not their own: Slack offers nobody
                else the shortcut, and an app checks it all the same.

        Raises:
            ImpossibleInSlackError: If the app has none, they are not of this workspace, or do not
                see the message.
        """
        person = self.workspace.people[user] if team_id else self._member(user, name)
        found = self.shortcuts.find(name, "message")
        # The menu of an ephemeral message offers no shortcuts.
        if message not in self.messages(message.channel) or not self.workspace.can_see(
            user, message.channel
        ):
            raise ImpossibleInSlackError(f"{user} cannot use {name} on the message {message.ts}")
        url = self.response_url(Asked(message.channel, user))
        origin = Origin(person, self.workspace.channels[message.channel], url)
        body = message_form(
            self.workspace, origin, message, found.callback_id, team_id or person.team_id
        )
        return await self._deliver(SignedRequest(body, self.sign(body)))

    @abstractmethod
    def response_url(self, asked: Asked) -> str:
        """Give out a response URL."""

    def _member(self, user: str, name: str) -> Person:
        person = self.workspace.people.get(user)
        if person is None or person.team_id != self.workspace.installation.team_id:
            raise ImpossibleInSlackError(f"{name} is not offered in {user}'s workspace")
        return person
