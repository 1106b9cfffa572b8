"""Watch a request with several targets while it is carried out: may it go on, how far is it?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.changes.announcing import Announcing
from bot.changes.errors import StoreUnavailableError
from bot.changes.ports import Store
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Rulings
from bot.changes.sending import Brake
from bot.changes.stages import barred
from bot.changes.states import RequestState

_log = structlog.get_logger()


@dataclass(frozen=True)
class Watch:
    """How closely a request with several targets is watched while it is carried out.

    Attributes:
        look: How long between two looks whether it may go on.
        tell: How long between two edits of its message at least.
    """

    look: timedelta = timedelta(milliseconds=500)
    tell: timedelta = timedelta(seconds=2)


class Watching:
    """Put the brake on where somebody cancels, freezes or forbids what is not sent yet.

    Args:
        store: The database.
        rulings: Judges requests with what is true now.
        announcing: Shows how far a request is.
        clock: Tells the time.
        watch: How closely to watch.
    """

    def __init__(
        self,
        store: Store,
        rulings: Rulings,
        announcing: Announcing,
        clock: Callable[[], datetime],
        watch: Watch,
    ) -> None:
        self._store = store
        self._rulings = rulings
        self._announcing = announcing
        self._clock = clock
        self._watch = watch

    @contextlib.asynccontextmanager
    async def brake(self, request: ChangeRequest) -> AsyncIterator[Brake]:
        """Give the brake of a request, which looks for itself while the context is open.

        A request with one target is sent before anybody could look, but one that was taken up may
        have been cancelled while no executor had it. What a report tries may have to be put back.
        """
        several = len(request.targets) > 1 or request.leak is not None
        look = partial(self._look, request) if several else None
        brake = Brake(look, self._watch.look.total_seconds())
        if request.state is not RequestState.ACCEPTED:
            brake.cancelled = await self._cancelled(request)
        if look is None:
            yield brake
            return
        task = asyncio.create_task(self._tell(request, brake), name=f"watch {request.id}")
        try:
            yield brake
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _look(self, request: ChangeRequest, brake: Brake) -> None:
        try:
            ruling = await self._rulings.of(request)
            cancelled = await self._cancelled(request)
        except StoreUnavailableError as error:
            _log.warning("cannot look whether to go on", reason=str(error))
            return
        why = barred(request, ruling, self._clock())
        was_on, brake.cancelled = brake.on, cancelled
        # What is barred is refused when it is judged again.
        brake.held_back = "" if why is None else why.message
        brake.stopped = ruling.stopped is not None
        if ruling.stopped is not None:
            brake.held_back = ruling.stopped.rule
        if brake.on and not was_on:
            reason = "cancelled" if brake.cancelled else brake.held_back
            _log.info("stopped on its way", reason=reason, sent=brake.sent)

    async def _tell(self, request: ChangeRequest, brake: Brake) -> None:
        loop = asyncio.get_running_loop()
        tell_at, told = loop.time() + self._watch.tell.total_seconds(), 0
        while True:
            await asyncio.sleep(self._watch.look.total_seconds())
            await brake.look()
            if loop.time() >= tell_at and brake.sent > told and not brake.on:
                told = brake.sent
                await self._announcing.progress(request, told)
                tell_at = loop.time() + self._watch.tell.total_seconds()

    async def _cancelled(self, request: ChangeRequest) -> bool:
        async with self._store.reading() as reading:
            return await reading.is_cancelled(request.id)
