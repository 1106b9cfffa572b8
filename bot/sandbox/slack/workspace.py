"""The workspace's state: who is there, where, and what was said."""

import copy
import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.block_kit.mrkdwn import Reader
from bot.sandbox.slack.changes import StateChanges
from bot.sandbox.slack.homes import Homes
from bot.sandbox.slack.messages import Blocks, Message, interactive_elements
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.triggers import Triggers


@dataclass(frozen=True)
class Person:
    """A member, guest or bot of this workspace, or somebody from a connected one."""

    id: str
    name: str
    team_id: str = "T0HOME"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class Channel:
    """A channel, or with ``is_im`` a direct message between its members."""

    id: str
    name: str
    is_private: bool = False
    is_ext_shared: bool = False
    is_im: bool = False
    is_archived: bool = False
    bot_is_member: bool = True
    members: Collection[str] = frozenset()


@dataclass(frozen=True)
class Usergroup:
    """A user group such as @oncall."""

    id: str
    handle: str
    members: Collection[str] = ()
    is_disabled: bool = False


@dataclass(frozen=True)
class Installation:
    """The app as it is installed in the workspace."""

    team_id: str
    bot_token: str
    signing_secret: str
    scopes: frozenset[str]
    team_domain: str = "home"
    app_id: str = "A0TOKENBOT"
    bot_id: str = "B0TOKENBOT"
    bot_user_id: str = "U0TOKENBOT"
    bot_name: str = "token-bot"


class Workspace:
    """People, channels, messages and modals; every change of them is announced.

    On a free plan, which a test may set, there are no user groups to read.
    """

    is_on_free_plan = False

    def __init__(
        self, installation: Installation, clock: Callable[[], datetime], changed: StateChanges
    ) -> None:
        self.installation = installation
        self.now = clock
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, Usergroup] = {}
        self.triggers = Triggers(clock)
        self.modals = Modals(clock, self._with_ids, self.reader, changed)
        self.homes = Homes(clock, self._with_ids, self.reader, changed)
        self._changed = changed
        self._messages: defaultdict[str, dict[str, Message]] = defaultdict(dict)
        self._numbers = itertools.count(1)
        self._events = itertools.count(1)
        self._last_microsecond = 0

    def next_event(self) -> int:
        """Count an event of which the app is told."""
        return next(self._events)

    def reader(self) -> Reader:
        """Give what a client of this workspace knows now."""
        names = {person.id: f"@{person.name}" for person in self.people.values()}
        names |= {c.id: f"#{c.name}" for c in self.channels.values() if not c.is_im}
        names |= {group.id: f"@{group.handle}" for group in self.usergroups.values()}
        return Reader(names, self.now())

    def direct_channel(self, person_id: str) -> Channel:
        """Give the direct message channel of the app and a person, opened if need be."""
        channel_id = f"D{person_id[1:]}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id, "directmessage", is_im=True, members=frozenset({person_id})
            )
        return self.channels[channel_id]

    def can_see(self, person_id: str, channel_id: str) -> bool:
        """Tell whether a person sees what is posted in a channel.

        Members do; so does everybody of this workspace but guests, where the channel is public.
        """
        person, channel = self.people.get(person_id), self.channels.get(channel_id)
        if person is None or channel is None:
            return False
        is_guest = person.is_restricted or person.is_ultra_restricted
        return person_id in channel.members or not (
            channel.is_private
            or channel.is_im
            or is_guest
            or person.team_id != self.installation.team_id
        )

    def post(
        self,
        channel_id: str,
        text: str,
        blocks: Blocks,
        *,
        user: str = "bot",
        ephemeral_to: str | None = None,
        thread_ts: str | None = None,
    ) -> Message:
        """Add a message."""
        message = Message(
            channel=channel_id,
            ts=self._next_ts(),
            user=user,
            text=text,
            blocks=self._with_ids(blocks),
            reader=self.reader,
            ephemeral_to=ephemeral_to,
            thread_ts=thread_ts,
        )
        self._messages[channel_id][message.ts] = message
        self._changed.announce()
        return message

    def edit(self, message: Message, text: str, blocks: Blocks) -> None:
        """Replace what a message says."""
        message.earlier.append(message.blocks)
        message.text, message.blocks = text, self._with_ids(blocks)
        message.edited = True
        self._changed.announce()

    def delete(self, message: Message) -> None:
        """Take a message away; those who hold it see that it is gone."""
        message.deleted = True
        del self._messages[message.channel][message.ts]
        self._changed.announce()

    def find(self, channel_id: str, ts: str) -> Message | None:
        """Give the message of this channel and ts, ephemeral ones included."""
        return self._messages[channel_id].get(ts)

    def messages_in(self, channel_id: str) -> list[Message]:
        """Give the messages of a channel in order, ephemeral ones included."""
        return list(self._messages[channel_id].values())

    def visible_to(self, person_id: str, channel_id: str) -> list[Message]:
        """Give what a person sees in a channel: its messages and their own ephemeral ones."""
        if not self.can_see(person_id, channel_id):
            return []
        found = self._messages[channel_id].values()
        return [m for m in found if m.ephemeral_to in {None, person_id}]

    def all_messages(self) -> Iterable[Message]:
        """Give every message, channel by channel."""
        return [m for messages in self._messages.values() for m in messages.values()]

    def _next_ts(self) -> str:
        """Count microseconds, so that messages of one instant stay apart and in order."""
        now = int(self.now().timestamp() * 1_000_000)
        self._last_microsecond = max(now, self._last_microsecond + 1)
        return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06}"

    def _with_ids(self, blocks: Blocks) -> Blocks:
        """Give ids to blocks and elements that came without, as Slack does."""
        named = copy.deepcopy(blocks)
        for block in named:
            block.setdefault("block_id", f"b{next(self._numbers)}")
            for element in interactive_elements(block):
                element.setdefault("action_id", f"a{next(self._numbers)}")
        return named
