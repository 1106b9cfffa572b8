from bot.changes.anchor import Anchor
from bot.slack.blocks.anchor import anchor_message
from bot.slack.placing import Placing


class AnchorMessages:
    """Post the record's anchors into the feed.

    Args:
        placing: Puts messages where they belong.
    """

    def __init__(self, placing: Placing) -> None:
        self._placing = placing

    async def post(self, anchor: Anchor) -> None:
        """Post one; without a feed, or where others read along there, the log alone has it.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        await self._placing.post_in_feed(anchor_message(anchor))
