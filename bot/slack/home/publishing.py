from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import block_kit
from bot.changes.home import Home
from bot.changes.ports import AnnouncementError
from bot.slack.errors import error_code, retry_after
from bot.slack.home.shelf import HomeShelf
from bot.slack.pacing import Pacing
from bot.slack.web import told

_log = structlog.get_logger()
_METHOD = "views.publish"


class Publishing:
    """Show somebody their Home, and remember what it is; never an older page over a newer one.

    Source: https://docs.slack.dev/reference/methods/views.publish

    Args:
        client: Slack's Web API.
        pacing: Knows for how long Slack has asked to wait.
        shelf: The database.
        clock: Tells the time.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        pacing: Pacing,
        shelf: HomeShelf,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._pacing = pacing
        self._shelf = shelf
        self._clock = clock

    async def publish(self, home: Home, view: dict[str, Any], sequence: int) -> Home | None:
        """Show a page, unless its person has seen a newer one.

        Args:
            home: Whose it is, as it was when the page was begun.
            view: The page.
            sequence: How much of the record is in it.

        Returns:
            The Home as it is shown now; None if a newer page is.

        Raises:
            AnnouncementError: If Slack does not take it.
            StoreUnavailableError: If the database does not answer.
        """
        view_hash = await self._shown(home, view)
        if view_hash is None:
            return None
        home = replace(home, view_hash=view_hash, sequence=sequence)
        async with self._shelf.transaction() as homes:
            latest = await homes.note_shown(home, self._clock())
        return home if latest else None

    async def _shown(self, home: Home, view: dict[str, Any]) -> str | None:
        try:
            return await self._call(home, view, home.view_hash)
        except _OutdatedError:
            if not await self._is_latest(home):
                return None
        # What was shown in between was never stored as shown; this page is the newest all the same.
        try:
            return await self._call(home, view, "")
        except _OutdatedError:
            return None

    async def _is_latest(self, home: Home) -> bool:
        async with self._shelf.reading() as homes:
            current = await homes.home(home.person.user_id)
        return current is not None and (current.version, current.view_hash) == (
            home.version,
            home.view_hash,
        )

    async def _call(self, home: Home, view: dict[str, Any], view_hash: str) -> str:
        await self._pacing.held(_METHOD)
        broken = block_kit.problems(view, block_kit.Surface.HOME)
        if broken:
            _log.error("Home breaks Slack's rules", problems=broken)
        expected = {"hash": view_hash} if view_hash else {}
        try:
            shown = await self._client.views_publish(
                user_id=home.person.user_id, view=view, **expected
            )
            return told(shown, "view", "hash")
        except SlackApiError as error:
            code, wait = error_code(error), retry_after(error)
            if code == "hash_conflict":
                raise _OutdatedError from None
            if wait is not None:
                wait = await self._pacing.told_to_wait(_METHOD, wait)
            raise AnnouncementError(f"{_METHOD}: {code}", wait) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AnnouncementError(f"{_METHOD}: {type(error).__name__}") from None


class _OutdatedError(Exception):
    """Slack shows something newer than what a page was to replace."""
