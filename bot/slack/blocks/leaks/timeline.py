"""The timeline of a leaked secret, in the thread of its message: what the record says, in order."""

from collections.abc import Sequence

from bot.changes.audit import AuditEvent, ChainedEvent, EventTag
from bot.slack.blocks.history import event_line, event_text
from bot.slack.blocks.people import named, named_text
from bot.slack.blocks.rich import LONGEST_TEXT, Line, Message, bold, escaped, paragraph, plain

_TITLE = "Timeline"
_FIRST, _LAST = 8, 12
# What was intended is told by what came of it, and what was not tried by the receipt.
_UNTOLD = {EventTag.CHANGE_INTENDED, EventTag.CHANGE_RETURN_INTENDED, EventTag.CHANGE_CANCELLED}


def news(record: Sequence[ChainedEvent], up_to: int) -> list[AuditEvent]:
    """List what a timeline does not tell yet.

    Args:
        record: What is recorded of the case, oldest first.
        up_to: The number of the last event that it tells of.
    """
    return [
        link.event for link in record if link.sequence > up_to and link.event.tag not in _UNTOLD
    ]


def timeline_message(
    events: Sequence[AuditEvent], change_id: str, owners: Sequence[str] = ()
) -> Message:
    """Tell events, the oldest first, and which owners were told of a leaked token of theirs.

    Args:
        events: What to tell; of very many, the first ones and the last ones are told.
        change_id: The report, whose history tells all.
        owners: The Slack user ids of those who were told.
    """
    left = len(events) - _FIRST - _LAST
    first, last = (events[:_FIRST], events[-_LAST:]) if left > 0 else (events, [])
    between = f"… and {left} more; history {change_id} tells all." if left > 0 else ""
    lines: list[Line] = [
        [bold(_TITLE)],
        *map(event_line, first),
        [plain(between)],
        *map(event_line, last),
        named(_OWNERS, owners),
    ]
    told = [_TITLE, *map(event_text, first), escaped(between), *map(event_text, last)]
    return Message(_fitting([*told, named_text(_OWNERS, owners)]), (paragraph(*lines),))


def _fitting(lines: Sequence[str]) -> str:
    """Join whole lines, as many as a text may hold; a mention that is cut would be none."""
    text = ""
    for line in filter(None, lines):
        longer = f"{text}\n{line}" if text else line
        if len(longer) > LONGEST_TEXT:
            return f"{text}\n…"
        text = longer
    return text


_OWNERS = "Told by direct message, as owner: "
