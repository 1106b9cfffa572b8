"""The end of a disable that was asked for with ``--for``."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.changes.request import ChangeRequest, Timer
from bot.changes.states import TargetState
from bot.changes.target import Target

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=30)
_NOTED_BEFORE = timedelta(minutes=10)


@dataclass(frozen=True)
class NoteEnd:
    """Tell the requester that the end is near."""


@dataclass(frozen=True)
class EnableAgain:
    """The time is over."""


@dataclass(frozen=True)
class Sleep:
    """Nothing is to be done before a moment."""

    until: datetime


def started(request: ChangeRequest) -> ChangeRequest:
    """Let the timer of a finished request run, if it disabled anything."""
    timer, done = request.timer, request.in_state(TargetState.DONE)
    ended = max((t.finished_at for t in done if t.finished_at is not None), default=None)
    if timer is None or ended is None or timer.ends_at is not None:
        return request
    return replace(request, timer=replace(timer, ends_at=ended + timer.lasts))


def noted_from(ends_at: datetime, lasts: timedelta) -> datetime:
    """Say from when on it is said that the end is near."""
    return ends_at - min(_NOTED_BEFORE, lasts / 4)


def awaiting_end(request: ChangeRequest) -> tuple[Target, ...]:
    """List what a disable's end is to enable again; what others have set active has no end left."""
    done = request.in_state(TargetState.DONE)
    return tuple(target for target in done if target.active_again is None)


def next_step(timer: Timer | None, now: datetime) -> NoteEnd | EnableAgain | Sleep | None:
    """Say what is to be done about a timer now; None if it does not run."""
    if timer is None or timer.ends_at is None:
        return None
    if now >= timer.ends_at:
        return EnableAgain()
    note_at = noted_from(timer.ends_at, timer.lasts)
    if timer.noted_at is not None:
        return Sleep(timer.ends_at)
    return NoteEnd() if now >= note_at else Sleep(note_at)
