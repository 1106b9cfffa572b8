"""What comes next on the way from a leaked secret to its proven end."""

from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.authorization import Status
from bot.changes.errors import ErrorCode, Problem
from bot.changes.leak_plan import (
    AskForOthers,
    Conclude,
    Drop,
    Move,
    Prove,
    PutBack,
    Try,
    candidates,
    cannot_be_put_back,
    did_not_take_effect,
    in_order,
    next_move,
    not_put_back,
    owners,
)
from bot.changes.leak_report import Lapse, LeakReport, OthersChange
from bot.changes.probe import ProbeVerdict
from bot.changes.states import TargetState
from bot.changes.target import Target
from tests.changes.leak_samples import candidate, case, looked, said, tried
from tests.changes.samples import authorization

S, V = TargetState, ProbeVerdict
FIRST, SECOND, THIRD = (candidate(number) for number in (1, 2, 3))
AT_LAB = candidate(4, instance="lab")
DISABLED = candidate(1, S.DONE)
BY_OTHERS = candidate(1, S.UNCHANGED)
STAYS = Problem(ErrorCode.CHANGED_SINCE, "It was not put back.")
HIDDEN = LeakReport(looked=(looked(), looked("lab")))
NAMED = LeakReport(looked=(looked(matched=1), looked("lab")))


def after(*attempts: Any, report: LeakReport = HIDDEN, **fields: Any) -> LeakReport:
    """Make a report that has come so far."""
    return replace(report, attempts=attempts, **fields)


WRONG = after(tried(DISABLED, V.LIVE))
FOUND = after(tried(DISABLED, V.INACTIVE))
UNPROVEN = after(tried(DISABLED, V.NOT_PROVEN))
LAPSED = replace(HIDDEN, lapses=(Lapse("default", said(V.INACTIVE)),))
CHOSEN = replace(HIDDEN, order=(AT_LAB.key, SECOND.key))


@pytest.mark.parametrize(
    ("targets", "report", "comes"),
    [
        pytest.param((FIRST, SECOND), HIDDEN, Try(FIRST), id="the first is tried"),
        pytest.param((FIRST, AT_LAB), NAMED, Try(FIRST), id="the named one is tried"),
        pytest.param((FIRST, SECOND, AT_LAB), CHOSEN, Drop((FIRST,)), id="what was not chosen"),
        pytest.param((SECOND, AT_LAB), CHOSEN, Try(AT_LAB), id="the order that was chosen"),
        pytest.param((DISABLED, SECOND), HIDDEN, Prove(DISABLED), id="the secret is tried"),
        pytest.param(
            (SECOND, candidate(1, S.APPLIED)),
            HIDDEN,
            Prove(candidate(1, S.APPLIED)),
            id="the secret is tried though the token cannot be read",
        ),
        pytest.param((SECOND, DISABLED), WRONG, PutBack(DISABLED), id="a wrong one is put back"),
        pytest.param(
            (SECOND, candidate(1, S.RETURNING)),
            WRONG,
            PutBack(candidate(1, S.RETURNING)),
            id="what is on its way back",
        ),
        pytest.param((candidate(1, S.RETURNED), SECOND), WRONG, Try(SECOND), id="the next one"),
        pytest.param(
            (DISABLED, SECOND),
            after(tried(DISABLED, V.LIVE, left=STAYS)),
            Try(SECOND),
            id="the next one though a wrong one stays disabled",
        ),
        pytest.param(
            (candidate(1, S.APPLIED), SECOND),
            after(tried(DISABLED, V.LIVE)),
            Try(SECOND),
            id="the next one though a wrong one cannot be read",
        ),
        pytest.param(
            (FIRST, candidate(2, S.UNKNOWN)), HIDDEN, Try(candidate(2, S.UNKNOWN)), id="unknown"
        ),
        pytest.param(
            (FIRST, candidate(2, S.INTENDED)), HIDDEN, Try(candidate(2, S.INTENDED)), id="begun"
        ),
        pytest.param((DISABLED, SECOND, THIRD), FOUND, Drop((SECOND, THIRD)), id="it is found"),
        pytest.param((DISABLED, SECOND), UNPROVEN, Drop((SECOND,)), id="nobody can tell"),
        pytest.param((FIRST, AT_LAB), LAPSED, Drop((FIRST,)), id="somebody else was faster"),
        pytest.param((DISABLED, AT_LAB), FOUND, Try(AT_LAB), id="the other instance goes on"),
        pytest.param(
            (DISABLED,),
            after(tried(DISABLED, V.LIVE), report=NAMED),
            Conclude(),
            id="a named one is never put back",
        ),
        pytest.param((DISABLED,), FOUND, Conclude(), id="it is over"),
        pytest.param((candidate(1, S.FAILED),), HIDDEN, Conclude(), id="what failed is over"),
        pytest.param((BY_OTHERS,), NAMED, Prove(BY_OTHERS), id="others have disabled a named one"),
        pytest.param((BY_OTHERS,), HIDDEN, Conclude(), id="others have disabled what may be it"),
        pytest.param(
            (BY_OTHERS,),
            replace(NAMED, looked=(looked(matched=1, before=said(V.INACTIVE)), looked("lab"))),
            Conclude(),
            id="others had disabled it before it was looked for",
        ),
        pytest.param(
            (candidate(4, S.UNCHANGED, instance="lab"),),
            replace(
                NAMED,
                looked=(
                    looked(matched=1, before=said(V.LIVE)),
                    looked("lab", matched=1, before=said(V.INACTIVE)),
                ),
            ),
            Conclude(),
            id="others had disabled it, though it lived elsewhere",
        ),
        pytest.param(
            (BY_OTHERS,),
            after(tried(BY_OTHERS, V.INACTIVE), report=NAMED),
            Conclude(),
            id="what others have disabled is tried once",
        ),
        pytest.param(
            (BY_OTHERS,),
            replace(NAMED, lapses=(Lapse("default", said(V.INACTIVE)),)),
            Conclude(),
            id="what has lapsed is not tried again",
        ),
    ],
)
def test_what_comes_next(targets: tuple[Target, ...], report: LeakReport, comes: Move) -> None:
    """One token at a time: it is disabled, the secret tried, and the token put back if it lives."""
    assert next_move(case(*targets, report=report), report) == comes


