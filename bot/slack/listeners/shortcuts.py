from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.changes.asking import Ask
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.message_check import CheckedMessage, MessageChecks
from bot.changes.ports import Directory
from bot.commands.answers import Answer, Later
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.asking import shortcut_asked, whoever
from bot.slack.message_texts import texts_of
from bot.slack.shortcuts import ShortcutId

_OF_ANOTHER_VERSION = Problem(
    ErrorCode.STALE_BUTTON,
    "This shortcut is of another version of this bot. Nothing was changed.",
    "Type the command instead.",
)


class ShortcutListener:
    """Take uses of the app's shortcuts.

    They only read, so that they are acked at once. What a message says is held until it is looked
    at and is never stored: where Slack has to be asked who somebody is, that is waited for here,
    beside the ack.

    Args:
        directory: Tells what Slack says of people.
        checks: Checks messages.
        answering: Makes an answer of whatever happens, and tells it.
        clock: Tells the time.
    """

    def __init__(
        self,
        directory: Directory,
        checks: MessageChecks,
        answering: Answering,
        clock: Callable[[], datetime],
    ) -> None:
        self._directory = directory
        self._checks = checks
        self._answering = answering
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Ack a shortcut, and do what it stands for."""
        name = _name(body)
        person, origin = whoever(body)

        async def work() -> Answer:
            ask = shortcut_asked(body, str(context["delivery"]), self._clock())
            if name != ShortcutId.CHECK_MESSAGE:
                raise UserError(_OF_ANOTHER_VERSION)
            return Later(lambda: self._check(ask, body))

        with structlog.contextvars.bound_contextvars(actor=person.user_id, asked=name):
            answered = await self._answering.run("shortcut", name, work)
            await ack()
            if answered.later is not None:
                self._answering.follow_up(person, origin, answered.later)
            elif answered.message is not None:
                self._answering.tell(person, origin, answered.message)

    async def _check(self, ask: Ask, body: Mapping[str, Any]) -> CheckedMessage:
        standing = await self._directory.look_up(ask.person)
        return await self._checks.check(
            replace(ask, standing=standing), texts_of(body.get("message", {}))
        )


def _name(body: Mapping[str, Any]) -> str:
    """Name the shortcut for the metrics; what is not ours is one name."""
    known = body["callback_id"]
    return known if known in set(ShortcutId) else "unknown"
