"""What a reading makes of a target, before its PATCH and after it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.authorization import Authorization, Status
from bot.changes.decision import Denied
from bot.changes.errors import (
    AuthorizationNotFoundError,
    ErrorCode,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.ports import Transaction
from bot.changes.progress import Progress
from bot.changes.reading import Reading, Readings
from bot.changes.settling import Settling, Terms
from bot.changes.stages import not_allowed_any_more
from bot.changes.states import TargetState
from bot.changes.target import Target
from tests.changes.samples import DISABLE, NOON, TOKEN_ID, authorization

LATE = timedelta(seconds=30)
TICK = timedelta(microseconds=1)
NOW = NOON + timedelta(minutes=10)
BARRED = not_allowed_any_more(Denied("you are not in ALLOWED_USERS", "Ask."))

AS_BEFORE = authorization()
AS_ASKED = authorization(status=Status.INACTIVE, revision=2)
OVERWRITTEN = authorization(description="renamed", revision=3)
# Nobody has touched it, and yet it is not what was read before.
READ_AGAIN = authorization(org="acme, renamed")
DOWN = UpstreamError(
    Problem(ErrorCode.INSTANCE_UNAVAILABLE, "default did not answer."), passing=True
)
REFUSING = UpstreamError(Problem(ErrorCode.INSTANCE_REFUSED, "default said no.", "Ask it."))
GONE = AuthorizationNotFoundError(
    Problem(ErrorCode.AUTHORIZATION_NOT_FOUND, "There is no such token.", "Look for it.")
)
ORPHAN = OrphanError(Problem(ErrorCode.ORPHAN, "Its owner is gone."))

NEW = Target("default", TOKEN_ID, DISABLE)
HELD_BACK = replace(NEW, state=TargetState.INTENDED, before=AS_BEFORE)
SENT = replace(HELD_BACK, intended_at=NOW - timedelta(seconds=1))
UNKNOWN = replace(
    SENT, state=TargetState.UNKNOWN, problem=Problem(ErrorCode.OUTCOME_UNKNOWN, "Who knows.")
)
MADE_SO = Problem(ErrorCode.CHANGED_SINCE, "Change 8G4L3R has made it so.")
FREE = Terms()
LAST_TRY = Terms(last_try=True)


class NoStore:
    """A database that nobody may use: what is settled is stored by others."""

    def transaction(  # the port's signature
        self,
        *,
        urgent: bool = False,  # noqa: ARG002 - nothing is written
        lasting: bool = True,  # noqa: ARG002 - as above
    ) -> AbstractAsyncContextManager[Transaction]:
        """Refuse to write."""
        return self.reading()

    def reading(self) -> NoReturn:
        """Refuse to read."""
        raise AssertionError("settling stores nothing")


@pytest.fixture
def settling() -> Settling:
    """Settle at a fixed moment; a PATCH may arrive for half a minute."""
    return Settling(Progress(NoStore(), lambda: NOW), LATE)


def ago(target: Target, age: timedelta) -> Target:
    """Let the intent of a target be so old."""
    return replace(target, intended_at=NOW - age)


@pytest.mark.parametrize("target", [NEW, HELD_BACK])
@pytest.mark.parametrize(
    ("reading", "terms", "state"),
    [
        (DOWN, LAST_TRY, TargetState.FAILED),
        (DOWN, Terms(barred=BARRED), TargetState.REFUSED),
        (REFUSING, FREE, TargetState.FAILED),
        (GONE, FREE, TargetState.REFUSED),
        (GONE, Terms(barred=BARRED), TargetState.REFUSED),
        (ORPHAN, LAST_TRY, TargetState.REFUSED),
    ],
)
def test_what_cannot_be_read_before_is_not_sent(
    settling: Settling,
    target: Target,
    reading: UpstreamError,
    terms: Terms,
    state: TargetState,
    snapshot: SnapshotAssertion,
) -> None:
    """A refusal says why, and that nothing was changed; the policy's no outweighs a silence."""
    ended = settling.by_reading(target, reading, terms)

    assert ended is not None
    assert (ended.state, ended.after, ended.finished_at) == (state, None, NOW)
    assert ended.before == target.before
    assert ended.problem == snapshot


