import hashlib
import json
from dataclasses import replace

import structlog

from bot.changes.direct_copy import DirectCopy
from bot.changes.request import ChangeRequest
from bot.slack.blocks.rich import Message
from bot.slack.sending import NotReachableError, Sending

_UNREACHABLE = "unreachable"

_log = structlog.get_logger()


class DirectCopies:
    """Let single people have the message of a change in a direct message of their own.

    Args:
        sending: Hands messages to Slack.
    """

    def __init__(self, sending: Sending) -> None:
        self._sending = sending

    async def tell(self, request: ChangeRequest, drawn: Message, copy: DirectCopy) -> DirectCopy:
        """Post a copy, or edit it where it shows less than is drawn; give it as it is now.

        Who cannot be reached is not tried again, and a copy that is gone is not posted again.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        content = _in_short(drawn)
        if copy.shown in {content, _UNREACHABLE}:
            return copy
        try:
            if copy.place is None:
                place = await self._sending.post(copy.user_id, drawn, request)
                return replace(copy, place=place, shown=content)
            await self._sending.edit(copy.place, drawn)
        except NotReachableError as error:
            _log.warning("cannot be told directly", user=copy.user_id, reason=str(error))
            return replace(copy, shown=_UNREACHABLE)
        return replace(copy, shown=content)


def _in_short(drawn: Message) -> str:
    content = json.dumps([drawn.text, drawn.blocks], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]
