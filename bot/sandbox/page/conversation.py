"""The messages of a place, as one person sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.page.drawing import Surface, draw_text
from bot.sandbox.page.drawn import Picture, picture
from bot.sandbox.page.people import Face, app_face, face_of
from bot.sandbox.page.places import Place, has_app
from bot.sandbox.slack import Message, SlackStandIn
from bot.sandbox.slack.inputs import state_of


@dataclass(frozen=True)
class MessageRow:
    """A message.

    Attributes:
        id: Its ``ts``.
        is_ephemeral: Whether only this person sees it.
        shortcuts: What its menu offers.
        replies: Its thread.
        is_open: Whether its thread is shown.
    """

    id: str
    by: Face
    time: str
    exactly: str
    day: str
    picture: Picture
    is_ephemeral: bool
    is_edited: bool
    shortcuts: Sequence[str]
    is_open: bool = False
    replies: Sequence["MessageRow"] = field(default=())


def conversation(slack: SlackStandIn, place: Place) -> Sequence[MessageRow]:
    """Draw what a person sees in a place, threads under the messages that began them."""
    threads: dict[str, list[Message]] = {}
    beginnings: list[Message] = []
    visible = slack.visible_to(place.person, place.channel.id)
    there = {message.ts for message in visible if message.thread_ts is None}
    for message in visible:
        if message.thread_ts is not None and message.thread_ts in there:
            threads.setdefault(message.thread_ts, []).append(message)
        else:
            beginnings.append(message)
    return [_row(slack, place, each, threads) for each in beginnings]


def _row(
    slack: SlackStandIn, place: Place, message: Message, threads: Mapping[str, Sequence[Message]]
) -> MessageRow:
    at = datetime.fromtimestamp(float(message.ts), UTC)
    is_ephemeral = message.ephemeral_to is not None
    return MessageRow(
        id=message.ts,
        by=_author(slack, message),
        time=f"{at:%H:%M}",
        exactly=f"{at:%Y-%m-%d %H:%M:%S} UTC",
        day=f"{at:%A}, {at:%B} {at.day}",
        picture=_picture(slack, message),
        is_ephemeral=is_ephemeral,
        is_edited=message.edited,
        shortcuts=() if is_ephemeral else _shortcuts(slack, place.person),
        is_open=message.ts == place.thread,
        replies=[_row(slack, place, each, {}) for each in threads.get(message.ts, ())],
    )


def _picture(slack: SlackStandIn, message: Message) -> Picture:
    if not message.blocks:
        return Picture(draw_text(message.text, slack.workspace.reader()))
    state = state_of(message.blocks, {})
    return picture(slack, Surface.MESSAGE, f"m{message.ts}", message.blocks, state)


def _author(slack: SlackStandIn, message: Message) -> Face:
    workspace = slack.workspace
    if message.user == "bot":
        return app_face(workspace)
    return face_of(workspace, workspace.people[message.user])


def _shortcuts(slack: SlackStandIn, person: str) -> Sequence[str]:
    if not has_app(slack, person):
        return ()
    return [each.name for each in slack.shortcuts.by_name.values() if each.type == "message"]
