"""The record's anchor, as the feed keeps it."""

from bot.changes.anchor import Anchor
from bot.changes.moments import moment
from bot.slack.blocks.rich import Message, bold, code, paragraph, plain, read_out

_TITLE = "Audit anchor"


def anchor_message(anchor: Anchor) -> Message:
    """Show what the record is known by, and say what to do with it."""
    taken = f"The record up to event {anchor.sequence}, as of {moment(anchor.at)}."
    what = "Whether any of it was changed or removed since:"
    command = f"token-bot audit verify --anchor {anchor.written}"
    return Message(
        read_out(f"{_TITLE}.", taken, what, command),
        (paragraph([bold(_TITLE)], [plain(taken)], [plain(what)], [code(command)]),),
    )
