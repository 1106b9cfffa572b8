from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.block_kit import Surface
from bot.block_kit.mrkdwn import Reader
from bot.sandbox.slack.inputs import State

__all__ = ["Canvas", "Surface"]


@dataclass(frozen=True)
class Canvas:
    """Where blocks are drawn.

    Attributes:
        surface: The kind of thing that they stand in.
        scope: The id of that thing, so that the ids of its elements are the page's only ones.
        reader: Knows the names, and the time.
        people: The names of who can be chosen, by id.
        state: What is filled in, by block_id and action_id.
        errors: What is wrong with it, by block_id.
    """

    surface: Surface
    scope: str
    reader: Reader
    people: Mapping[str, str] = field(default_factory=dict)
    state: State = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
