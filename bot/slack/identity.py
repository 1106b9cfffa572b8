import asyncio
from collections.abc import Callable
from datetime import datetime

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.errors import ErrorCode, Problem, StoreUnavailableError, UserError
from bot.changes.policy import Workspace
from bot.changes.ports import Store
from bot.slack.errors import HOPELESS, error_code
from bot.slack.web import told

_log = structlog.get_logger()
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0


class BadSlackTokenError(Exception):
    """Slack does not accept the bot token; the text is Slack's word for why."""


class Identity:
    """Who the bot is in Slack; asked once, so that no request waits for it.

    Which workspace is its own is stored, for whoever is at the command line while Slack does not
    answer.

    Source: https://docs.slack.dev/reference/methods/auth.test

    Args:
        client: Slack's Web API, with the bot token.
        clock: Tells the time.
        store: Where the workspace is stored; None where nobody needs it later.
    """

    def __init__(
        self, client: AsyncWebClient, clock: Callable[[], datetime], store: Store | None = None
    ) -> None:
        self._client = client
        self._clock = clock
        self._store = store
        self._result: AuthorizeResult | None = None
        self._workspace: Workspace | None = None
        self._trouble = "auth.test has not answered yet"

    @property
    def known(self) -> bool:
        """Tell whether Slack has said who the bot is."""
        return self._workspace is not None

    @property
    def trouble(self) -> str | None:
        """Say why it is not known yet, or None if it is."""
        return None if self.known else self._trouble

    @property
    def workspace(self) -> Workspace:
        """Give the workspace; raise UserError while it is not known."""
        if self._workspace is None:
            raise UserError(
                Problem(
                    ErrorCode.STARTING,
                    "The bot is starting and Slack has not told it yet which workspace is its own. "
                    "Nothing was changed.",
                    "Try again in a moment.",
                )
            )
        return self._workspace

    def authorization(self) -> AuthorizeResult:
        """Tell Bolt who the bot is, as far as it is known; nothing is asked for it."""
        return self._result or AuthorizeResult(
            enterprise_id=None, team_id=None, bot_token=self._client.token
        )

    async def ask(self) -> bool:
        """Ask Slack once; False if it does not answer.

        Raises:
            BadSlackTokenError: If Slack refuses the token.
        """
        try:
            answer = await self._client.auth_test()
            team_id = told(answer, "team_id")
            enterprise_id = told(answer, "enterprise_id") if answer.get("enterprise_id") else None
        except SlackApiError as error:
            code = error_code(error)
            if code in HOPELESS:
                raise BadSlackTokenError(code) from None
            _log.warning("Slack does not tell who the bot is", error=code)
            return False
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.warning("Slack does not answer", error=type(error).__name__)
            return False
        self._workspace = Workspace(team_id, enterprise_id)
        self._result = AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=self._client.token,
            bot_id=answer.get("bot_id"),
            bot_user_id=answer.get("user_id"),
        )
        await self._note(self._workspace)
        return True

    async def _note(self, workspace: Workspace) -> None:
        if self._store is None:
            return
        try:
            async with self._store.transaction() as transaction:
                await transaction.note_workspace(workspace, self._clock())
        except StoreUnavailableError as error:
            _log.warning("the bot's workspace is not stored", reason=str(error))

    async def keep_asking(self) -> None:
        """Ask until Slack tells, with growing pauses."""
        pause = _FIRST_PAUSE
        while True:
            try:
                if await self.ask():
                    return
            except BadSlackTokenError as error:
                self._trouble = f"Slack refuses SLACK_BOT_TOKEN: {error}"
                _log.error("Slack refuses the bot token", error=str(error))
                pause = _LONGEST_PAUSE
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
