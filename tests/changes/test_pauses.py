"""How long things are waited for."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.changes.approval import Approval
from bot.changes.pauses import Pauses, its_turn, soonest
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from tests.changes.samples import NOON, change

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PAUSES = Pauses()
APPROVAL = Approval("enabling needs an approval", ("U0BOB",), quorum=1)


@pytest.mark.parametrize(
    ("moments", "first"),
    [
        ((), None),
        ((None, None), None),
        ((NOON, None, NOON - SECOND), NOON - SECOND),
    ],
)
def test_the_soonest_of_some_moments(
    moments: tuple[datetime | None, ...], first: datetime | None
) -> None:
    """What has no moment does not count."""
    assert soonest(*moments) == first


@pytest.mark.parametrize(
    ("failing_for", "turn", "pause"),
    [
        (timedelta(), None, 2 * SECOND),
        (10 * SECOND, None, 10 * SECOND),
        (5 * MINUTE, None, 5 * MINUTE),
        (60 * MINUTE, None, 5 * MINUTE),
        (60 * MINUTE, 0.5, SECOND / 2),
        (timedelta(), 600.0, 10 * MINUTE),
    ],
)
def test_pauses_grow_with_the_time_of_failing(
    failing_for: timedelta, turn: float | None, pause: timedelta
) -> None:
    """From two seconds to five minutes; where its turn is known, nothing else matters."""
    assert PAUSES.later(NOON, NOON + failing_for, turn=turn) == NOON + failing_for + pause


def test_slack_is_told_for_two_days() -> None:
    """What Slack takes on no way then is given up, unless it was given a turn."""
    last = NOON + timedelta(days=2)

    assert PAUSES.tell_again(NOON, last, None) == last + 5 * MINUTE
    assert PAUSES.tell_again(NOON, last + TICK, None) is None
    assert PAUSES.tell_again(NOON, last + TICK, 3.0) == last + TICK + 3 * SECOND


def sent(*seconds: int | None) -> ChangeRequest:
    """Make a change of several tokens whose outcomes are unknown, sent so long after noon."""
    (one,) = change().targets
    return change(
        created_at=NOON - 60 * MINUTE,
        targets=tuple(
            replace(
                one,
                authorization_id=f"{number}",
                state=TargetState.UNKNOWN,
                intended_at=None if after is None else NOON + after * SECOND,
            )
            for number, after in enumerate(seconds)
        ),
    )


def test_an_unknown_outcome_is_read_for_a_day() -> None:
    """From when the last of them was sent; a day later nobody looks any more."""
    request = sent(0, 20, None, 10)
    end = NOON + 20 * SECOND + timedelta(days=1)

    assert PAUSES.read_again(request, NOON + 50 * SECOND) == NOON + 80 * SECOND
    assert PAUSES.read_again(request, end - TICK) == end - TICK + 5 * MINUTE
    assert PAUSES.read_again(request, end) is None


def test_what_was_not_sent_is_read_from_when_it_was_asked_for() -> None:
    """And what is not unknown does not count."""
    done = replace(sent(30).targets[0], state=TargetState.DONE)
    asked = NOON - 60 * MINUTE

    for request in (sent(None), sent(30).with_targets(done)):
        assert PAUSES.read_again(request, asked + 8 * SECOND) == asked + 16 * SECOND


@pytest.mark.parametrize(
    ("waited", "at_least", "pause"),
    [
        (timedelta(), None, 2 * SECOND),
        (10 * SECOND, None, 10 * SECOND),
        (10 * SECOND, 3.0, 10 * SECOND),
        (10 * MINUTE, None, 30 * SECOND),
        (10 * MINUTE, 45.0, 45 * SECOND),
        # The last try is at the end of its time, and never at once.
        (120 * MINUTE - 8 * SECOND, None, 8 * SECOND),
        (120 * MINUTE - 8 * SECOND, 45.0, 8 * SECOND),
        (120 * MINUTE - SECOND, None, 2 * SECOND),
        (130 * MINUTE, 45.0, 2 * SECOND),
    ],
)
def test_an_instance_that_is_silent_is_tried_again(
    waited: timedelta, at_least: float | None, pause: timedelta
) -> None:
    """Every half minute at most, as it asks itself, and a last time when two hours are over."""
    now = NOON + waited

    assert PAUSES.unreached(change(), now, at_least) == now + pause


def test_its_turn_begins_when_nobody_has_to_agree_any_more() -> None:
    """With the last vote, else with the confirmation, else with the request."""
    confirmed = change(confirmed_at=NOON + MINUTE)
    asked = replace(confirmed, approval=APPROVAL)
    granted = replace(confirmed, approval=replace(APPROVAL, granted_at=NOON + 2 * MINUTE))

    assert [its_turn(each) for each in (change(), confirmed, asked, granted)] == [
        NOON,
        NOON + MINUTE,
        NOON + MINUTE,
        NOON + 2 * MINUTE,
    ]


@pytest.mark.parametrize(
    ("expires_after", "approval", "ends_after"),
    [
        (None, None, 120 * MINUTE),
        (30 * MINUTE, None, 120 * MINUTE),
        (30 * MINUTE, APPROVAL, 30 * MINUTE),
        (180 * MINUTE, APPROVAL, 120 * MINUTE),
        (None, APPROVAL, 120 * MINUTE),
    ],
)
def test_waiting_for_an_instance_ends(
    expires_after: timedelta | None, approval: Approval | None, ends_after: timedelta
) -> None:
    """After two hours, or with its approval; a preview has no end once it is confirmed."""
    ends = None if expires_after is None else NOON + expires_after

    waiting = change(expires_at=ends, approval=approval)

    assert PAUSES.waits_until(waiting) == NOON + ends_after
