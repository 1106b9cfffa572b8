from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.commands.answers import FormWanted
from bot.slack import logged
from bot.slack.blocks.action_ids import ActionId
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.asking import CLICK, click_received, trigger_of, whoever
from bot.slack.listeners.modals import Modals
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.telling import Telling


class ActionListener:
    """Take presses of buttons, whichever message they stand in.

    Args:
        reception: Decides, or stores what has to wait.
        telling: Tells what came of it.
        answering: Tells whoever pressed what could not be read.
        modals: Opens the modal that a button asks for.
        clock: Tells the time.
    """

    def __init__(
        self,
        reception: Reception,
        telling: Telling,
        answering: Answering,
        modals: Modals,
        clock: Callable[[], datetime],
    ) -> None:
        self._reception = reception
        self._telling = telling
        self._answering = answering
        self._modals = modals
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Carry out what a button stands for and ack it; a change is committed before the ack."""
        name = _name(body)
        read = partial(click_received, body, str(context["delivery"]), self._clock())
        with structlog.contextvars.bound_contextvars(asked=name):
            received, answered = await self._reception.take(CLICK, name, read)
            await ack()
            if received is not None and isinstance(answered.answer, FormWanted):
                self._modals.open(received, answered.answer, trigger_of(body))
            elif received is not None:
                with logged.as_answered(answered.answer):
                    self._telling.tell(received, answered)
            elif answered.message is not None:
                # Nothing was looked at, or not all could be read; who pressed is told all the same.
                self._answering.tell(*whoever(body), answered.message)


def _name(body: Mapping[str, Any]) -> str:
    """Name the button for the metrics; what is not ours is one name."""
    known, _, _ = str(body["actions"][0]["action_id"]).partition(":")
    return known if known in set(ActionId) else "unknown"
