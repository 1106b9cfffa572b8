"""Where a person can be in the client, as the page's addresses name it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.slack import Channel, SlackStandIn

APP = "app"


@dataclass(frozen=True)
class Place:
    """A channel, or a tab of the app.

    Attributes:
        person: Who is there.
        channel: The channel; of the app, its direct messages with the person.
        is_app: Whether it is the app.
        tab: ``messages`` or ``home``; a channel has messages alone.
        thread: The ``ts`` of the message whose thread is open, or None.
    """

    person: str
    channel: Channel
    is_app: bool
    tab: str = "messages"
    thread: str | None = None

    @property
    def name(self) -> str:
        """The name of the channel or the app."""
        return "token-bot" if self.is_app else f"#{self.channel.name}"

    @property
    def address(self) -> str:
        """The path at which the page shows it, whatever thread is open."""
        return address(self.person, APP if self.is_app else self.channel.id, self.tab)


def address(person: str, place: str, tab: str = "messages") -> str:
    """Give the path of a place."""
    return f"/{person}/{place}" + ("/home" if tab == "home" else "")


def channels_of(slack: SlackStandIn, person: str) -> Sequence[Channel]:
    """Give the channels that a person sees, in the order of their names."""
    workspace = slack.workspace
    seen = [
        channel
        for channel in workspace.channels.values()
        if not channel.is_im and workspace.can_see(person, channel.id)
    ]
    return sorted(seen, key=lambda channel: channel.name)


def find_place(
    slack: SlackStandIn, person: str, place: str, tab: str, thread: str | None = None
) -> Place | None:
    """Find the place that an address names; None if this person cannot be there."""
    workspace = slack.workspace
    known = workspace.people.get(person)
    if known is None or known.is_bot or known.deleted:
        return None
    if place == APP:
        if known.team_id != workspace.installation.team_id:
            return None
        return Place(person, workspace.direct_channel(person), is_app=True, tab=tab, thread=thread)
    channel = workspace.channels.get(place)
    if channel is None or channel.is_im or not workspace.can_see(person, place):
        return None
    return None if tab == "home" else Place(person, channel, is_app=False, thread=thread)
