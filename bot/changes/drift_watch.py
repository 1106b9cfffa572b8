"""The watch over what was disabled: when to look again, and what is made of a look.

The InfluxDB UI sends back everything that it had loaded, so that somebody who renames a token on a
page from before the disable enables it again, without knowing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from itertools import accumulate

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import AuthorizationNotFoundError, OrphanError
from bot.changes.reading import Reading
from bot.changes.request import ChangeRequest, Drift
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain, Target
from bot.changes.timers import Sleep

# So far apart the clocks of two replicas may be.
_SKEW = timedelta(hours=1)


@dataclass(frozen=True)
class DriftPace:
    """When what was disabled is read again.

    Attributes:
        pauses: Between one look and the next, the first one from the outcome on.
        lasts: When the last look is taken, from the outcome on.
        again: How soon a look is repeated that not every token could be read at.
        crowded: How soon a look is taken that found too many others under way.
        at_once: How many requests are looked at at the same time, so that what people wait for is
            not held up by an InfluxDB that does not answer.
    """

    pauses: tuple[timedelta, ...] = (
        *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 45)),
        *(timedelta(hours=hours) for hours in (2, 6, 15)),
    )
    lasts: timedelta = timedelta(hours=24)
    again: timedelta = timedelta(minutes=5)
    crowded: timedelta = timedelta(seconds=2)
    at_once: int = 4

    def moments(self, began: datetime) -> list[datetime]:
        """List when to look at what was disabled at a moment."""
        passed = [each for each in accumulate(self.pauses) if each < self.lasts]
        return [began + each for each in (*passed, self.lasts)]


@dataclass(frozen=True)
class Look:
    """Read what is watched again."""


class Finding(Enum):
    """What is made of one token at a look.

    DECIDED: somebody has said since through this bot what it is to be. INACTIVE: it is as it was
    left. ACTIVE_AGAIN: it is active, and not by this bot. GONE: it cannot be used any more, since
    it or its owner was deleted. NOT_KNOWN: it could not be read, or this bot is changing it.
    """

    DECIDED = auto()
    INACTIVE = auto()
    ACTIVE_AGAIN = auto()
    GONE = auto()
    NOT_KNOWN = auto()


def watched(request: ChangeRequest) -> tuple[Target, ...]:
    """List what a finished request disabled and is looked after still."""
    return tuple(t for t in _disabled(request) if t.active_again is None and t.gone_at is None)


def next_step(request: ChangeRequest, now: datetime, pace: DriftPace) -> Look | Sleep | None:
    """Say what the watch over a request does now; None if there is nothing more to watch."""
    began = _began(request)
    if began is None or not watched(request):
        return None
    last = request.watched_at or began
    following = next((moment for moment in pace.moments(began) if moment > last), None)
    if following is None:
        return None
    return Look() if now >= following else Sleep(following)


def looked(
    request: ChangeRequest, findings: Iterable[Finding], now: datetime, pace: DriftPace
) -> ChangeRequest:
    """Note that a request was looked at; a look that did not tell all is repeated.

    After the last moment nothing is repeated.
    """
    began = _began(request)
    over = began is not None and now >= began + pace.lasts
    if Finding.NOT_KNOWN in findings and not over:
        return request
    return replace(request, watched_at=now)


def found(
    request: ChangeRequest,
    findings: Mapping[tuple[str, str], Finding],
    readings: Mapping[tuple[str, str], Reading],
    now: datetime,
) -> ChangeRequest:
    """Note which tokens one look has found active again, as one drift, and which ones gone."""
    number = len(request.drifts)
    changed = []
    for target in request.targets:
        reading = readings.get(target.key)
        match findings.get(target.key):
            case Finding.ACTIVE_AGAIN if isinstance(reading, Authorization):
                again = ActiveAgain(reading, number)
                changed.append(replace(target, active_again=again))
            case Finding.GONE:
                changed.append(replace(target, gone_at=now))
    request = request.with_targets(*changed)
    return request.with_drift(Drift(number, now)) if request.drifted(number) else request


def decided_since(targets: Sequence[Target]) -> datetime:
    """Give the moment since which other requests may have decided about what is watched."""
    ended = (target.finished_at for target in targets if target.finished_at is not None)
    return min(ended, default=datetime.max.replace(tzinfo=UTC)) - _SKEW


def decided(target: Target, others: Sequence[Target]) -> bool:
    """Tell whether somebody has said since through this bot whether a token is to be active.

    A description is no word about that, nor is a disable that found it inactive already.

    Args:
        target: What is watched.
        others: What other requests want, or did, about the status of authorizations.
    """
    return any(
        other.state.final
        and (other.state.effective or _found_active(other))
        and _later(other, target)
        for other in _of_the_same(target, others)
    )


def finding(target: Target, reading: Reading | None, others: Sequence[Target]) -> Finding:
    """Say what is made of a token.

    Args:
        target: What is watched.
        reading: What was read of it, or None if nothing could be.
        others: What other requests want, or did, about the status of authorizations, as it was
            recorded after the reading.
    """
    if decided(target, others):
        return Finding.DECIDED
    if any(_under_way(other) for other in _of_the_same(target, others)):
        return Finding.NOT_KNOWN
    if isinstance(reading, AuthorizationNotFoundError | OrphanError):
        return Finding.GONE
    if not isinstance(reading, Authorization):
        return Finding.NOT_KNOWN
    return Finding.ACTIVE_AGAIN if reading.active else Finding.INACTIVE


def _disabled(request: ChangeRequest) -> list[Target]:
    if request.state is not RequestState.FINISHED:
        return []
    done = request.in_state(TargetState.DONE)
    return [target for target in done if target.update.status is Status.INACTIVE]


def _began(request: ChangeRequest) -> datetime | None:
    return max((t.finished_at for t in _disabled(request) if t.finished_at), default=None)


def _of_the_same(target: Target, others: Sequence[Target]) -> list[Target]:
    return [other for other in others if other.key == target.key]


def _found_active(other: Target) -> bool:
    """Tell whether somebody wanted a token active, and found that it was."""
    return other.state is TargetState.UNCHANGED and other.update.status is Status.ACTIVE


def _under_way(other: Target) -> bool:
    return other.perhaps_sent or other.state is TargetState.UNKNOWN


def _later(other: Target, target: Target) -> bool:
    """Tell which of two came later: by InfluxDB's own count, where both were read back."""
    if other.after is not None and target.after is not None:
        return other.after.revision > target.after.revision
    if other.finished_at is None or target.finished_at is None:
        return False
    return other.finished_at >= target.finished_at
