import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.changes.acks_first import AcksFirst
from bot.changes.errors import LeaseLostError, MovedOnError, StoreUnavailableError
from bot.changes.lifecycle import Lifecycle
from bot.changes.ports import ExecutorCounts, Store, TurnEnd
from bot.changes.request import ChangeRequest
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.sweeps import sweep

# What is due later than that may as well wait for the poll.
_LOOKED_AHEAD_SECONDS = 60.0

_log = structlog.get_logger()


@dataclass(frozen=True)
class Pace:
    """How the executor takes requests.

    Attributes:
        lease: How long a request is its executor's without a sign of life.
        poll: How long it waits at most before it looks for due requests again.
        sweep: How long between two sweeps.
        at_once: How many requests are in hand at the same time; some of them may only wait for
            Slack.
        after_failure: The pause after the database did not answer.
        after_stumble: The pause after the bot itself stumbled.
    """

    lease: timedelta = timedelta(seconds=6)
    poll: timedelta = timedelta(seconds=2)
    sweep: timedelta = timedelta(minutes=1)
    at_once: int = 64
    after_failure: timedelta = timedelta(seconds=2)
    after_stumble: timedelta = timedelta(minutes=5)


class Executor:
    """Take what is due and lead it on; take up again what another executor left.

    Args:
        lifecycle: Leads one request through its stages.
        store: The database.
        clock: Tells the time.
        pace: How to take requests.
        keeper: The name of this process, as that which holds leaked secrets, or carries out alone
            what was asked with it.
        only_kept: Whether to take nothing but what it keeps.
        acks: Whom it lets go before it takes anything.
        counts: Told what it is at, for the metrics.
        reached: Told of each step.
    """

    def __init__(  # noqa: PLR0913 - its parts, all named
        self,
        lifecycle: Lifecycle,
        store: Store,
        *,
        clock: Callable[[], datetime],
        pace: Pace,
        counts: ExecutorCounts,
        keeper: str = "",
        only_kept: bool = False,
        acks: AcksFirst,
        reached: Reached = unobserved,
    ) -> None:
        self._lifecycle = lifecycle
        self._store = store
        self._clock = clock
        self._pace = pace
        self._keeper = keeper
        self._only_kept = only_kept
        self._acks = acks
        self._counts = counts
        self._reached = reached
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = False
        self._working: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Look for due requests at once."""
        self._idle.clear()
        self._woken.set()

    async def idle(self) -> None:
        """Wait until nothing is being carried out and nothing was due at the last look."""
        await self._idle.wait()

    async def run(self) -> None:
        """Work until stopped, then finish what has begun."""
        sweep_at = self._clock()
        while not self._stopping:
            self._woken.clear()
            try:
                if not await self._claim() and not self._working and not self._woken.is_set():
                    self._idle.set()
                if self._clock() >= sweep_at:
                    await sweep(self._store, self._clock())
                    sweep_at = self._clock() + self._pace.sweep
            except StoreUnavailableError as error:
                _log.warning("the database did not answer; looking again", reason=str(error))
            except Exception:  # noqa: BLE001 - logged; the executor must not end over one round
                _log.exception("the executor stumbled; looking again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._pace.poll.total_seconds())
        if self._working:
            await asyncio.wait(self._working.values())

    def stop(self) -> None:
        """Claim nothing more; ``run`` returns when what has begun is finished."""
        self._stopping = True
        self._woken.set()

    def hand_over(self) -> None:
        """Stop and break off what has begun; its leases are given back for others to take."""
        self.stop()
        for task in self._working.values():
            task.cancel()

    async def _claim(self) -> int:
        """Begin what is due and fits in; say how many requests that are."""
        await self._acks.all_sent()
        free = self._pace.at_once - len(self._working)
        if free <= 0:
            return 0
        now = self._clock()
        # Before the database's clock begins to count.
        kept_until = self._lease_from_now()
        async with self._store.transaction(lasting=False) as transaction:
            claimed = await transaction.claim(
                f"{self._keeper}.{secrets.token_hex(8)}",
                now,
                self._pace.lease,
                free,
                self._keeper,
                only_kept=self._only_kept,
            )
        for request in claimed:
            overtaken = self._working.get(request.id)
            if overtaken is not None:
                # Its lease ran out under it, as when the machine was suspended.
                overtaken.cancel()
            task = asyncio.create_task(self._work(request, kept_until), name=f"change {request.id}")
            self._working[request.id] = task
            task.add_done_callback(partial(self._worked, request.id))
        if claimed:
            self._counts.claimed(len(claimed))
            self._counts.at_work(len(self._working))
            self._reached(Step.CLAIMED)
            self._idle.clear()
        return len(claimed)

    def _worked(self, change_id: str, task: asyncio.Task[None]) -> None:
        if self._working.get(change_id) is task:
            del self._working[change_id]
        self._counts.at_work(len(self._working))
        self._woken.set()

    async def _work(self, request: ChangeRequest, kept_until: float) -> None:
        lease = request.lease or ""
        with structlog.contextvars.bound_contextvars(
            change=request.id, actor=request.requester.user_id, request_id=request.asked_with
        ):
            self._note_takeover(request)
            due: datetime | None = self._clock()
            end = TurnEnd.FAULT
            try:
                async with self._heartbeat(lease, kept_until):
                    due = await self._lifecycle.advance(request)
                end = TurnEnd.DONE if due is None else TurnEnd.LATER
            except asyncio.CancelledError:
                end = TurnEnd.HANDED_OVER if self._stopping else TurnEnd.LEASE_LOST
                _log.warning("broken off, for others to take up", reason=end.value)
                raise
            except LeaseLostError:
                end = TurnEnd.LEASE_LOST
                _log.warning("the lease is another executor's now")
            except MovedOnError:
                end = TurnEnd.MOVED_ON
                _log.info("somebody moved the request on meanwhile; looking again")
            except StoreUnavailableError as error:
                end = TurnEnd.STORE_UNAVAILABLE
                _log.warning("the database did not answer; taken up again", reason=str(error))
                due = self._clock() + self._pace.after_failure
            except Exception:  # noqa: BLE001 - logged; one request must not stop the others
                _log.exception("the executor stumbled; the change is taken up again")
                due = self._clock() + self._pace.after_stumble
            finally:
                self._counts.turn_ended(end)
                await self._release(request, due)
                self._look_at(due)

    def _note_takeover(self, request: ChangeRequest) -> None:
        """Say that a lease had run out: its executor has ended, hangs, or lost the database."""
        if request.taken_from is None:
            return
        own = request.taken_from.startswith(f"{self._keeper}.")
        self._counts.taken_over(own=own)
        _log.warning("taken over from a lease that ran out", own=own)

    @contextlib.asynccontextmanager
    async def _heartbeat(self, lease: str, kept_until: float) -> AsyncIterator[None]:
        worker = asyncio.current_task()
        beat = asyncio.create_task(self._beat(lease, kept_until, worker), name=f"lease {lease}")
        try:
            yield
        finally:
            beat.cancel()
            # It may be at the database, which is closed once all work is done.
            await asyncio.gather(beat, return_exceptions=True)

    async def _beat(self, lease: str, kept_until: float, worker: asyncio.Task[None] | None) -> None:
        """Renew a lease; end the work once it is another's, or may be."""
        loop = asyncio.get_running_loop()
        kept = True
        while kept:
            pause = self._pace.lease.total_seconds() / 3
            await asyncio.sleep(max(0.0, min(pause, kept_until - loop.time())))
            until = self._lease_from_now()
            try:
                async with (
                    asyncio.timeout_at(kept_until),
                    self._store.transaction(urgent=True, lasting=False) as transaction,
                ):
                    kept = await transaction.renew(lease, self._pace.lease)
                kept_until = until
            except (StoreUnavailableError, TimeoutError) as error:
                _log.warning("the lease could not be renewed", reason=str(error))
                kept = loop.time() < kept_until
        _log.warning("the lease is over, or another's; no more is sent under it")
        if worker is not None:
            worker.cancel()

    def _lease_from_now(self) -> float:
        """Give the moment, by the loop's clock, at which a lease taken now runs out."""
        return asyncio.get_running_loop().time() + self._pace.lease.total_seconds()

    def _look_at(self, due: datetime | None) -> None:
        """Look for due requests when one of them is, not only at the next poll."""
        seconds = -1.0 if due is None else (due - self._clock()).total_seconds()
        if 0 <= seconds < _LOOKED_AHEAD_SECONDS:
            asyncio.get_running_loop().call_later(seconds, self._woken.set)

    async def _release(self, request: ChangeRequest, due: datetime | None) -> None:
        try:
            async with self._store.transaction(lasting=False) as transaction:
                await transaction.release(request.lease or "", due, request.version, self._clock())
            self._reached(Step.RELEASED)
        except StoreUnavailableError as error:
            _log.warning("the lease could not be given back; it runs out", reason=str(error))
