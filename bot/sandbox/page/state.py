"""What the page shows to one person at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.cast import Part
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.page.conversation import MessageRow, conversation
from bot.sandbox.page.drawing import Surface
from bot.sandbox.page.drawn import Picture, picture
from bot.sandbox.page.influxdb_side import InfluxDBSide, influxdb_side
from bot.sandbox.page.people import Face, who_one_can_be
from bot.sandbox.page.places import APP, Place, address, channels_of, find_place, has_app
from bot.sandbox.page.unread import Unread
from bot.sandbox.slack import SlackStandIn, View


@dataclass(frozen=True)
class Link:
    """A way to another place, or to the same place as somebody else."""

    address: str
    name: str
    is_here: bool
    unread: int = 0
    face: Face | None = None


@dataclass(frozen=True)
class ModalView:
    """The view that a person has in front of them."""

    id: str
    hash: str
    title: str
    submit: str | None
    close: str
    depth: int
    trouble: str
    picture: Picture


@dataclass(frozen=True)
class HomeTab:
    """The app's Home; ``is_there`` is false until the app has published one."""

    is_there: bool
    picture: Picture = field(default_factory=Picture)


@dataclass(frozen=True)
class Screen:
    """Everything that the page shows."""

    place: Place
    me: Face
    people: Sequence[Link]
    channels: Sequence[Link]
    app: Link | None
    can_write: bool
    can_command: bool
    shortcuts: Sequence[str]
    messages: Sequence[MessageRow]
    home: HomeTab | None
    modal: ModalView | None
    influxdb: InfluxDBSide


@dataclass(frozen=True)
class Sight:
    """What the page looks at.

    Attributes:
        parts: Who the people are in the sandbox.
        since: When the sandbox was started.
    """

    slack: SlackStandIn
    influxdb: InfluxDBStandIn
    unread: Unread
    parts: Sequence[Part]
    since: datetime


def look(sight: Sight, place: Place) -> Screen:
    """Look at both stand-ins as a person who is in a place, which they have read by that."""
    slack, person = sight.slack, place.person
    sight.unread.read(person, place.channel.id, slack.visible_to(person, place.channel.id))
    people = who_one_can_be(slack.workspace, sight.parts)
    here = place.address
    return Screen(
        place=place,
        me=next(face for face in people if face.id == person),
        people=[_as_somebody(slack, face, place) for face in people],
        channels=[
            Link(
                address(person, channel.id),
                channel.name,
                is_here=address(person, channel.id) == here,
                unread=sight.unread.count(slack, person, channel.id),
            )
            for channel in channels_of(slack, person)
        ],
        app=_to_app(sight, place),
        can_write=person in place.channel.members and not place.channel.is_archived,
        can_command=has_app(slack, person),
        shortcuts=_shortcuts(slack, person),
        messages=conversation(slack, place) if place.tab == "messages" else (),
        home=_home(slack, person) if place.tab == "home" else None,
        modal=_modal(slack, person),
        influxdb=influxdb_side(sight.influxdb, sight.since, slack.workspace.now()),
    )


def _as_somebody(slack: SlackStandIn, face: Face, place: Place) -> Link:
    """Stay in the place, if that person can be there; else go to their first channel."""
    name = APP if place.is_app else place.channel.id
    found = find_place(slack, face.id, name, place.tab)
    where = first_address(slack, face.id) if found is None else found.address
    return Link(where, face.name, face.id == place.person, face=face)


def first_address(slack: SlackStandIn, person: str) -> str:
    """Give the place where a person begins: the first channel in which they can write."""
    channels = channels_of(slack, person)
    own = next((each for each in channels if person in each.members), None)
    return address(person, APP if own is None else own.id)


def _to_app(sight: Sight, place: Place) -> Link | None:
    if find_place(sight.slack, place.person, APP, "messages") is None:
        return None
    direct = sight.slack.workspace.direct_channel(place.person).id
    unread = sight.unread.count(sight.slack, place.person, direct)
    name = sight.slack.workspace.installation.bot_name
    # As in Slack: what is new is in the messages.
    tab = "messages" if unread else "home"
    return Link(address(place.person, APP, tab), name, place.is_app, unread)


def _shortcuts(slack: SlackStandIn, person: str) -> Sequence[str]:
    if not has_app(slack, person):
        return ()
    return [each.name for each in slack.shortcuts.by_name.values() if each.type == "global"]


def _home(slack: SlackStandIn, person: str) -> HomeTab:
    view = slack.home(person)
    if view is None:
        return HomeTab(is_there=False)
    return HomeTab(True, _picture(slack, view, Surface.HOME))


def _modal(slack: SlackStandIn, person: str) -> ModalView | None:
    view = slack.open_view(person)
    if view is None:
        return None
    return ModalView(
        id=view.id,
        hash=view.hash,
        title=view.title,
        submit=view.submit,
        close=view.close,
        depth=len(view.stack),
        trouble=view.trouble or "",
        picture=_picture(slack, view, Surface.MODAL),
    )


def _picture(slack: SlackStandIn, view: View, surface: Surface) -> Picture:
    return picture(slack, surface, view.id, view.blocks, view.state, view.errors)
