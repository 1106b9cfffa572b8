"""When to look at what was disabled, and what is made of a look."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.authorization import Authorization, Status
from bot.changes.drift_watch import (
    DriftPace,
    Finding,
    Look,
    decided,
    decided_since,
    finding,
    found,
    looked,
    next_step,
    watched,
)
from bot.changes.errors import (
    AuthorizationNotFoundError,
    ErrorCode,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.request import ChangeRequest, Drift
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain, Target
from bot.changes.timers import Sleep
from bot.changes.update import AuthorizationUpdate
from tests.changes.samples import DISABLE, NOON, UNHURRIED, authorization, change, done

PACE = DriftPace()
ENABLE = AuthorizationUpdate(Status.ACTIVE)
DESCRIBE = AuthorizationUpdate(description="leaked")
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
INACTIVE = authorization(status=Status.INACTIVE, revision=2)
GONE = Problem(ErrorCode.AUTHORIZATION_NOT_FOUND, "It is not there.")
T = TargetState


def target(state: TargetState = T.DONE, number: int = 1, **fields: Any) -> Target:
    """Make a target of a disable that has ended at noon."""
    usual = Target(
        "default",
        f"0d0d0d0d0d0d000{number}",
        DISABLE,
        state,
        after=replace(INACTIVE, id=f"0d0d0d0d0d0d000{number}"),
        finished_at=NOON,
    )
    return replace(usual, **fields)


def other(update: AuthorizationUpdate, state: TargetState, **fields: Any) -> Target:
    """Make a target of another request for the same token."""
    usual = target(state, update=update, after=None, finished_at=NOON if state.final else None)
    return replace(usual, **fields)


def looks_of(request: ChangeRequest, pace: DriftPace) -> list[datetime]:
    """List when a request is looked at, if every look tells all."""
    moments: list[datetime] = []
    now = NOON
    while (step := next_step(request, now, pace)) is not None:
        if isinstance(step, Sleep):
            assert step.until > now
            now = step.until
        else:
            moments.append(now)
            request = looked(request, [Finding.INACTIVE], now, pace)
    return moments


def test_the_pauses_grow_for_a_day() -> None:
    """First within minutes, last after a day."""
    minutes = (1, 3, 8, 23, 68, 188, 548, 1440)

    assert looks_of(done(), PACE) == [NOON + timedelta(minutes=each) for each in minutes]


@UNHURRIED
@given(
    st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=2)), max_size=9),
    st.timedeltas(timedelta(minutes=1), timedelta(days=2)),
)
def test_any_pauses_end_with_the_last_look(pauses: list[timedelta], lasts: timedelta) -> None:
    """Whatever the pauses are, the last look is taken when the time is over."""
    moments = looks_of(done(), DriftPace(pauses=tuple(pauses), lasts=lasts))

    assert moments[-1] == NOON + lasts
    assert moments == sorted(set(moments))


def test_of_several_it_runs_from_the_last() -> None:
    """A change of many tokens takes its time."""
    last = target(number=2, finished_at=NOON + timedelta(minutes=4))
    request = change(targets=(target(), last), state=RequestState.FINISHED)

    assert next_step(request, NOON, PACE) == Sleep(NOON + timedelta(minutes=5))


def test_a_look_that_came_late_is_one_look() -> None:
    """Where the bot was down, what it missed is not made up for look by look."""
    now = NOON + timedelta(minutes=30)

    assert next_step(done(), now, PACE) == Look()
    request = looked(done(), [Finding.INACTIVE], now, PACE)
    assert next_step(request, now, PACE) == Sleep(NOON + timedelta(minutes=68))


def test_a_look_that_did_not_tell_all_is_taken_again() -> None:
    """It is due until InfluxDB answers, but after the day."""
    now = NOON + timedelta(minutes=1)
    request = looked(done(), [Finding.INACTIVE, Finding.NOT_KNOWN], now, PACE)

    assert next_step(request, now, PACE) == Look()
    over = looked(done(), [Finding.NOT_KNOWN], NOON + DAY, PACE)
    assert next_step(over, NOON + DAY, PACE) is None


@pytest.mark.parametrize("state", sorted(set(T) - {T.DONE}))
def test_what_was_not_read_back_as_disabled_is_not_watched(state: TargetState) -> None:
    """Neither a no-op, nor what failed, nor what cannot be read."""
    request = change(target(state), state=RequestState.FINISHED)

    assert watched(request) == ()
    assert next_step(request, NOON + DAY, PACE) is None


@pytest.mark.parametrize("update", [ENABLE, DESCRIBE])
def test_only_a_disable_is_watched(update: AuthorizationUpdate) -> None:
    """What was enabled or described may be disabled by anybody."""
    assert watched(change(target(update=update), state=RequestState.FINISHED)) == ()


def test_what_is_under_way_is_not_watched() -> None:
    """Of several, some may be done while others are not."""
    assert watched(change(target(), state=RequestState.EXECUTING)) == ()


def test_what_was_found_or_is_gone_is_not_watched() -> None:
    """Told once is enough, and the dead are dead."""
    targets = (
        target(active_again=ActiveAgain(authorization(), 0)),
        target(number=2, gone_at=NOON),
        target(number=3),
    )
    request = change(targets=targets, state=RequestState.FINISHED)

    assert watched(request) == targets[2:]
    assert watched(request.with_targets(replace(targets[2], gone_at=NOON))) == ()


@pytest.mark.parametrize(
    ("update", "state", "expected"),
    [
        (ENABLE, T.DONE, True),
        (ENABLE, T.APPLIED, True),
        (ENABLE, T.LOST, True),
        (ENABLE, T.UNCHANGED, True),
        (ENABLE, T.REFUSED, False),
        (ENABLE, T.FAILED, False),
        (ENABLE, T.CANCELLED, False),
        (ENABLE, T.PENDING, False),
        (ENABLE, T.INTENDED, False),
        (ENABLE, T.UNKNOWN, False),
        (DISABLE, T.DONE, True),
        (DISABLE, T.UNCHANGED, False),
        (DISABLE, T.FAILED, False),
    ],
)
def test_what_counts_as_a_word(
    update: AuthorizationUpdate,
    state: TargetState,
    expected: bool,  # noqa: FBT001 - a column
) -> None:
    """An enable that took effect or found it active; a disable that is watched itself."""
    assert decided(target(), [other(update, state)]) is expected


def test_the_word_for_another_token_is_none() -> None:
    """Neither on another instance, nor with another id."""
    others = [
        other(ENABLE, T.DONE, instance="lab"),
        other(ENABLE, T.DONE, authorization_id="0d0d0d0d0d0d0009"),
    ]

    assert not decided(target(), others)


def test_which_came_later_is_influxdbs_to_say() -> None:
    """Two replicas' clocks differ; what InfluxDB counts does not."""
    earlier = other(
        ENABLE, T.DONE, after=authorization(revision=1), finished_at=NOON + timedelta(minutes=1)
    )
    later = other(
        ENABLE, T.DONE, after=authorization(revision=3), finished_at=NOON - timedelta(minutes=1)
    )

    assert not decided(target(), [earlier])
    assert decided(target(), [later])


