import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.changes import drift_watch, evidence
from bot.changes.announcing import Announcing
from bot.changes.drift_watch import DriftPace, Look
from bot.changes.pauses import Pauses, soonest
from bot.changes.ports import (
    AnnouncementError,
    Authorizations,
    ChangeCounts,
    Store,
    Watches,
)
from bot.changes.reading import Reading, read
from bot.changes.request import ChangeRequest
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target
from bot.changes.timers import Sleep

_log = structlog.get_logger()


class Rereading:
    """Read again what was disabled, and tell where somebody else has set it active.

    What is found is recorded before it is told. It only reads, so that no freeze stops it.

    Args:
        instances: The InfluxDB instances by name.
        store: The database.
        announcing: Tells of what is found.
        clock: Tells the time.
        pace: When to look.
        pauses: How long to wait where Slack does not take what was found.
        counts: Told of each token that is found active again, for the metrics.
        reached: Told of each step.
    """

    def __init__(
        self,
        *,
        instances: Mapping[str, Authorizations],
        store: Store,
        announcing: Announcing,
        clock: Callable[[], datetime],
        pace: DriftPace,
        pauses: Pauses,
        counts: ChangeCounts,
        reached: Reached = unobserved,
    ) -> None:
        self._instances = instances
        self._store = store
        self._announcing = announcing
        self._clock = clock
        self._pace = pace
        self._pauses = pauses
        self._counts = counts
        self._reached = reached
        self._room = asyncio.Semaphore(pace.at_once)

    async def advance(self, request: ChangeRequest, *, tell: bool) -> datetime | None:
        """Do what the watch over a finished request asks for now; say when it is due again.

        Args:
            request: The request.
            tell: Whether what was found may be told now; what is not is told at another time,
                which is not for the watch to say.
        """
        request, due = await self._tell(request) if tell else (request, None)
        if isinstance(drift_watch.next_step(request, self._clock(), self._pace), Look):
            if self._room.locked():
                return soonest(due, self._clock() + self._pace.crowded)
            async with self._room:
                request = await self._look(request)
            if tell:
                request, due = await self._tell(request)
        now = self._clock()
        match drift_watch.next_step(request, now, self._pace):
            case Sleep(until):
                return soonest(due, until)
            case Look():
                return soonest(due, now + self._pace.again)
            case None:
                return due

    async def _look(self, request: ChangeRequest) -> ChangeRequest:
        """Read what nobody has decided about since, and record what is made of it."""
        wanted = drift_watch.watched(request)
        async with self._store.reading() as reading:
            others = await _other_words(reading, request, wanted)
        left = [target for target in wanted if not drift_watch.decided(target, others)]
        readings = await self._read(left)
        self._reached(Step.REREAD)
        now = self._clock()
        async with self._store.transaction() as transaction:
            # Looked up after InfluxDB was read: a change of our own is recorded before it is sent.
            others = await _other_words(transaction, request, left)
            findings = {t.key: drift_watch.finding(t, readings.get(t.key), others) for t in left}
            request = drift_watch.looked(request, findings.values(), now, self._pace)
            found = drift_watch.found(request, findings, readings, now)
            await transaction.save_watch(found, found.targets)
            events = evidence.found_later(request, found, now)
            await transaction.append(*events)
        self._reached(Step.WATCHED)
        for drift in found.drifts[len(request.drifts) :]:
            for target in found.drifted(drift.number):
                self._counts.drift(target.instance)
                _log.warning(
                    "active again, and not by this bot",
                    instance=target.instance,
                    authorization_id=target.authorization_id,
                )
        return found

    async def _read(self, targets: Sequence[Target]) -> dict[tuple[str, str], Reading]:
        """Read each instance's tokens together; those of one that is not configured stay unread."""
        there = {n: ids for n, ids in _by_instance(targets).items() if n in self._instances}
        found = await asyncio.gather(*(read(self._instances[n], ids) for n, ids in there.items()))
        return {
            (name, key): value
            for name, readings in zip(there, found, strict=True)
            for key, value in readings.by_id.items()
        }

    async def _tell(self, request: ChangeRequest) -> tuple[ChangeRequest, datetime | None]:
        """Tell what is found and not told; say when that is tried again, if Slack took it not."""
        for drift in request.drifts:
            if drift.told:
                continue
            try:
                request = await self._announcing.tell_drift(request, drift.number)
            except AnnouncementError as error:
                again = self._pauses.tell_again(drift.found_at, self._clock(), error.retry_after)
                if again is None:
                    _log.error("what is active again reached nobody", reason=str(error))
                    continue
                _log.warning("what is active again is not told yet", reason=str(error))
                return request, again
        return request, None


async def _other_words(
    reading: Watches, request: ChangeRequest, targets: Sequence[Target]
) -> list[Target]:
    """Look up what other requests want, or did, about the status of what is watched."""
    since = drift_watch.decided_since(targets)
    return [
        other
        for instance, ids in _by_instance(targets).items()
        for other in await reading.other_words(request.id, instance, ids, since)
    ]


def _by_instance(targets: Sequence[Target]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for target in targets:
        ids.setdefault(target.instance, []).append(target.authorization_id)
    return ids
