"""The stand-in as tests, demo and sandbox use it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from starlette.applications import Starlette

from bot.sandbox.changes import StateChanges
from bot.sandbox.slack.acknowledgements import deliver
from bot.sandbox.slack.app import slack_app
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.impossible import ImpossibleInSlackError
from bot.sandbox.slack.inputs import filled_in
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.outbound import Delivery, SignedRequest, send
from bot.sandbox.slack.payloads import Origin, block_actions_form, command_form, escaped
from bot.sandbox.slack.rate_limits import RateLimits
from bot.sandbox.slack.response_urls import Asked, ResponseUrls
from bot.sandbox.slack.scopes import DEFAULT_SCOPES
from bot.sandbox.slack.signing import FORM, signed_headers
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.with_shortcuts import PeopleWithShortcuts, Shortcut, ShortcutsOfTheApp
from bot.sandbox.slack.workspace import Channel, Installation, Person, Usergroup, Workspace

ACK_SECONDS: Final = 3.0


class SlackStandIn(PeopleWithShortcuts):
    """A Slack workspace with the app installed.

    Whoever serves ``app`` sets ``base_url`` to its address, and ``events_url`` to the app's
    address for commands and presses. After ``socket_mode.switch_on(…)``, and while
    ``socket_mode.served()`` is entered, these go over the app's sockets instead.

    Args:
        clock: The time, for timestamps, signatures, response URLs and rate limits.
        signing_secret: The app's signing secret.
        bot_token: The token that the Web API accepts.
        team_id: The workspace's id.
        scopes: What the app was granted.
        rate_limits: Slack's rate limits, if they are kept.
        should_escape: The slash command's setting of that name in the manifest.
        ack_seconds: How long Slack waits for an acknowledgement, in real seconds.
    """

    app: Starlette
    base_url: str = ""
    events_url: str = ""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        signing_secret: str,
        bot_token: str,
        team_id: str = "T0HOME",
        scopes: Iterable[str] = DEFAULT_SCOPES,
        rate_limits: RateLimits | None = None,
        should_escape: bool = False,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        installation = Installation(team_id, bot_token, signing_secret, frozenset(scopes))
        changed = StateChanges()
        super().__init__(Workspace(installation, clock, changed), changed)
        self.faults = Faults()
        self.shortcuts = ShortcutsOfTheApp()
        self.should_escape = should_escape
        self._ack_seconds = ack_seconds
        self._response_urls = ResponseUrls(self.workspace)
        self.socket_mode = SocketMode(installation, self.changed)
        web_api = WebApi(self.workspace, rate_limits, self.socket_mode)
        self.app = slack_app(web_api, self._response_urls, self.faults, self._record, clock)
        bot = installation
        self.add_person(Person(bot.bot_user_id, bot.bot_name, team_id, is_bot=True))

    def add_person(self, person: Person) -> None:
        """Add a person, or change the one with this id."""
        self.workspace.people[person.id] = person
        self.changed.announce()

    def add_channel(self, channel: Channel) -> None:
        """Add a channel, or change the one with this id."""
        self.workspace.channels[channel.id] = channel
        self.changed.announce()

    def add_usergroup(self, usergroup: Usergroup) -> None:
        """Add a user group, or change the one with this id."""
        self.workspace.usergroups[usergroup.id] = usergroup
        self.changed.announce()

    def add_shortcut(self, shortcut: Shortcut) -> None:
        """Add a shortcut of the app, as its manifest does."""
        self.shortcuts.by_name[shortcut.name] = shortcut

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Have a person type a slash command.

        Args:
            user: Their id.
            channel: Where they type it; their own id means the app's direct messages with them.
            command: Such as ``/token``.
            text: What they type after it.

        Raises:
            ImpossibleInSlackError: If they are not of this workspace or cannot write there.
        """
        return await self._deliver(self.typed(user, channel, command, text))

    def typed(self, user: str, channel: str, command: str, text: str = "") -> SignedRequest:
        """Give what a slash command sends, for who sends it in their own way.

        Raises:
            ImpossibleInSlackError: As for ``command``, whose arguments these are.
        """
        person = self._person(user)
        if channel == user:
            channel = self.workspace.direct_channel(user).id
        place = self.workspace.channels.get(channel)
        if place is None or user not in place.members or place.is_archived:
            raise ImpossibleInSlackError(f"{user} cannot write in {channel}")
        if person.team_id != self.workspace.installation.team_id:
            raise ImpossibleInSlackError(f"{command} is not a command in {user}'s workspace")
        asked = Asked(channel, user)
        origin = Origin(person, place, self.response_url(asked))
        sent = escaped(text, self.workspace) if self.should_escape else text
        body = command_form(self.workspace, origin, command, sent)
        return SignedRequest(body, self.sign(body), f"{command} {text}".rstrip(), asked)

    async def press(  # noqa: PLR0913 - all that can go with a press, all named
        self,
        user: str,
        message: Message,
        text: str | None = None,
        *,
        action_id: str | None = None,
        nth: int = 0,
        team_id: str | None = None,
        outdated: bool = False,
        unseen: bool = False,
        chosen: Mapping[str, str] = MappingProxyType({}),
    ) -> Delivery:
        """Have a person press a button and accept its confirm dialog, if it has one.

        Args:
            user: Their id.
            message: Where the button is.
            text: The button's text.
            action_id: The button's action id.
            nth: Which of the buttons that fit, from 0.
            team_id: The workspace they press it from, if not their own.
            outdated: Press a button that an edit has taken away since, as somebody does whose
                client has not shown the edit yet.
            unseen: Press it without seeing the message, as no client does, but whoever has lost
                sight of it a moment ago.
            chosen: What they have chosen in the message's own inputs before, by label or block_id.

        Raises:
            ImpossibleInSlackError: If they do not see the message, or there is no such button.
        """
        person = self._person(user)
        is_shown = message in self.visible_to(user, message.channel)
        if not (is_shown or unseen or (outdated and self._saw(user, message))):
            raise ImpossibleInSlackError(f"{user} does not see the message {message.ts}")
        button = message.find_button(text, action_id, nth, outdated=outdated)
        if button is None:
            there = [(button.text, button.action_id) for button in message.buttons]
            raise ImpossibleInSlackError(f"no such button; there are: {there}")
        channel = self.workspace.channels[message.channel]
        url = self.response_url(Asked(message.channel, user, message))
        body = block_actions_form(
            self.workspace,
            Origin(person, channel, url),
            message,
            button,
            team_id or person.team_id,
            filled_in(message.blocks, chosen),
        )
        delivery = await self._deliver(SignedRequest(body, self.sign(body)))
        return replace(delivery, confirmation=button.confirmation)

    async def replay(self, delivery: Delivery) -> Delivery:
        """Send the same signed bytes, or the same envelope, again."""
        return await self._deliver(delivery.request)

    async def deliver_raw(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        """Send any bytes to the app by HTTP, as anybody can: rubbish, forged, stale."""
        return await self._post(SignedRequest(body, headers))

    def response_url(self, asked: Asked) -> str:
        """Give out a response URL."""
        return f"{self.base_url}/response/{self._response_urls.issue(asked)}"

    def sign(self, body: bytes, at: datetime | None = None, kind: str = FORM) -> dict[str, str]:
        """Give the headers that go with a body; ``at`` is now unless given."""
        secret = self.workspace.installation.signing_secret
        return signed_headers(secret, body, at or self.workspace.now(), kind)

    def _person(self, user: str) -> Person:
        """Find a person; deactivated ones too, whose last click may still be on its way."""
        if user not in self.workspace.people:
            raise ImpossibleInSlackError(f"there is no {user}")
        return self.workspace.people[user]

    def _saw(self, user: str, message: Message) -> bool:
        """Tell whether a message that is gone stood where this person could see it."""
        for_them = message.ephemeral_to in {None, user}
        return message.deleted and for_them and self.workspace.can_see(user, message.channel)

    async def _deliver(self, request: SignedRequest) -> Delivery:
        if not self.socket_mode.enabled:
            return await self._post(request)
        ack = await self.socket_mode.send(request, self._ack_seconds)
        return deliver(self.workspace, request, ack)

    async def _post(self, request: SignedRequest) -> Delivery:
        ack = await send(self.events_url, request, self._ack_seconds)
        return deliver(self.workspace, request, ack)
