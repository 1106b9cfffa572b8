from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.asking import Received
from bot.changes.change_ids import new_error_id
from bot.changes.errors import ErrorCode, Problem
from bot.changes.ports import Directory
from bot.commands.answers import FormName, FormWanted
from bot.slack.blocks.modal import told_view
from bot.slack.blocks.notice import problem_message
from bot.slack.errors import error_code
from bot.slack.forms.form import Loaded, LoadingForm, View
from bot.slack.forms.metadata import Metadata, packed
from bot.slack.forms.registry import SURFACE, Forms
from bot.slack.listeners.answering import Answering
from bot.slack.web import told
from bot.tasks import Tasks

_log = structlog.get_logger()
_AGAIN = "Press the button again, or type the command again."
_NOT_OPENED = Problem(
    ErrorCode.SLACK_REFUSED,
    "Slack did not open the form. Nothing was changed.",
    _AGAIN,
)
_TOO_LATE = Problem(
    ErrorCode.EXPIRED,
    "Slack opens a form within three seconds, and the bot was slower. Nothing was changed.",
    _AGAIN,
)
_NOT_FILLED = Problem(
    ErrorCode.SLACK_REFUSED,
    "Slack did not take what the form was to show. Nothing was changed.",
    "Close it, and open it again.",
)
# Slack's words, https://docs.slack.dev/reference/methods/views.open and views.update:
_EXPIRED = {"expired_trigger_id", "trigger_expired"}
# the form is open already, by the same press;
_OPENED_BEFORE = {"exchanged_trigger_id", "trigger_exchanged"}
# whoever had it open has closed it, or it shows something newer.
_NOBODY_WAITS = {"not_found", "hash_conflict"}


class Modals:
    """Open forms, within the three seconds for which Slack lets one.

    Args:
        client: Slack's Web API.
        directory: Tells what Slack says of people, for forms whose content has to be read.
        forms: All forms.
        answering: Tells whoever asked that a form could not be opened.
        tasks: Holds on to what runs beside.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        directory: Directory,
        forms: Forms,
        answering: Answering,
        tasks: Tasks,
    ) -> None:
        self._client = client
        self._directory = directory
        self._forms = forms
        self._answering = answering
        self._tasks = tasks

    def open(self, received: Received, wanted: FormWanted, trigger_id: str) -> None:
        """Open a form beside the ack.

        Args:
            received: What was pressed or typed.
            wanted: The form.
            trigger_id: Slack's permission to open one.
        """
        self._tasks.spawn(self._open(received, wanted, trigger_id), "modal")

    async def _open(self, received: Received, wanted: FormWanted, trigger_id: str) -> None:
        """Open a form; source: https://docs.slack.dev/reference/methods/views.open."""
        if not trigger_id:
            self._tell(received, _NOT_OPENED, "no trigger_id")
            return
        form = self._forms.named(wanted.form)
        drawn = _bound(received, wanted, form.view(wanted.about))
        try:
            opened = await self._client.views_open(trigger_id=trigger_id, view=drawn)
            view_id, view_hash = told(opened, "view", "id"), told(opened, "view", "hash")
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            reason = _reason(error)
            if reason not in _OPENED_BEFORE:
                self._tell(received, _TOO_LATE if reason in _EXPIRED else _NOT_OPENED, reason)
            return
        if isinstance(form, LoadingForm):
            shown = await self._loaded(received, wanted, form)
            await self._update(received, view_id, view_hash, shown)

    async def _loaded(self, received: Received, wanted: FormWanted, form: LoadingForm) -> View:
        """Decide about whoever asked, and read; give what the form shows, or what is wrong.

        It was opened before anybody was decided about, if that took asking Slack.
        """
        ask = received.by(await self._directory.look_up(received.ask.person))
        loaded: Loaded | None = None

        async def work() -> None:
            nonlocal loaded
            loaded = await form.loaded(ask, wanted.about)

        answered = await self._answering.run("form", wanted.form, work)
        if loaded is not None:
            return _bound(received, FormWanted(wanted.form, loaded.about), loaded.view)
        if answered.message is None:
            # The same press was taken before; that one shows it.
            return form.view(wanted.about)
        return told_view(form.refused, answered.message)

    async def _update(self, received: Received, view_id: str, view_hash: str, view: View) -> None:
        """Show what was read; source: https://docs.slack.dev/reference/methods/views.update."""
        try:
            await self._client.views_update(view_id=view_id, hash=view_hash, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            reason = _reason(error)
            if reason not in _NOBODY_WAITS:
                self._tell(received, _NOT_FILLED, reason)

    def _tell(self, received: Received, problem: Problem, reason: str) -> None:
        error_id = new_error_id()
        _log.warning("a form was not shown", reason=reason, error_id=error_id)
        ask = received.ask
        self._answering.tell(ask.person, ask.origin, problem_message(problem, error_id))


def _bound(received: Received, wanted: FormWanted, view: View) -> dict[str, Any]:
    """Have a view come back under its form's name, with what it is about."""
    return {
        **view,
        "callback_id": FormName(wanted.form).value,
        "private_metadata": packed(
            Metadata(
                wanted.about,
                received.ask.origin.channel_id,
                received.content.get(SURFACE, ""),
            )
        ),
    }


def _reason(error: Exception) -> str:
    return error_code(error) if isinstance(error, SlackApiError) else type(error).__name__
