"""The messages of a place, as one person sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.page.drawing import CannotDrawError, Canvas, Surface, draw_blocks, draw_text
from bot.sandbox.page.drawing.blocks import Drawn
from bot.sandbox.page.people import Face, app_face, face_of
from bot.sandbox.page.places import Place
from bot.sandbox.slack import Message, SlackStandIn
from bot.sandbox.slack.inputs import state_of


@dataclass(frozen=True)
class MessageRow:
    """A message.

    Attributes:
        id: Its ``ts``.
        cannot: Why it cannot be drawn; empty if it can.
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
    blocks: Sequence[Drawn]
    cannot: str
    is_ephemeral: bool
    is_edited: bool
    is_reply: bool
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
    blocks, cannot = _drawn(slack, message)
    is_ephemeral = message.ephemeral_to is not None
    return MessageRow(
        id=message.ts,
        by=_author(slack, message),
        time=f"{at:%H:%M}",
        exactly=f"{at:%Y-%m-%d %H:%M:%S} UTC",
        day=f"{at:%A}, {at:%B} {at.day}",
        blocks=blocks,
        cannot=cannot,
        is_ephemeral=is_ephemeral,
        is_edited=message.edited,
        is_reply=message.thread_ts is not None,
        shortcuts=() if is_ephemeral else _shortcuts(slack, place.person),
        is_open=message.ts == place.thread,
        replies=[_row(slack, place, each, {}) for each in threads.get(message.ts, ())],
    )


def _drawn(slack: SlackStandIn, message: Message) -> tuple[Sequence[Drawn], str]:
    """Draw a message; what cannot be drawn is told in its place, and not left out."""
    workspace = slack.workspace
    reader = workspace.reader()
    if not message.blocks:
        return draw_text(message.text, reader), ""
    canvas = Canvas(
        Surface.MESSAGE,
        f"m{message.ts}",
        reader,
        {person.id: person.name for person in workspace.people.values()},
        state_of(message.blocks, {}),
    )
    try:
        return draw_blocks(message.blocks, canvas), ""
    except CannotDrawError as error:
        return (), str(error)


def _author(slack: SlackStandIn, message: Message) -> Face:
    workspace = slack.workspace
    if message.user == "bot":
        return app_face(workspace)
    return face_of(workspace, workspace.people[message.user])


def _shortcuts(slack: SlackStandIn, person: str) -> Sequence[str]:
    workspace = slack.workspace
    if workspace.people[person].team_id != workspace.installation.team_id:
        return ()
    return [each.name for each in slack.shortcuts.by_name.values() if each.type == "message"]