def test_what_is_cancelled_tries_nothing_more() -> None:
    """What was begun is brought to its end; what was not is left alone, and so are the others."""
    report = replace(HIDDEN, others=True)
    begun = candidate(2, S.INTENDED)

    def comes(*targets: Target) -> Move:
        return next_move(case(*targets, report=report), report, cancelled=True)

    assert comes(FIRST, begun) == Try(begun)
    assert comes(FIRST, SECOND) == Drop((FIRST, SECOND))
    assert comes(candidate(1, S.CANCELLED)) == Conclude()


def test_the_others_of_each_owner_are_asked_for_once() -> None:
    """One owner after the other, on each instance; when nothing else is left."""
    lab = candidate(4, S.DONE, "lab")
    found = after(tried(DISABLED, V.INACTIVE), tried(lab, V.INACTIVE), others=True)
    asked = OthersChange("default", "alice", "8G4L3R")
    once = replace(found, others_by=(asked,))
    twice = replace(found, others_by=(asked, OthersChange("lab", "alice", "8G4L3S")))

    def comes(report: LeakReport) -> Move:
        return next_move(case(DISABLED, lab, report=report), report)

    assert comes(found) == AskForOthers("default", "alice")
    assert comes(once) == AskForOthers("lab", "alice")
    assert comes(twice) == Conclude()
    assert comes(replace(found, others=False)) == Conclude()


def test_whose_the_leaked_token_is() -> None:
    """Each owner once an instance; not of what was refused, nor of what was never read."""
    bobs = replace(SECOND, before=authorization(user="bob"))
    refused = replace(THIRD, state=S.REFUSED, before=authorization(user="root"))
    unread = replace(THIRD, before=None)

    known = owners(case(refused, unread, FIRST, DISABLED, bobs, AT_LAB, report=HIDDEN))

    assert known == (("default", "alice"), ("default", "bob"), ("lab", "alice"))


def test_what_may_be_the_leaked_token() -> None:
    """What is not tried yet, on the instances that do not say which it is."""
    assert candidates(case(DISABLED, SECOND, AT_LAB, report=HIDDEN)) == (SECOND, AT_LAB)
    assert candidates(case(SECOND, AT_LAB, report=NAMED)) == (AT_LAB,)
    assert candidates(replace(case(SECOND, report=HIDDEN), leak=None)) == ()


def test_what_was_named_is_tried_first() -> None:
    """Whatever the order; that is about those of which nobody knows."""
    report = replace(NAMED, order=(candidate(5, instance="lab").key, AT_LAB.key))
    fifth, sixth = candidate(5, instance="lab"), candidate(6, instance="lab")
    request = case(AT_LAB, fifth, sixth, FIRST, report=report)

    assert in_order(request, report) == (FIRST, fifth, AT_LAB)


def test_what_somebody_has_touched_is_not_put_back(snapshot: SnapshotAssertion) -> None:
    """It can be as long as it is as this bot has left it; after that, others have decided."""
    left = authorization(status=Status.INACTIVE, revision=2)
    touched = replace(left, revision=3)

    assert cannot_be_put_back(DISABLED, left) is None
    assert cannot_be_put_back(DISABLED, touched) == snapshot
    assert cannot_be_put_back(replace(DISABLED, after=None), left) == cannot_be_put_back(
        DISABLED, touched
    )


def test_what_stays_disabled_says_why(snapshot: SnapshotAssertion) -> None:
    """And what to do about it."""
    refused = Problem(ErrorCode.PERMISSION_MISSING, "InfluxDB refuses it.", "Ask for more.")

    assert not_put_back(refused) == snapshot
    assert did_not_take_effect(authorization(status=Status.INACTIVE)) == snapshot
