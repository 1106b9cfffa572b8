"""What is recorded of where the messages of a request are."""

from dataclasses import replace

from bot.changes.ports import Remember
from bot.changes.request import ChangeRequest, MessageRef
from bot.slack.placing import Draw, Placing


async def posted(placing: Placing, request: ChangeRequest, draw: Draw) -> ChangeRequest:
    """Post a request's message, and note where it is.

    Raises:
        AnnouncementError: If Slack took it on no way.
    """
    place = await placing.post(request, draw)
    return replace(request, message=place, posted_by_url=place is None)


async def with_copy(
    request: ChangeRequest, copy: MessageRef | None, remember: Remember
) -> ChangeRequest:
    """Note where a request's copy in the feed is; remember it if it is new."""
    if copy == request.feed_message:
        return request
    request = replace(request, feed_message=copy)
    await remember(request)
    return request
