import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.changes import outcomes
from bot.changes.errors import LeaseLostError, StoreUnavailableError
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
        late: How long a PATCH whose answer was lost may still arrive.
        tell_within: How long it tries to tell of an outcome that Slack takes on no way.
        sweep: How long between two sweeps.
        at_once: How many requests are carried out at the same time.
    """

    lease: timedelta = timedelta(seconds=6)
    poll: timedelta = timedelta(seconds=2)
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(minutes=5)
    late: timedelta = timedelta(minutes=2)
    tell_within: timedelta = timedelta(days=2)
    sweep: timedelta = timedelta(minutes=1)
    at_once: int = 16


class Executor:
    """Carry out what is due, and announce it; take up again what another executor left.

    Args:
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
        instances: Mapping[str, Authorizations],
        store: Store,
        messenger: Messenger,
        *,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
        pace: Pace,
        finished: Callable[[str, str], None],
    ) -> None:
        self._progress = Progress(store, clock)
        self._holding = Holding(store, clock, pace.lease)
        self._executions = {
            name: Execution(instance, store, policy, self._progress, self._holding, pace.late)
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
        free = self._pace.at_once - len(self._working)
        if free <= 0:
            return 0
        now = self._clock()
        async with self._store.transaction() as transaction:
            claimed = await transaction.claim(
                secrets.token_hex(8), now, now + self._pace.lease, free
            )
        for request in claimed:
            overtaken = self._working.get(request.id)
            if overtaken is not None:
                # Its lease ran out under it, as when the machine was suspended.
                overtaken.cancel()
            task = asyncio.create_task(self._work(request), name=f"change {request.id}")
            self._working[request.id] = task
            task.add_done_callback(partial(self._worked, request.id))
        if claimed:
            self._idle.clear()
        return len(claimed)

    def _worked(self, change_id: str, task: asyncio.Task[None]) -> None:
        if self._working.get(change_id) is task:
            del self._working[change_id]
        self._woken.set()

    async def _work(self, request: ChangeRequest) -> None:
        lease = request.lease or ""
        with structlog.contextvars.bound_contextvars(change=request.id):
            due: datetime | None = self._clock()
            try:
                async with self._heartbeat(lease):
                    due = await self._advance(request)
            except asyncio.CancelledError:
                _log.warning("handed over")
                raise
            except LeaseLostError:
                _log.warning("the lease is another executor's now")
            except StoreUnavailableError as error:
                _log.warning("the database did not answer; taken up again", reason=str(error))
                due = self._clock() + self._pace.first_pause
            except Exception:  # noqa: BLE001 - logged; one request must not stop the others
                _log.exception("the executor stumbled; the change is taken up again")
                due = self._clock() + self._pace.longest_pause
            finally:
                await self._release(lease, due)

    async def _advance(self, request: ChangeRequest) -> datetime | None:
        """Bring a request as far as it goes; say when it is due again, or None."""
        told = request.state is RequestState.UNRESOLVED and request.message is not None
        if request.state is not RequestState.FINISHED:
            request = await self._carry_out(request)
            if request.state is RequestState.FINISHED:
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
            return await self._without_instance(request)
        key = f"{target.instance}:{target.authorization_id}"
        async with self._holding.hold(key, request.lease or "", target):
            try:
                return await execution.carry_out(request)
            except (StoreUnavailableError, LeaseLostError):
                raise
            except Exception:
                current = await self._read(request.id)
                _log.exception("the bot stumbled over a request", state=current.target.state)
                match current.target.state:
                    case TargetState.PENDING:
                        state, problem = TargetState.FAILED, outcomes.fault(request.id)
                    case TargetState.INTENDED:
                        state = TargetState.UNKNOWN
                        problem = outcomes.unknown(outcomes.fault(request.id))
                    case _:
                        raise
                return await self._progress.reach(current, state, problem=problem)

    async def _without_instance(self, request: ChangeRequest) -> ChangeRequest:
        problem = outcomes.instance_unknown(request.target.instance)
        match request.target.state:
            case TargetState.PENDING:
                state, problem = TargetState.FAILED, outcomes.untouched(problem)
            case TargetState.INTENDED:
                state, problem = TargetState.UNKNOWN, outcomes.unknown(problem)
            case _:
                return request
        return await self._progress.reach(request, state, problem=problem)

    async def _announce(self, request: ChangeRequest) -> None:
        undone = None if request.undo_of is None else await self._read(request.undo_of)
        # The change may have been undone while Slack did not take its message.
        undone_by = (await self._read(request.id)).undone_by
        undo = None if undone_by is None else await self._read(undone_by)
        message = await self._messenger.announce(request, undone=undone, undo=undo)
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
        """Put the next try as far ahead as the request is old, within bounds."""
        now = self._clock()
        pause = max(self._pace.first_pause, min(now - request.created_at, self._pace.longest_pause))
        return now + max(pause, timedelta(seconds=at_least or 0))

    @contextlib.asynccontextmanager
    async def _heartbeat(self, lease: str) -> AsyncIterator[None]:
        worker = asyncio.current_task()
        beat = asyncio.create_task(self._beat(lease, worker), name=f"lease {lease}")
        try:
            yield
        finally:
            beat.cancel()

    async def _beat(self, lease: str, worker: asyncio.Task[None] | None) -> None:
        while True:
            await asyncio.sleep(self._pace.lease.total_seconds() / 3)
            until = self._clock() + self._pace.lease
            try:
                async with self._store.transaction() as transaction:
                    kept = await transaction.renew(lease, until)
            except StoreUnavailableError as error:
                _log.warning("the lease could not be renewed; trying again", reason=str(error))
                continue
            if not kept and worker is not None:
                worker.cancel()
                return

    async def _release(self, lease: str, due: datetime | None) -> None:
        try:
            async with self._store.transaction() as transaction:
                await transaction.release(lease, due)
        except StoreUnavailableError as error:
            _log.warning("the lease could not be given back; it runs out", reason=str(error))
