"""Send the PATCHes of a request's targets, some at a time, until somebody stops it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.changes.errors import NotItsTurnError, UpstreamError
from bot.changes.ports import Authorizations
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target


class Brake:
    """What stops a request while it is carried out, and how far it is.

    Args:
        look: Puts the brake on, or off; None where nobody could in time.
        every: Seconds between two looks at least.

    Attributes:
        sent: How many PATCHes were sent so far.
        cancelled: Whether what is not sent yet is not wanted any more.
        held_back: Why nothing more may be sent for now; empty if it may.
        stopped: Whether that is since all changes are stopped.
        awaits: What an instance said that could not be reached, so that it is tried again later;
            None if none did.
        in_line: Which change has to end first, where an instance's operator tokens are weighed;
            None if none has.
    """

    def __init__(
        self, look: Callable[["Brake"], Awaitable[None]] | None = None, every: float = 0.0
    ) -> None:
        self.sent = 0
        self.cancelled = False
        self.held_back = ""
        self.stopped = False
        self.awaits: UpstreamError | None = None
        self.in_line: NotItsTurnError | None = None
        self._look = look
        self._every = every
        self._looked_at = -every
        self._looking = asyncio.Lock()

    async def look(self, *, anew: bool = False) -> None:
        """Look whether somebody puts the brake on, unless the last look was a moment ago.

        Args:
            anew: Whether to look however short ago that was.
        """
        if self._look is None:
            return
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if anew or now - self._looked_at >= self._every:
                await self._look(self)
                self._looked_at = asyncio.get_running_loop().time()

    @property
    def on(self) -> bool:
        """Tell whether nothing more is to be sent."""
        return self.cancelled or bool(self.held_back)


Sent = dict[str, UpstreamError | None]


async def send(
    instance: Authorizations,
    targets: Sequence[Target],
    at_once: int,
    brake: Brake,
    reached: Reached = unobserved,
) -> Sent:
    """Send each target's PATCH; give the error of each that was sent, None where it was accepted.

    What is not in the result was not sent.

    Args:
        instance: The instance that has them.
        targets: What to send, in this order.
        at_once: How many at a time.
        brake: Stops what is not sent yet.
        reached: Told of each step.
    """
    waiting = iter(targets)
    sent: Sent = {}

    async def work() -> None:
        for target in waiting:
            await brake.look()
            if brake.on:
                return
            reached(Step.SENDING)
            sent[target.authorization_id] = await _one(instance, target)
            reached(Step.ANSWERED)
            brake.sent += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(targets))):
            group.create_task(work())
    return sent


async def _one(instance: Authorizations, target: Target) -> UpstreamError | None:
    try:
        await instance.update(target.authorization_id, target.update, target.before)
    except UpstreamError as error:
        return error
    return None