def test_without_a_reading_the_clock_says_it() -> None:
    """What was applied and could not be read back has no count."""
    assert not decided(target(), [other(ENABLE, T.APPLIED, finished_at=NOON - TICK)])
    assert decided(target(), [other(ENABLE, T.APPLIED, finished_at=NOON + TICK)])


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (authorization(), Finding.ACTIVE_AGAIN),
        (INACTIVE, Finding.INACTIVE),
        (replace(INACTIVE, description="renamed"), Finding.INACTIVE),
        (AuthorizationNotFoundError(GONE), Finding.GONE),
        (OrphanError(GONE), Finding.GONE),
        (UpstreamError(GONE), Finding.NOT_KNOWN),
        (None, Finding.NOT_KNOWN),
    ],
)
def test_what_is_made_of_a_reading(
    reading: Authorization | UpstreamError | None, expected: Finding
) -> None:
    """Active, as it was left, gone, or not known."""
    assert finding(target(), reading, []) is expected


@pytest.mark.parametrize("state", [T.INTENDED, T.UNKNOWN])
@pytest.mark.parametrize("update", [ENABLE, DISABLE])
def test_while_this_bot_changes_it_nothing_is_known(
    state: TargetState, update: AuthorizationUpdate
) -> None:
    """It may be this bot that has set it active."""
    under_way = other(update, state, intended_at=NOON)

    assert finding(target(), authorization(), [under_way]) is Finding.NOT_KNOWN


