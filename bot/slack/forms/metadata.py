"""What a form brings back of where it was opened and what it is about: names, no authority."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

# Raised when names come to mean something else; a form that is open meanwhile says so.
SCHEMA = 1
_SCHEMA, _CHANNEL, _SURFACE = "schema", "channel", "surface"
RESERVED = frozenset({_SCHEMA, _CHANNEL, _SURFACE})
"""What a form may be about under no such name."""


@dataclass(frozen=True)
class Metadata:
    """What a form brings back.

    Attributes:
        about: What it is about, by name.
        channel_id: Where it was opened; empty if it does not say.
        surface: ``home`` if it was opened in Home.
    """

    about: Mapping[str, str]
    channel_id: str = ""
    surface: str = ""


def packed(metadata: Metadata) -> str:
    """Write a view's ``private_metadata``; whoever has the form open may know all of it."""
    named = {_CHANNEL: metadata.channel_id, _SURFACE: metadata.surface}
    return json.dumps(
        {_SCHEMA: SCHEMA, **{key: name for key, name in named.items() if name}, **metadata.about}
    )


def unpacked(metadata: str) -> Metadata:
    """Read a view's ``private_metadata``, as far as it says something.

    Metadata of another schema says nothing; what has none is of the first.
    """
    try:
        named = json.loads(metadata)
    except (ValueError, RecursionError):
        return Metadata({})
    if not isinstance(named, dict) or named.get(_SCHEMA, SCHEMA) != SCHEMA:
        return Metadata({})
    about = {key: value for key, value in named.items() if isinstance(value, str)}
    return Metadata(about, about.pop(_CHANNEL, ""), about.pop(_SURFACE, ""))
