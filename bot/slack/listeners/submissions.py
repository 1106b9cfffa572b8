from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.changes.errors import ErrorCode
from bot.slack.blocks.denial import CALLBACK_ID, REASON_BLOCK, told_view
from bot.slack.listeners.asking import SUBMISSION, submission_received
from bot.slack.listeners.reception import Reception

# What is mended by writing something else stays in the form.
_IN_THE_FIELD = {ErrorCode.LOOKS_LIKE_SECRET}


class SubmissionListener:
    """Take what is submitted in modals.

    Args:
        reception: Decides, or stores what has to wait.
        clock: Tells the time.
    """

    def __init__(self, reception: Reception, clock: Callable[[], datetime]) -> None:
        self._reception = reception
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Carry out what was submitted; the modal closes, or says what came of it instead.

        Source: https://docs.slack.dev/surfaces/modals#handling_submissions
        """
        asked = _name(body)
        read = partial(submission_received, body, str(context["delivery"]), self._clock())
        with structlog.contextvars.bound_contextvars(asked=asked):
            _, answered = await self._reception.take(SUBMISSION, asked, read)
            if answered.problem is None or answered.message is None:
                await ack()
            elif answered.problem.code in _IN_THE_FIELD:
                problem = f"{answered.problem.message} {answered.problem.hint}"
                await ack(response_action="errors", errors={REASON_BLOCK: problem})
            else:
                await ack(response_action="update", view=told_view(answered.message))


def _name(body: Mapping[str, Any]) -> str:
    """Name the modal for the metrics; what is not ours is one name."""
    view = body.get("view")
    known = view.get("callback_id") if isinstance(view, Mapping) else None
    return CALLBACK_ID if known == CALLBACK_ID else "unknown"