@pytest.mark.parametrize("target", [NEW, HELD_BACK])
def test_what_may_answer_soon_waits(settling: Settling, target: Target) -> None:
    """Nothing was sent, so that it can be tried again as long as its time is not over."""
    assert settling.by_reading(target, DOWN, FREE) is target


@pytest.mark.parametrize(
    ("target", "reading"), [(NEW, AS_BEFORE), (NEW, AS_ASKED), (HELD_BACK, AS_BEFORE)]
)
def test_what_was_not_sent_and_can_be_read_is_judged(
    settling: Settling, target: Target, reading: Reading
) -> None:
    """Whatever it is like; the judgement sees to that."""
    assert settling.by_reading(target, reading, LAST_TRY) is None


def test_what_may_have_been_sent_and_is_as_before_is_judged_again(settling: Settling) -> None:
    """An executor was interrupted between the intent and the PATCH, or after it."""
    assert settling.by_reading(SENT, AS_BEFORE, FREE) is None


@pytest.mark.parametrize(
    ("target", "reading", "state"),
    [
        (SENT, AS_ASKED, TargetState.DONE),
        (SENT, replace(AS_ASKED, revision=AS_BEFORE.revision), TargetState.DONE),
        (SENT, OVERWRITTEN, TargetState.FAILED),
        (SENT, DOWN, TargetState.UNKNOWN),
        (SENT, REFUSING, TargetState.UNKNOWN),
        (SENT, GONE, TargetState.LOST),
        (SENT, ORPHAN, TargetState.LOST),
        (UNKNOWN, AS_ASKED, TargetState.DONE),
        (UNKNOWN, OVERWRITTEN, TargetState.FAILED),
        (UNKNOWN, GONE, TargetState.LOST),
        (ago(UNKNOWN, LATE), AS_BEFORE, TargetState.FAILED),
        (ago(UNKNOWN, LATE + TICK), AS_BEFORE, TargetState.FAILED),
    ],
)
def test_what_was_sent_is_settled_by_what_is_read(
    settling: Settling,
    target: Target,
    reading: Reading,
    state: TargetState,
    snapshot: SnapshotAssertion,
) -> None:
    """What is there counts, not what was answered; and what is not there any more, never will."""
    ended = settling.by_reading(target, reading, FREE)

    assert ended is not None
    assert ended.state is state
    assert ended.before == AS_BEFORE
    assert ended.after == (reading if isinstance(reading, Authorization) else None)
    assert ended.finished_at == (NOW if state.final else None)
    assert ended.problem == snapshot


@pytest.mark.parametrize(
    ("target", "reading"), [(UNKNOWN, DOWN), (ago(UNKNOWN, LATE - TICK), AS_BEFORE)]
)
def test_an_unknown_outcome_stays_unknown(
    settling: Settling, target: Target, reading: Reading
) -> None:
    """While nothing answers, and while a PATCH may still arrive that is held up on its way."""
    assert settling.by_reading(target, reading, FREE) is target


def test_targets_are_sorted_by_whether_a_reading_decides(settling: Settling) -> None:
    """What is settled is stored, what is undecided judged; what has to wait is in neither list."""
    decided, waiting, open_still = (
        replace(target, authorization_id=name)
        for target, name in ((SENT, "decided"), (NEW, "waiting"), (SENT, "open"))
    )
    readings = Readings({"decided": AS_ASKED, "waiting": DOWN, "open": AS_BEFORE})

    settled, undecided = settling.without_sending([decided, waiting, open_still], readings, FREE)

    assert [(each.authorization_id, each.state) for each in settled] == [
        ("decided", TargetState.DONE)
    ]
    assert undecided == [open_still]


def test_the_terms_hold_for_each_target(settling: Settling) -> None:
    """The last try of a request is that of all its targets."""
    settled, undecided = settling.without_sending([NEW], Readings({TOKEN_ID: DOWN}), LAST_TRY)

    assert ([each.state for each in settled], undecided) == ([TargetState.FAILED], [])


def test_what_would_have_arrived_by_now_was_never_sent(settling: Settling) -> None:
    """Of what may have been sent, that whose intent is old enough."""
    young, old = ago(SENT, LATE - TICK), ago(SENT, LATE)

    assert settling.never_sent([NEW, HELD_BACK, young, old, ago(UNKNOWN, LATE)]) == [old]


