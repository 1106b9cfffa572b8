"""What stands in a message, a modal or Home, drawn or with the reason why it cannot be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.sandbox.page.drawing import CannotDrawError, Canvas, Surface, draw_blocks
from bot.sandbox.page.drawing.blocks import Drawn
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.inputs import State


@dataclass(frozen=True)
class Picture:
    """Blocks as the templates draw them; ``cannot`` says why there are none, or is empty."""

    blocks: Sequence[Drawn] = ()
    cannot: str = ""


def picture(
    slack: SlackStandIn,
    surface: Surface,
    scope: str,
    blocks: Sequence[dict[str, Any]],
    state: State,
    errors: Mapping[str, str] = MappingProxyType({}),
) -> Picture:
    """Draw blocks; what cannot be drawn is told in its place, and not left out.

    Args:
        slack: Knows the names.
        surface: The kind of thing that they stand in.
        scope: The id of that thing.
        blocks: The blocks.
        state: What is filled in.
        errors: What is wrong with it, by block_id.
    """
    workspace = slack.workspace
    people = {person.id: person.name for person in workspace.people.values()}
    canvas = Canvas(surface, scope, workspace.reader(), people, state, errors)
    try:
        return Picture(draw_blocks(blocks, canvas))
    except CannotDrawError as error:
        return Picture(cannot=str(error))
