"""All that is written in a message, wherever in it that stands."""

from collections.abc import Iterator, Mapping
from typing import Any

_WRITTEN = ("text", "blocks", "attachments", "files")
# What Slack gives to parts, and what apps name them by: nobody reads that.
_NOT_WRITTEN = frozenset(
    {"type", "block_id", "action_id", "id", "ts", "user_id", "channel_id", "team_id", "app_id"}
)
_DEEPEST = 20


def texts_of(message: Mapping[str, Any]) -> Iterator[str]:
    """Give every text of a message: its own, its blocks', its attachments' and its files'.

    Source: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """
    for part in _WRITTEN:
        yield from _within(message.get(part), _DEEPEST)


def _within(part: object, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for name, inner in part.items():
            if name not in _NOT_WRITTEN:
                yield from _within(inner, depth - 1)
    elif isinstance(part, list):
        for inner in part:
            yield from _within(inner, depth - 1)
        pieces = [each.get("text") for each in part if isinstance(each, Mapping)]
        if len(pieces) > 1 and all(isinstance(each, str) for each in pieces):
            # Rich text is cut where its format changes.
            yield "".join(map(str, pieces))
