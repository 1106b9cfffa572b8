from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.changes.asking import Ask, Received
from bot.changes.errors import UserError
from bot.changes.message_check import CheckedMessage, MessageChecks
from bot.changes.ports import Directory
from bot.commands.answers import Answer, FormName, FormWanted, Later
from bot.slack.forms.registry import Forms
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.asking import SHORTCUT, shortcut_asked, trigger_of, whoever
from bot.slack.listeners.modals import Modals
from bot.slack.message_texts import texts_of
from bot.slack.other_version import of_another_version
from bot.slack.shortcuts import ShortcutId


class ShortcutListener:
    """Take uses of the app's shortcuts.

    They only read, or open a form, so that they are acked at once. What a message says is held
    until it is looked at and is never stored: where Slack has to be asked who somebody is, that is
    waited for here, beside the ack.

    Args:
        directory: Tells what Slack says of people.
        checks: Checks messages.
        forms: Knows the form that a shortcut opens.
        modals: Opens it.
        answering: Makes an answer of whatever happens, and tells it.
        clock: Tells the time.
    """

    def __init__(
        self,
        directory: Directory,
        checks: MessageChecks,
        forms: Forms,
        modals: Modals,
        answering: Answering,
        clock: Callable[[], datetime],
    ) -> None:
        self._directory = directory
        self._checks = checks
        self._forms = forms
        self._modals = modals
        self._answering = answering
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Ack a shortcut, and do what it stands for."""
        name = _name(body)
        person, origin = whoever(body)
        ask: Ask | None = None

        async def work() -> Answer:
            nonlocal ask
            ask = shortcut_asked(body, str(context["delivery"]), self._clock())
            if name == ShortcutId.REPORT_LEAK:
                return await self._form(ask, FormWanted(FormName.REPORT_LEAK))
            if name != ShortcutId.CHECK_MESSAGE:
                raise UserError(of_another_version("shortcut"))
            return Later(partial(self._check, ask, body))

        with structlog.contextvars.bound_contextvars(asked=name):
            answered = await self._answering.run(SHORTCUT, name, work)
            await ack()
            if ask is not None and isinstance(answered.answer, FormWanted):
                received = Received(ask, SHORTCUT, {})
                self._modals.open(received, answered.answer, trigger_of(body))
            elif answered.later is not None:
                self._answering.follow_up(person, origin, answered.later)
            elif answered.message is not None:
                self._answering.tell(person, origin, answered.message)

    async def _form(self, ask: Ask, wanted: FormWanted) -> FormWanted:
        """Decide about whoever asks, if they are known: Slack opens a form within 3 seconds."""
        standing = self._directory.known(ask.person)
        if standing is None:
            return wanted
        return await self._forms.wanted(replace(ask, standing=standing), wanted)

    async def _check(self, ask: Ask, body: Mapping[str, Any]) -> CheckedMessage:
        standing = await self._directory.look_up(ask.person)
        return await self._checks.check(
            replace(ask, standing=standing), texts_of(body.get("message", {}))
        )


def _name(body: Mapping[str, Any]) -> str:
    """Name the shortcut for the metrics; what is not ours is one name."""
    known = body["callback_id"]
    return known if known in set(ShortcutId) else "unknown"