@pytest.mark.parametrize(
    ("was", "state", "before"),
    [
        (NEW, TargetState.CANCELLED, None),
        (HELD_BACK, TargetState.CANCELLED, AS_BEFORE),
        (ago(SENT, LATE), TargetState.CANCELLED, READ_AGAIN),
        (ago(SENT, LATE - TICK), TargetState.UNKNOWN, AS_BEFORE),
    ],
)
def test_what_is_cancelled_before_its_turn(
    settling: Settling,
    was: Target,
    state: TargetState,
    before: Authorization | None,
    snapshot: SnapshotAssertion,
) -> None:
    """It is not sent; what an earlier executor may have sent is waited for."""
    about_to_be_sent = replace(was, state=TargetState.INTENDED, intended_at=NOW)
    other = replace(SENT, authorization_id="another")
    found = Readings({TOKEN_ID: READ_AGAIN, "another": AS_BEFORE})

    ended = settling.cancelled(about_to_be_sent, [other, was], found)

    assert (ended.state, ended.before) == (state, before)
    assert ended.finished_at == (NOW if state.final else None)
    assert ended.problem == snapshot


@pytest.mark.parametrize(
    ("target", "state"),
    [
        (NEW, TargetState.REFUSED),
        (ago(SENT, LATE), TargetState.REFUSED),
        (ago(SENT, LATE - TICK), TargetState.UNKNOWN),
    ],
)
def test_what_is_given_up(
    settling: Settling, target: Target, state: TargetState, snapshot: SnapshotAssertion
) -> None:
    """It has the state and the reason that it is given, once nothing can arrive any more."""
    why = Problem(ErrorCode.CHANGED_SINCE, "Somebody was faster.", "Look at it.")

    ended = settling.given_up(target, READ_AGAIN, TargetState.REFUSED, why)

    assert ended.state is state
    assert ended.before == (READ_AGAIN if state.final else AS_BEFORE)
    assert ended.problem == snapshot


def test_what_is_so_already_was_not_changed_here(settling: Settling) -> None:
    """Unless its own PATCH may have been sent: then that has done it."""
    so_already = settling.nothing_to_do(NEW, AS_ASKED)
    by_another_change = settling.nothing_to_do(NEW, AS_ASKED, MADE_SO)
    by_itself = settling.nothing_to_do(SENT, AS_ASKED)

    assert so_already.state is TargetState.UNCHANGED
    assert (so_already.before, so_already.after) == (AS_ASKED, AS_ASKED)
    assert (so_already.problem, by_another_change.problem) == (None, MADE_SO)
    assert by_itself.state is TargetState.DONE
    assert (by_itself.before, by_itself.after) == (AS_BEFORE, AS_ASKED)


@pytest.mark.parametrize(
    ("reading", "met", "state"),
    [
        (AS_ASKED, None, TargetState.DONE),
        (AS_ASKED, DOWN, TargetState.DONE),
        (AS_BEFORE, None, TargetState.FAILED),
        (AS_BEFORE, DOWN, TargetState.UNKNOWN),
        (AS_BEFORE, REFUSING, TargetState.FAILED),
        (OVERWRITTEN, None, TargetState.FAILED),
        (OVERWRITTEN, DOWN, TargetState.FAILED),
        (DOWN, None, TargetState.UNKNOWN),
        (DOWN, DOWN, TargetState.UNKNOWN),
        (GONE, None, TargetState.APPLIED),
        (ORPHAN, None, TargetState.APPLIED),
        (GONE, DOWN, TargetState.LOST),
    ],
)
def test_what_is_read_back_after_a_patch(
    settling: Settling,
    reading: Reading,
    met: UpstreamError | None,
    state: TargetState,
    snapshot: SnapshotAssertion,
) -> None:
    """Done is what was read back; a PATCH without an answer may arrive late."""
    ended = settling.read_back(SENT, reading, met)

    assert ended.state is state
    assert ended.before == AS_BEFORE
    settled = isinstance(reading, Authorization) and state is not TargetState.UNKNOWN
    assert ended.after == (reading if settled else None)
    assert ended.problem == snapshot
