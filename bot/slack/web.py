import re
from collections.abc import Mapping
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.errors import UnreadableAnswerError
from bot.slack.measuring import measured
from bot.telemetry.slack_metrics import SlackMetrics

# A call that hangs must not hold a change's message for aiohttp's five minutes.
CALL_SECONDS = 10.0
# Ids, timestamps, hashes and addresses: Slack's are nothing else, and a database takes them.
NAME = re.compile(r"[!-~]{1,1000}")


class SlackClient(AsyncWebClient):
    """Slack's Web API, whose answers are objects; whatever else comes is UnreadableAnswerError.

    Left to itself the SDK stumbles over some of it, each time over another exception.

    Args:
        metrics: Measure each call; None for a client whose calls nobody counts.
        options: The SDK's own.
    """

    def __init__(self, metrics: SlackMetrics | None, **options: Any) -> None:
        super().__init__(**options)
        self._metrics = metrics

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method of the Web API; all methods go through this one."""
        with measured(self._metrics, api_method):
            return await self._object(api_method, **arguments)

    async def _object(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        try:
            answer = await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if _says_why(error.response):
                raise
            raise UnreadableAnswerError from None
        except aiohttp.ClientError:
            # A certificate that is nobody's is a ValueError as well, and no answer at all.
            raise
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            raise UnreadableAnswerError from None
        if not isinstance(answer.data, dict):
            raise UnreadableAnswerError
        return answer


def _says_why(answer: object) -> bool:
    """Tell whether a refusal is Slack's: with its word for why, or at least with HTTP's."""
    if not isinstance(answer, AsyncSlackResponse):
        return False
    return answer.status_code != 200 or (isinstance(answer.data, dict) and "error" in answer.data)


def told(answer: AsyncSlackResponse, *path: str) -> str:
    """Give a name out of an answer, such as a message's timestamp.

    Args:
        answer: The answer.
        path: Where it stands there, from the outside to the inside.

    Raises:
        UnreadableAnswerError: If there is none.
    """
    part: object = answer.data
    for key in path:
        part = part.get(key) if isinstance(part, Mapping) else None
    if not isinstance(part, str) or NAME.fullmatch(part) is None:
        raise UnreadableAnswerError
    return part


def web_client(
    token: SecretStr,
    api_url: str,
    session: aiohttp.ClientSession,
    metrics: SlackMetrics | None = None,
) -> SlackClient:
    """Give a client of Slack's Web API that retries nothing by itself.

    A post that is sent twice stands in the channel twice; the executor, which knows what was
    posted, decides about trying again.

    Args:
        token: The token that goes with each call.
        api_url: Where the Web API is.
        session: For HTTP.
        metrics: Measure each call; None for a client whose calls nobody counts.
    """
    return SlackClient(
        metrics,
        token=token.get_secret_value(),
        base_url=f"{api_url.rstrip('/')}/",
        session=session,
        retry_handlers=[],
    )
