"""Send the PATCHes of a request's targets, some at a time, until somebody stops it."""

import asyncio
from collections.abc import Sequence

from bot.changes.errors import UpstreamError
from bot.changes.ports import Authorizations
from bot.changes.request import Target


class Brake:
    """What stops a request while it is carried out, and how far it is.

    Attributes:
        sent: How many PATCHes were sent so far.
        cancelled: Whether what is not sent yet is not wanted any more.
        held_back: Why nothing more may be sent for now; empty if it may.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.cancelled = False
        self.held_back = ""

    @property
    def on(self) -> bool:
        """Tell whether nothing more is to be sent."""
        return self.cancelled or bool(self.held_back)


Sent = dict[str, UpstreamError | None]


async def send(
    instance: Authorizations, targets: Sequence[Target], at_once: int, brake: Brake
) -> Sent:
    """Send each target's PATCH; give the error of each that was sent, None where it was accepted.

    What is not in the result was not sent.

    Args:
        instance: The instance that has them.
        targets: What to send, in this order.
        at_once: How many at a time.
        brake: Stops what is not sent yet.
    """
    waiting = iter(targets)
    sent: Sent = {}

    async def work() -> None:
        for target in waiting:
            if brake.on:
                return
            sent[target.authorization_id] = await _one(instance, target)
            brake.sent += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(targets))):
            group.create_task(work())
    return sent


async def _one(instance: Authorizations, target: Target) -> UpstreamError | None:
    try:
        await instance.update(target.authorization_id, target.update)
    except UpstreamError as error:
        return error
    return None
