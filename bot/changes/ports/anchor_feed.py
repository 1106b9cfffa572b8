from typing import Protocol

from bot.changes.anchor import Anchor


class AnchorFeed(Protocol):
    """Where people keep anchors, out of reach of whoever can write to the database."""

    async def post(self, anchor: Anchor) -> None:
        """Post an anchor into the feed, if there is one that can be reached.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        ...
