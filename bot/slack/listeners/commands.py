from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.commands.answers import FormWanted
from bot.commands.registry import Registry
from bot.slack import logged
from bot.slack.listeners.asking import COMMAND, command_received, trigger_of
from bot.slack.listeners.modals import Modals
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.telling import Telling
from bot.slack.sending import content


class CommandListener:
    """Take slash commands.

    Args:
        reception: Decides, or stores what has to wait.
        telling: Tells what the ack does not.
        modals: Opens the form that a command asks for.
        registry: Knows the subcommands' names, for the metrics.
        clock: Tells the time.
    """

    def __init__(
        self,
        reception: Reception,
        telling: Telling,
        modals: Modals,
        registry: Registry,
        clock: Callable[[], datetime],
    ) -> None:
        self._reception = reception
        self._telling = telling
        self._modals = modals
        self._registry = registry
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Carry a command out and ack it; a change is committed before the ack goes out."""
        asked = self._registry.asked(str(body.get("text") or ""))
        read = partial(command_received, body, str(context["delivery"]), self._clock())
        with structlog.contextvars.bound_contextvars(asked=asked):
            received, answered = await self._reception.take(COMMAND, asked, read)
            with logged.as_answered(answered.answer):
                if answered.message is not None:
                    await ack(response_type="ephemeral", **content(answered.message))
                    return
                await ack()
                if received is not None and isinstance(answered.answer, FormWanted):
                    self._modals.open(received, answered.answer, trigger_of(body))
                elif received is not None:
                    self._telling.tell(received, answered)
