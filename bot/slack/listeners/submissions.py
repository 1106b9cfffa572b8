from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack import logged
from bot.slack.blocks.modal import told_view
from bot.slack.forms.registry import SURFACE, Forms
from bot.slack.listeners.asking import SUBMISSION, submission_received
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.telling import Telling


class SubmissionListener:
    """Take what is submitted in modals.

    Args:
        reception: Decides, or stores what has to wait.
        telling: Tells in Home what came of what was opened there.
        forms: Knows what is submitted.
        clock: Tells the time.
    """

    def __init__(
        self,
        reception: Reception,
        telling: Telling,
        forms: Forms,
        clock: Callable[[], datetime],
    ) -> None:
        self._reception = reception
        self._telling = telling
        self._forms = forms
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Carry out what was submitted; the modal closes, or says what came of it instead.

        Source: https://docs.slack.dev/surfaces/modals#handling_submissions
        """
        form = self._forms.find(str(body["view"]["callback_id"]))
        asked = "unknown" if form is None else form.name.value
        read = partial(
            submission_received, body, str(context["delivery"]), self._clock(), self._forms
        )
        with structlog.contextvars.bound_contextvars(asked=asked):
            received, answered = await self._reception.take(SUBMISSION, asked, read)
            if answered.problem is None or answered.message is None:
                await ack()
                if received is not None and SURFACE in received.content:
                    with logged.as_answered(answered.answer):
                        self._telling.tell(received, answered)
            elif answered.field:
                # What is mended by writing something else stays in the form.
                problem = f"{answered.problem.message} {answered.problem.hint}".strip()
                await ack(response_action="errors", errors={answered.field: problem})
            else:
                title = "Not done" if form is None else form.refused
                await ack(response_action="update", view=told_view(title, answered.message))
