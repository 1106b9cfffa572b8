from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.changes.intake import Ask
from bot.commands.answers import Answer
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.asking import ask_from_command
from bot.slack.sending import content


class CommandListener:
    """Take slash commands.

    Args:
        dispatcher: Carries commands out.
        registry: Knows the subcommands' names, for the metrics.
        answering: Makes an answer of whatever happens.
        clock: Tells the time.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        registry: Registry,
        answering: Answering,
        clock: Callable[[], datetime],
    ) -> None:
        self._dispatcher = dispatcher
        self._registry = registry
        self._answering = answering
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Carry a command out and ack it; a change is committed before the ack goes out."""
        text = str(body.get("text") or "")
        asked = self._registry.asked(text)
        ask: Ask | None = None

        async def work() -> Answer:
            nonlocal ask
            ask = ask_from_command(body, str(context["delivery"]), self._clock())
            return await self._dispatcher.typed(ask, text)

        with structlog.contextvars.bound_contextvars(actor=body.get("user_id"), asked=asked):
            answered = await self._answering.run("command", asked, work)
            if answered.message is None:
                await ack()
            else:
                await ack(response_type="ephemeral", **content(answered.message))
            if ask is not None and answered.later is not None:
                self._answering.follow_up(ask.person, ask.origin, answered.later)
