import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import new_change_id
from bot.commands.answers import ReasonWanted
from bot.slack.blocks.denial import denial_view
from bot.slack.blocks.notice import problem_message
from bot.slack.listeners.answering import Answering
from bot.slack.web import error_code
from bot.tasks import Tasks

_log = structlog.get_logger()
_NOT_OPENED = Problem(
    ErrorCode.FAULT,
    "Slack did not open the form. Nothing was changed.",
    "Press the button again.",
)


class Modals:
    """Open modals, within the three seconds for which Slack lets one.

    Args:
        client: Slack's Web API.
        answering: Tells whoever pressed that a modal could not be opened.
        tasks: Holds on to what runs beside.
    """

    def __init__(self, client: AsyncWebClient, answering: Answering, tasks: Tasks) -> None:
        self._client = client
        self._answering = answering
        self._tasks = tasks

    def ask_reason(self, ask: Ask, wanted: ReasonWanted, trigger_id: str) -> None:
        """Ask why a request is denied, beside the ack."""
        self._tasks.spawn(self._open(ask, wanted, trigger_id), "modal")

    async def _open(self, ask: Ask, wanted: ReasonWanted, trigger_id: str) -> None:
        """Open the modal; source: https://docs.slack.dev/reference/methods/views.open."""
        view = denial_view(wanted.change_id, ask.origin.channel_id)
        try:
            await self._client.views_open(trigger_id=trigger_id, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            reason = error_code(error) if isinstance(error, SlackApiError) else type(error).__name__
            error_id = new_change_id()
            _log.warning("a modal was not opened", reason=reason, error_id=error_id)
            self._answering.tell(ask.person, ask.origin, problem_message(_NOT_OPENED, error_id))
