"""Where a person can be in the client, as the page's addresses name it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.slack import Channel, SlackStandIn

APP = "app"
TABS = frozenset({"messages", "home"})


@dataclass(frozen=True)
class Place:
    """A channel, or a tab of the app.

    Attributes:
        person: Who is there.
        name: What the channel or the app is called.
        channel: The channel; of the app, its direct messages with the person.
        is_app: Whether it is the app.
        tab: ``messages`` or ``home``; a channel has messages alone.
        thread: The ``ts`` of the message whose thread is open, or None.
    """

    person: str
    name: str
    channel: Channel
    is_app: bool
    tab: str = "messages"
    thread: str | None = None

    @property
    def address(self) -> str:
        """The path at which the page shows it, whatever thread is open."""
        return address(self.person, APP if self.is_app else self.channel.id, self.tab)


def address(person: str, place: str, tab: str = "messages") -> str:
    """Give the path of a place."""
    return f"/{person}/{place}" + ("/home" if tab == "home" else "")


def has_app(slack: SlackStandIn, person: str) -> bool:
    """Tell whether the app is in the person's own workspace, and so offered to them."""
    workspace = slack.workspace
    return workspace.people[person].team_id == workspace.installation.team_id


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
    if known is None or known.is_bot or known.deleted or tab not in TABS:
        return None
    if place == APP:
        if not has_app(slack, person):
            return None
        name, channel = workspace.installation.bot_name, workspace.direct_channel(person)
        return Place(person, name, channel, is_app=True, tab=tab, thread=thread)
    there = workspace.channels.get(place)
    if there is None or there.is_im or not workspace.can_see(person, place):
        return None
    if tab == "home":
        return None
    return Place(person, f"#{there.name}", there, is_app=False, thread=thread)
