"""The end of a disable that ends by itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.request import Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.timers import EnableAgain, NoteEnd, Sleep, next_step, started
from tests.changes.samples import DISABLE, NOON, UNHURRIED, change, done

TICK = timedelta(microseconds=1)
HOURS = timedelta(hours=2)
TIMER = Timer(HOURS)


def ended(state: TargetState, number: int = 1, minutes: int = 0) -> Target:
    """Make a target that has ended so many minutes after noon."""
    return Target(
        "default",
        f"0d0d0d0d0d0d000{number}",
        DISABLE,
        state,
        finished_at=NOON + timedelta(minutes=minutes),
    )


def test_it_runs_from_the_end_of_the_change() -> None:
    """From the moment at which the token was read back, and not from that of asking."""
    request = done(timer=TIMER, created_at=NOON - timedelta(hours=1))

    assert started(request) == replace(request, timer=replace(TIMER, ends_at=NOON + HOURS))


def test_of_several_it_runs_from_the_last_that_was_done() -> None:
    """Refused and failed ones do not count, however late they ended."""
    targets = (
        ended(TargetState.DONE, 1, minutes=1),
        ended(TargetState.DONE, 2, minutes=3),
        ended(TargetState.FAILED, 3, minutes=9),
    )
    request = change(targets=targets, state=RequestState.FINISHED, timer=TIMER)

    timer = started(request).timer

    assert timer is not None
    assert timer.ends_at == NOON + timedelta(minutes=3) + HOURS


@pytest.mark.parametrize("state", sorted(set(TargetState) - {TargetState.DONE}))
def test_what_disabled_nothing_sets_no_timer(state: TargetState) -> None:
    """A no-op above all: whoever had disabled it before did not mean it to end."""
    request = change(ended(state), state=RequestState.FINISHED, timer=TIMER)

    assert started(request) == request


@pytest.mark.parametrize(
    "timer", [None, Timer(HOURS, ends_at=NOON + TICK)], ids=["no timer", "running already"]
)
def test_nothing_else_starts(timer: Timer | None) -> None:
    """What was not asked for, and what runs already."""
    request = done(timer=timer)

    assert started(request) == request


@pytest.mark.parametrize(
    ("lasts", "noted_before"),
    [
        (timedelta(days=30), timedelta(minutes=10)),
        (timedelta(minutes=41), timedelta(minutes=10)),
        (timedelta(minutes=40), timedelta(minutes=10)),
        (timedelta(minutes=20), timedelta(minutes=5)),
        (timedelta(minutes=1), timedelta(seconds=15)),
    ],
)
def test_the_end_is_noted_beforehand(lasts: timedelta, noted_before: timedelta) -> None:
    """Ten minutes before, or a quarter of the time where that is shorter; once."""
    timer = Timer(lasts, ends_at=NOON)
    note_at = NOON - noted_before

    assert next_step(timer, note_at - TICK) == Sleep(note_at)
    assert next_step(timer, note_at) == NoteEnd()
    assert next_step(timer, NOON - TICK) == NoteEnd()
    assert next_step(replace(timer, noted_at=note_at), note_at) == Sleep(NOON)


@pytest.mark.parametrize("noted_at", [None, NOON - HOURS])
def test_at_its_end_it_enables(noted_at: datetime | None) -> None:
    """Noted or not: a note that Slack did not take holds nothing up."""
    timer = Timer(HOURS, ends_at=NOON, noted_at=noted_at)

    assert next_step(timer, NOON - TICK) != EnableAgain()
    assert next_step(timer, NOON) == EnableAgain()
    assert next_step(timer, NOON + HOURS) == EnableAgain()


@pytest.mark.parametrize(
    "timer",
    [None, TIMER, Timer(HOURS, stopped_by="U0BOB"), Timer(HOURS, noted_at=NOON)],
    ids=["none", "not begun", "stopped", "over"],
)
def test_what_does_not_run_does_nothing(timer: Timer | None) -> None:
    """Neither now nor ever."""
    assert next_step(timer, NOON) is None


@UNHURRIED
@given(
    lasts=st.integers(60, 30 * 86_400).map(lambda seconds: timedelta(seconds=seconds)),
    before=st.integers(-(10**6), 3 * 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    noted=st.booleans(),
)
def test_it_never_sleeps_past_its_end(lasts: timedelta, before: timedelta, **more: Any) -> None:
    """Whenever it is looked at: it sleeps to a moment that is ahead and not behind the end."""
    now = NOON - before
    timer = Timer(lasts, ends_at=NOON, noted_at=now if more["noted"] else None)

    step = next_step(timer, now)

    if isinstance(step, Sleep):
        assert now < step.until <= NOON
    assert isinstance(step, EnableAgain) == (now >= NOON)
