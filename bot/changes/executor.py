import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.changes import outcomes
from bot.changes.errors import StoreUnavailableError
from bot.changes.execution import Execution
from bot.changes.holding import Holding
from bot.changes.policy import Policy
from bot.changes.ports import AnnouncementError, Authorizations, Messenger, Store
from bot.changes.progress import Progress
from bot.changes.request import ChangeRequest, RequestState, TargetState
from bot.changes.sweeps import sweep

_log = structlog.get_logger()


@dataclass(frozen=True)
class Pace:
    """How fast the executor works.

    Attributes:
        lease: How long a request is its executor's without a sign of life.
        poll: How long it waits at most before it looks for due requests again.
        first_pause: The pause after the first failure; pauses grow with the request's age.
        longest_pause: The longest pause.
        tell_within: How long it tries to tell of an outcome that Slack takes on no way.
        sweep: How long between two sweeps.
        at_once: How many requests are carried out at the same time.
    """

    lease: timedelta = timedelta(seconds=6)
    poll: timedelta = timedelta(seconds=2)
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(minutes=5)
    tell_within: timedelta = timedelta(days=2)
    sweep: timedelta = timedelta(minutes=1)
    at_once: int = 16


class Executor:
    """Carry out what is due, and announce it; take up again what another executor left.

    Args:
        owner: This executor's name in leases, unlike any other's.
        instances: The InfluxDB instances by name.
        store: The database.
        messenger: Slack.
        policy: Gives the policy in force.
        clock: Tells the time.
        pace: How fast to work.
        finished: Told the kind and the outcome of each change that ends, for the metrics.
    """

    def __init__(
        self,
        owner: str,
        instances: Mapping[str, Authorizations],
        store: Store,
        messenger: Messenger,
        *,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
        pace: Pace,
        finished: Callable[[str, str], None],
    ) -> None:
        self._owner = owner
        self._progress = Progress(store, clock)
        self._holding = Holding(store, clock, pace.lease)
        self._executions = {
            name: Execution(instance, store, policy, self._progress, self._holding)
            for name, instance in instances.items()
        }
        self._store = store
        self._messenger = messenger
        self._clock = clock
        self._pace = pace
        self._finished = finished
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = False
        self._working: set[asyncio.Task[None]] = set()

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
            except StoreUnavailableError:
                _log.exception("the database did not answer; looking again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._pace.poll.total_seconds())
        if self._working:
            await asyncio.wait(self._working)

    def stop(self) -> None:
        """Claim nothing more; ``run`` returns when what has begun is finished."""
        self._stopping = True
        self._woken.set()

    def hand_over(self) -> None:
        """Stop and break off what has begun; its leases are given back for others to take."""
        self.stop()
        for task in self._working:
            task.cancel()

    async def _claim(self) -> int:
        """Begin what is due and fits in; say how many requests that are."""
        free = self._pace.at_once - len(self._working)
        if free <= 0:
            return 0
        now = self._clock()
        async with self._store.transaction() as transaction:
            claimed = await transaction.claim(self._owner, now, now + self._pace.lease, free)
        for change_id in claimed:
            task = asyncio.create_task(self._work(change_id), name=f"change {change_id}")
            self._working.add(task)
            task.add_done_callback(self._worked)
        return len(claimed)

    def _worked(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._woken.set()

    async def _work(self, change_id: str) -> None:
        with structlog.contextvars.bound_contextvars(change=change_id):
            due: datetime | None = self._clock()
            try:
                async with self._heartbeat(change_id):
                    due = await self._advance(change_id)
            except asyncio.CancelledError:
                _log.warning("handed over")
                raise
            except StoreUnavailableError:
                _log.exception("the database did not answer; the lease runs out by itself")
            except Exception:  # noqa: BLE001 - logged; one request must not stop the others
                _log.exception("the executor stumbled; the change is taken up again")
                due = self._clock() + self._pace.longest_pause
            finally:
                await self._release(change_id, due)

    async def _advance(self, change_id: str) -> datetime | None:
        """Bring a request as far as it goes; say when it is due again, or None."""
        request = await self._read(change_id)
        told = request.state is RequestState.UNRESOLVED and request.message is not None
        if request.state is not RequestState.FINISHED:
            request = await self._carry_out(request)
            self._finished(request.update.kind.value, request.target.state.value)
        if request.state is RequestState.UNRESOLVED and told:
            return self._later(request)
        try:
            await self._announce(request)
        except AnnouncementError as error:
            if self._clock() - request.created_at > self._pace.tell_within:
                _log.error("an outcome reached nobody", reason=str(error))
                return None
            _log.warning("not announced yet", reason=str(error))
            return self._later(request, error.retry_after)
        return None if request.state is RequestState.FINISHED else self._later(request)

    async def _carry_out(self, request: ChangeRequest) -> ChangeRequest:
        target = request.target
        execution = self._executions.get(target.instance)
        if execution is None:
            problem = outcomes.instance_unknown(target.instance)
            if target.state is TargetState.PENDING:
                problem = outcomes.untouched(problem)
            return await self._progress.reach(request, TargetState.FAILED, problem=problem)
        key = f"{target.instance}:{target.authorization_id}"
        async with self._holding.hold(key, request.id):
            try:
                return await execution.carry_out(request)
            except StoreUnavailableError:
                raise
            except Exception:
                current = await self._read(request.id)
                if current.target.state is not TargetState.PENDING:
                    raise
                _log.exception("the bot stumbled over a request before anything was sent")
                problem = outcomes.fault(request.id)
                return await self._progress.reach(current, TargetState.FAILED, problem=problem)

    async def _announce(self, request: ChangeRequest) -> None:
        undone = None if request.undo_of is None else await self._read(request.undo_of)
        message = await self._messenger.announce(request, undone)
        if message is not None and message != request.message:
            async with self._store.transaction() as transaction:
                await transaction.save_request(replace(request, message=message))

    async def _read(self, change_id: str) -> ChangeRequest:
        async with self._store.reading() as reading:
            request = await reading.request(change_id)
        if request is None:
            raise LookupError(f"there is no request {change_id}")
        return request

    def _later(self, request: ChangeRequest, at_least: float | None = None) -> datetime:
        """Put the next try as far ahead as the request is old, within bounds: pauses double."""
        now = self._clock()
        pause = max(self._pace.first_pause, min(now - request.created_at, self._pace.longest_pause))
        return now + max(pause, timedelta(seconds=at_least or 0))

    @contextlib.asynccontextmanager
    async def _heartbeat(self, change_id: str) -> AsyncIterator[None]:
        worker = asyncio.current_task()
        beat = asyncio.create_task(self._beat(change_id, worker), name=f"lease {change_id}")
        try:
            yield
        finally:
            beat.cancel()

    async def _beat(self, change_id: str, worker: asyncio.Task[None] | None) -> None:
        while True:
            await asyncio.sleep(self._pace.lease.total_seconds() / 3)
            until = self._clock() + self._pace.lease
            try:
                async with self._store.transaction() as transaction:
                    kept = await transaction.renew(self._owner, change_id, until)
            except StoreUnavailableError:
                _log.exception("the lease could not be renewed; trying again")
                continue
            if not kept and worker is not None:
                _log.warning("the lease is another executor's now", change=change_id)
                worker.cancel()
                return

    async def _release(self, change_id: str, due: datetime | None) -> None:
        try:
            async with self._store.transaction() as transaction:
                await transaction.release(self._owner, change_id, due)
        except StoreUnavailableError:
            _log.exception("the lease could not be given back; it runs out by itself")
