"""What a form brings back of where it was opened and what it is about: names, no authority."""

import json
from collections.abc import Mapping

# Raised when names come to mean something else; a form that is open meanwhile says so.
SCHEMA = 1
_SCHEMA, _CHANNEL = "schema", "channel"


def packed(about: Mapping[str, str], channel_id: str) -> str:
    """Write a view's ``private_metadata``; whoever has the form open may know all of it."""
    return json.dumps({_SCHEMA: SCHEMA, _CHANNEL: channel_id, **about})


def unpacked(metadata: str) -> tuple[Mapping[str, str], str]:
    """Give what a form is about, and the channel where it was opened, as far as it says.

    Metadata of another schema says nothing; what has none is of the first.
    """
    try:
        named = json.loads(metadata)
    except (ValueError, RecursionError):
        return {}, ""
    if not isinstance(named, dict) or named.get(_SCHEMA, SCHEMA) != SCHEMA:
        return {}, ""
    about = {key: value for key, value in named.items() if isinstance(value, str)}
    return about, about.pop(_CHANNEL, "")
