from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.deciding import is_direct
from bot.changes.ports import AnnouncementError
from bot.slack.errors import error_code, passing, retry_after

_REMEMBERED = timedelta(minutes=10)
_log = structlog.get_logger()


class ChannelKind(Enum):
    """Who may read along in a channel."""

    INTERNAL = "internal"
    DIRECT = "direct message"
    SHARED = "shared with another organisation"
    UNREADABLE = "of a kind that cannot be read"


class Channels:
    """Tell what kind a channel is, so that nothing is posted for strangers to read.

    Source: https://docs.slack.dev/reference/methods/conversations.info

    Args:
        client: Slack's Web API.
        clock: Tells the time; a kind is remembered for ten minutes.
    """

    def __init__(self, client: AsyncWebClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[datetime, ChannelKind]] = {}

    async def kind(self, channel_id: str) -> ChannelKind:
        """Give a channel's kind; what Slack does not let the bot read is taken for the worst.

        Raises:
            AnnouncementError: If Slack does not answer now, and may later.
        """
        if is_direct(channel_id):
            return ChannelKind.DIRECT
        now = self._clock()
        known = self._known.get(channel_id)
        if known is not None and now - known[0] < _REMEMBERED:
            return known[1]
        kind = await self._ask(channel_id)
        if kind is not ChannelKind.UNREADABLE:
            self._known[channel_id] = (now, kind)
        return kind

    async def _ask(self, channel_id: str) -> ChannelKind:
        try:
            answer = await self._client.conversations_info(channel=channel_id)
        except SlackApiError as error:
            code = error_code(error)
            if passing(error):
                raise AnnouncementError(f"conversations.info: {code}", retry_after(error)) from None
            _log.info("channel cannot be read", channel=channel_id, error=code)
            return ChannelKind.UNREADABLE
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AnnouncementError(f"conversations.info: {type(error).__name__}") from None
        channel = answer.get("channel")
        return kind_of(channel) if isinstance(channel, dict) else ChannelKind.UNREADABLE


def kind_of(channel: Mapping[str, Any]) -> ChannelKind:
    """Read the kind of a channel, none of the direct ones, as Slack describes it."""
    if channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"):
        return ChannelKind.SHARED
    return ChannelKind.INTERNAL