def test_what_was_held_back_has_done_nothing() -> None:
    """A freeze may hold an enable for days; until it is sent, it was not this bot."""
    held = other(ENABLE, T.INTENDED, intended_at=None)

    assert finding(target(), authorization(), [held]) is Finding.ACTIVE_AGAIN


def test_what_is_decided_is_not_found() -> None:
    """Whoever has enabled it from here knows that it is active."""
    assert finding(target(), authorization(), [other(ENABLE, T.DONE)]) is Finding.DECIDED


def test_one_look_is_one_drift() -> None:
    """All that is active again at one look belongs together; what comes later is another."""
    targets = tuple(target(number=number) for number in (1, 2, 3, 4))
    request = change(targets=targets, state=RequestState.FINISHED)
    ids = [each.authorization_id for each in targets]
    keys = [each.key for each in targets]
    readings = {each.key: authorization(id=each.authorization_id) for each in targets}

    first = found(
        request,
        {keys[0]: Finding.ACTIVE_AGAIN, keys[1]: Finding.GONE, keys[2]: Finding.ACTIVE_AGAIN},
        readings,
        NOON,
    )
    second = found(first, {keys[3]: Finding.ACTIVE_AGAIN}, readings, NOON + TICK)

    assert first.drifts == (Drift(0, NOON),)
    assert [each.authorization_id for each in first.drifted(0)] == [ids[0], ids[2]]
    assert first.targets[1].gone_at == NOON
    assert second.drifts == (Drift(0, NOON), Drift(1, NOON + TICK))
    assert [each.authorization_id for each in second.drifted(1)] == [ids[3]]


def test_a_look_that_finds_nothing_is_no_drift() -> None:
    """Nothing is noted."""
    assert found(done(), {done().targets[0].key: Finding.INACTIVE}, {}, NOON) == done()


def test_what_is_not_watched_any_more_is_not_looked_at() -> None:
    """Everything that was disabled is active again, or gone; that was found, and told."""
    again = target(active_again=ActiveAgain(authorization(), 0))
    gone = target(number=2, gone_at=NOON)

    assert next_step(change(targets=(again, gone), state=RequestState.FINISHED), NOON, PACE) is None


def test_what_was_read_at_the_same_count_was_not_later() -> None:
    """InfluxDB's own count grows with every PATCH; the clocks of replicas differ."""
    was = target()
    read = replace(INACTIVE, id=was.authorization_id)

    assert not decided(was, [other(ENABLE, T.DONE, after=read)])
    assert decided(was, [other(ENABLE, T.DONE, after=replace(read, revision=3))])
    assert not decided(was, [other(ENABLE, T.DONE, after=replace(read, revision=1))])


@pytest.mark.parametrize(("one", "another"), [(None, NOON), (NOON, None), (None, None)])
def test_what_has_no_time_was_not_later(one: datetime | None, another: datetime | None) -> None:
    """Where neither a count nor a time tells which came first, nobody has decided since."""
    was = target(after=None, finished_at=one)

    assert not decided(was, [other(ENABLE, T.APPLIED, finished_at=another)])


def test_others_may_have_decided_since_the_first_outcome() -> None:
    """An hour before it, as the clocks of replicas may differ; without any, at no time."""
    ended = [target(finished_at=NOON + timedelta(minutes=4)), target(number=2)]

    assert decided_since([*ended, target(finished_at=None)]) == NOON - timedelta(hours=1)
    assert decided_since([]) > NOON + 3650 * DAY


def test_what_a_look_finds_is_kept_as_it_was_read() -> None:
    """What was active, and as what; what was gone, and when it was found so."""
    active, gone = target(), target(number=2)
    request = change(targets=(active, gone), state=RequestState.FINISHED)
    findings = {active.key: Finding.ACTIVE_AGAIN, gone.key: Finding.GONE}
    read = authorization(id=active.authorization_id, description="renamed", revision=3)

    noted = found(request, findings, {active.key: read}, NOON + DAY)

    assert noted == request.with_targets(
        replace(active, active_again=ActiveAgain(read, 0)), replace(gone, gone_at=NOON + DAY)
    ).with_drift(Drift(0, NOON + DAY))
