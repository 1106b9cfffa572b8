"""Sending to the app over HTTP, and what comes of it for the person who waits."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.response_urls import Asked


@dataclass(frozen=True)
class SignedRequest:
    """A request to the app, byte for byte.

    ``command`` is what the person typed, and ``asked`` where an answer in the acknowledgement
    goes; both are None for what is not a slash command. ``submitted`` is the view that the
    acknowledgement of its submission is about.
    """

    body: bytes
    headers: Mapping[str, str]
    command: str | None = None
    asked: Asked | None = None
    submitted: View | None = None


@dataclass(frozen=True)
class Acknowledgement:
    """What the app answered, or why there is no answer; the status is then 0."""

    status: int
    body: str
    content_type: str
    seconds: float
    error: str | None


@dataclass(frozen=True)
class Delivery:
    """A command, press or submission as it went.

    Attributes:
        status: The HTTP status of the acknowledgement; 0 if there was none.
        body: Its body.
        seconds: From sending to the acknowledgement.
        shown: The message that the acknowledgement of a command shows at once, if any.
        error: What Slack tells the person: ``operation_timeout`` after 3 seconds,
            ``dispatch_failed`` if the app did not answer or answered with another status than
            2xx, ``invalid_command_response`` if its answer cannot be shown; of a submission
            "We had some trouble connecting. Try again?" for all of these.
        request: What was sent, so that it can be sent again.
        confirmation: The words of the confirm dialog that the person accepted, if any.
        reason: What was wrong with the acknowledgement of a submission, for who builds the app.
    """

    status: int
    body: str
    seconds: float
    error: str | None
    request: SignedRequest = field(repr=False)
    shown: Message | None = None
    confirmation: str | None = None
    reason: str | None = None


async def send(url: str, request: SignedRequest, within: float) -> Acknowledgement:
    """Post a request to the app and wait for the acknowledgement.

    Args:
        url: The app's address for commands and presses.
        request: What to send.
        within: Seconds after which Slack gives up.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as session,
            session.post(
                url,
                data=request.body,
                headers=request.headers,
                allow_redirects=False,
                skip_auto_headers=("Content-Type", "User-Agent"),
            ) as response,
        ):
            body = await response.text(errors="replace")
            return Acknowledgement(
                status=response.status,
                body=body,
                content_type=response.content_type,
                seconds=loop.time() - started,
                error=None if 200 <= response.status < 300 else "dispatch_failed",
            )
    except TimeoutError:
        return Acknowledgement(0, "", "", loop.time() - started, "operation_timeout")
    except aiohttp.ClientError:
        return Acknowledgement(0, "", "", loop.time() - started, "dispatch_failed")
