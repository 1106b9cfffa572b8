import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.identity import Identity
from bot.slack.listeners.actions import ActionListener
from bot.slack.listeners.commands import CommandListener
from bot.slack.listeners.home import HomeListener
from bot.slack.listeners.shortcuts import ShortcutListener
from bot.slack.listeners.submissions import SubmissionListener
from bot.slack.payloads import EventName
from bot.slack.stumbling import stumbled

_log = structlog.get_logger()
_ANYTHING = re.compile(".*", re.DOTALL)
# Two listeners that fit one press could both run, if the first did not ack.
_IN_HOME = re.compile(r"\Ahome_")
_NOT_IN_HOME = re.compile(r"\A(?!home_)")


@dataclass(frozen=True)
class Listeners:
    """What takes each kind of thing that people do.

    Attributes:
        commands: Takes slash commands.
        actions: Takes presses of buttons.
        submissions: Takes what is submitted in modals.
        shortcuts: Takes uses of the app's shortcuts.
        home: Shows Home, and what people search for there.
    """

    commands: CommandListener
    actions: ActionListener
    submissions: SubmissionListener
    shortcuts: ShortcutListener
    home: HomeListener


def bolt_app(
    command: str,
    listeners: Listeners,
    identity: Identity,
    client: AsyncWebClient,
) -> AsyncApp:
    """Put the Bolt app together: a listener for each kind of thing that people do.

    ``process_before_response`` sends the ack when the listener has returned, so that what is acked
    is committed.

    Args:
        command: The slash command's name, such as ``/token``.
        listeners: Take what people do.
        identity: Knows who the bot is.
        client: A client without a token, which lends its session and address to Bolt's own.

    Raises:
        RuntimeError: If the environment has turned Bolt into an OAuth app.
    """

    async def authorize() -> AuthorizeResult:
        return identity.authorization()

    app = AsyncApp(
        name="token-bot",
        # Bolt gives its loggers names of their own; this one's level holds for all of them.
        logger=logging.getLogger("slack_bolt"),
        # The front verifies; this keeps Bolt from reading the environment.
        signing_secret="verified by the front",  # noqa: S106 - not a secret
        verification_token="unused",  # noqa: S106 - not a secret
        authorize=authorize,
        client=client,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    if app.oauth_flow is not None:
        raise RuntimeError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET must not be set")
    app.error(_answer_to_a_fault)
    app.command(command)(listeners.commands)
    # Two listeners that fit one command could both run, if the first did not ack.
    app.command(re.compile(f"(?!{re.escape(command)}$)"))(_other_command(command))
    app.action(_NOT_IN_HOME)(listeners.actions)
    app.action(_IN_HOME)(listeners.home.navigated)
    app.event(EventName.APP_HOME_OPENED.value)(listeners.home.opened)
    app.shortcut(_ANYTHING)(listeners.shortcuts)
    app.view(_ANYTHING)(listeners.submissions)
    return app


async def _answer_to_a_fault(error: Exception) -> BoltResponse:
    """Answer with 200: an HTTP error would show as a message of Slack's own, without the id."""
    body = {"response_type": "ephemeral", "text": stumbled(error).text}
    return BoltResponse(status=200, body=body)


def _other_command(command: str) -> Callable[..., Awaitable[None]]:
    async def other_command(ack: Callable[..., Awaitable[Any]]) -> None:
        await ack(
            response_type="ephemeral", text=f"This bot answers to {command}. Try {command} help."
        )

    return other_command
