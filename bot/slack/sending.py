"""Hand a message to Slack, checked, and say by name what came of it."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, TypeVar

import aiohttp
import structlog
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import block_kit
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest, MessageRef
from bot.slack.blocks.rich import Message
from bot.slack.errors import HOPELESS, error_code, passing, retry_after
from bot.slack.measuring import measured
from bot.slack.pacing import POST, Pacing
from bot.slack.response_urls import leads_to_slack
from bot.slack.web import told
from bot.telemetry.slack_metrics import SlackMetrics

T = TypeVar("T")

_NO_UNFURLING = MappingProxyType({"unfurl_links": False, "unfurl_media": False})
RESPONSE_URL = "response_url"
"""What metrics call an answer through a response URL, which is no method of the Web API."""

_log = structlog.get_logger()


class NotReachableError(Exception):
    """Slack takes no message of ours in this channel, or has none there to edit."""


class _BadBlocksError(Exception):
    """Slack refused the blocks of a message; its text says the same."""


class Sending:
    """Post, edit and answer.

    Every method raises AnnouncementError where Slack did not take the message and may later.

    Args:
        client: Slack's Web API.
        session: For response URLs, which are outside the Web API, and its limits.
        pacing: Says whose turn it is.
        metrics: Measure answers through response URLs.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        pacing: Pacing,
        metrics: SlackMetrics,
    ) -> None:
        self._metrics = metrics
        self._client = client
        self._session = session
        self._pacing = pacing

    async def post(
        self,
        channel: str,
        message: Message,
        request: ChangeRequest | None = None,
        *,
        thread_ts: str | None = None,
    ) -> MessageRef:
        """Post into a channel, or to a user in a direct message; raise NotReachableError.

        Args:
            channel: The channel's id, or the user's.
            message: What is posted.
            request: Whose announcement it is, which is tried again when its turn comes.
            thread_ts: The message in whose thread it is a reply; None for none.

        Source: https://docs.slack.dev/reference/methods/chat.postMessage
        """
        thread = {} if thread_ts is None else {"thread_ts": thread_ts}
        try:
            return await self._post_in_turn(channel, {**content(message), **thread}, request)
        except _BadBlocksError:
            # It waits here, for whoever tries it again elsewhere begins with the blocks.
            return await self._post_in_turn(channel, {"text": message.text, **thread}, None)

    async def edit(self, at: MessageRef, message: Message) -> None:
        """Edit one of the bot's messages; raise NotReachableError.

        Source: https://docs.slack.dev/reference/methods/chat.update
        """
        await self._pacing.held("chat.update")
        await self._with_blocks_or_without("chat.update", message, channel=at.channel_id, ts=at.ts)

    async def whisper(self, channel: str, user: str, message: Message) -> None:
        """Show a message to one person in a channel; raise NotReachableError.

        Source: https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        await self._pacing.held("chat.postEphemeral")
        await self._with_blocks_or_without(
            "chat.postEphemeral", message, channel=channel, user=user
        )

    async def respond(
        self, url: SecretStr, message: Message, *, in_channel: bool = False, replace: bool = False
    ) -> bool:
        """Answer through a response URL; False if it is used up, expired, or nowhere to answer.

        Source: https://docs.slack.dev/interactivity/handling-user-interaction
        """
        if not leads_to_slack(url.get_secret_value(), self._client.base_url):
            _log.warning("a response URL is not Slack's, and gets no answer")
            return False
        body = {
            "response_type": "in_channel" if in_channel else "ephemeral",
            "replace_original": replace,
            **content(message),
            **_NO_UNFURLING,
        }
        try:
            with measured(self._metrics, RESPONSE_URL) as call:
                async with self._session.post(
                    url.get_secret_value(), json=body, allow_redirects=False
                ) as answer:
                    if answer.status == 200:
                        return True
                    call.outcome = f"http_{answer.status}"
                    _log.info("response URL refused", status=answer.status)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            # ValueError: not an address at all. The text of these would hold the URL.
            _log.warning("response URL out of reach")
        return False

    async def _post_in_turn(
        self, channel: str, body: dict[str, Any], request: ChangeRequest | None
    ) -> MessageRef:
        taken_until = await self._pacing.turn(channel, request)
        try:
            return await self._call(_place, POST, channel=channel, **body, **_NO_UNFURLING)
        except AnnouncementError as error:
            if request is not None and error.retry_after is not None:
                await self._pacing.stays_in_line(channel, request, error.retry_after)
            raise
        finally:
            await self._pacing.posted(channel, taken_until)

    async def _with_blocks_or_without(self, method: str, message: Message, **more: Any) -> None:
        try:
            await self._call(_nothing, method, **more, **content(message))
        except _BadBlocksError:
            await self._call(_nothing, method, **more, text=message.text)

    async def _call(
        self, read: Callable[[AsyncSlackResponse], T], method: str, **arguments: Any
    ) -> T:
        try:
            return read(await self._client.api_call(method, json=arguments))
        except SlackApiError as error:
            code = error_code(error)
            if code == "invalid_blocks" and "blocks" in arguments:
                _log.error("Slack refused the blocks; sending the text alone", method=method)
                raise _BadBlocksError from None
            if not passing(error) and code not in HOPELESS:
                raise NotReachableError(f"{method}: {code}") from None
            wait = retry_after(error)
            if wait is not None:
                wait = await self._pacing.told_to_wait(method, wait)
            raise AnnouncementError(f"{method}: {code}", wait) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AnnouncementError(f"{method}: {type(error).__name__}") from None


def _place(answer: AsyncSlackResponse) -> MessageRef:
    return MessageRef(told(answer, "channel"), told(answer, "ts"))


def _nothing(_answer: AsyncSlackResponse) -> None:
    """Read nothing: that it was taken is all there is to know."""


def content(message: Message) -> dict[str, Any]:
    """Give a message's arguments; blocks that Slack would refuse are left out, and logged."""
    body: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
    broken = block_kit.problems(body)
    if broken:
        _log.error("message breaks Slack's rules; sending the text alone", problems=broken)
        return {"text": message.text}
    return body
