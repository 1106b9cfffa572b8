"""What comes next for a request: a table over its state, the ruling and the moment."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.changes.approval import Approval, Vote
from bot.changes.decision import Allowed, Decision, Denied, NeedsApproval
from bot.changes.errors import ErrorCode, Problem
from bot.changes.request import ChangeRequest, Timer
from bot.changes.ruling import Ruling
from bot.changes.stages import (
    AskApproval,
    CarryOut,
    Close,
    HoldBack,
    Prepare,
    Preview,
    Refuse,
    Stage,
    Wait,
    barred,
    next_stage,
)
from bot.changes.states import RequestState, TargetState
from bot.changes.tally import Tally
from bot.changes.target import Selection, Target
from tests.changes.samples import BOB, DISABLE, NOON, REQUESTS, TOKEN_ID, UNHURRIED, change

TICK = timedelta(microseconds=1)
ALLOWED = Allowed("you are an operator")
NEEDED = NeedsApproval("enabling needs an approval", frozenset({"U0BOB"}), 2)
DENIED = Denied("you hold no role", "Ask.", ("U0BOB",))
STOPPED = Denied("changes are stopped", "Wait.")
VOTES = (Vote(BOB, NOON), Vote(replace(BOB, user_id="U0CAROL"), NOON))
ASKED = Approval("enabling needs an approval", ("U0BOB",), 2)
GRANTED = replace(ASKED, votes=VOTES, granted_at=NOON)
TWO = (
    Target("default", TOKEN_ID, DISABLE),
    Target("default", "0d0d0d0d0d0d0001", DISABLE),
)
LOST = Target("", TOKEN_ID, DISABLE)


def ruling(decision: Decision = ALLOWED, **fields: Any) -> Ruling:
    """Give a ruling that lets everything pass, but for what is given."""
    return Ruling(decision, **fields)


ENOUGH = ruling(NEEDED, tally=Tally(counting=VOTES))
TOO_FEW = ruling(NEEDED, tally=Tally(counting=VOTES[:1], lapsed=VOTES[1:]))


def accepted(**fields: Any) -> ChangeRequest:
    """Make a request that is the executor's turn."""
    return change(state=RequestState.ACCEPTED, **fields)


def kind(stage: Stage) -> str:
    """Name a stage."""
    return type(stage).__name__


ONE = accepted()
SEVERAL = accepted(targets=TWO)
SELECTED = accepted(targets=(), selection=Selection("default", "alice", DISABLE))


@pytest.mark.parametrize(
    ("request_", "now_true", "instances", "next_"),
    [
        # One named token, on one instance: nothing stands between the command and its PATCH.
        (ONE, ruling(), 1, "CarryOut"),
        (ONE, ruling(stopped=STOPPED), 1, "HoldBack"),
        # Which instance has it must be found out first, and said where that is not clear.
        (ONE, ruling(), 2, "Prepare"),
        (replace(ONE, prepared=True), ruling(), 2, "CarryOut"),
        (accepted(targets=(LOST,), prepared=True), ruling(), 2, "Preview"),
        # Several are read, shown, confirmed and carried out.
        (SEVERAL, ruling(), 1, "Prepare"),
        (SEVERAL, ruling(stopped=STOPPED), 1, "Prepare"),
        (replace(SEVERAL, prepared=True), ruling(), 1, "Preview"),
        (replace(SEVERAL, prepared=True), ruling(stopped=STOPPED), 1, "Preview"),
        (replace(SEVERAL, prepared=True, confirmed_at=NOON), ruling(), 1, "CarryOut"),
        (
            replace(SEVERAL, prepared=True, confirmed_at=NOON),
            ruling(stopped=STOPPED),
            1,
            "HoldBack",
        ),
        # So is a selection, though it may be of one token in the end.
        (SELECTED, ruling(), 1, "Prepare"),
        (replace(SELECTED, targets=TWO[:1], prepared=True), ruling(), 1, "Preview"),
        # What needs a second person is read first, so that they see what they agree to.
        (ONE, ruling(NEEDED), 1, "Prepare"),
        (replace(ONE, prepared=True), ruling(NEEDED), 1, "AskApproval"),
        (replace(ONE, prepared=True), ruling(NEEDED, stopped=STOPPED), 1, "AskApproval"),
        (replace(ONE, prepared=True, approval=ASKED), TOO_FEW, 1, "AskApproval"),
        (replace(ONE, prepared=True, approval=GRANTED), ENOUGH, 1, "CarryOut"),
        (replace(ONE, prepared=True, approval=GRANTED), TOO_FEW, 1, "AskApproval"),
        (
            replace(ONE, prepared=True, approval=GRANTED),
            replace(ENOUGH, stopped=STOPPED),
            1,
            "HoldBack",
        ),
        # Where the policy asks for none any more, none is waited for.
        (replace(ONE, prepared=True, approval=ASKED), ruling(), 1, "CarryOut"),
        # Several that need one: the requester's Confirm first.
        (replace(SEVERAL, prepared=True), ruling(NEEDED), 1, "Preview"),
        (replace(SEVERAL, prepared=True, confirmed_at=NOON), ruling(NEEDED), 1, "AskApproval"),
        (
            replace(SEVERAL, prepared=True, confirmed_at=NOON, approval=GRANTED),
            ENOUGH,
            1,
            "CarryOut",
        ),
        # The instance is chosen before anybody is asked to agree.
        (accepted(targets=(LOST,), prepared=True), ruling(NEEDED), 2, "Preview"),
        # Whoever may not any more is told so, before anything is looked up.
        (ONE, ruling(DENIED), 1, "Refuse"),
        (SEVERAL, ruling(DENIED), 1, "Refuse"),
        (replace(ONE, approval=GRANTED), ruling(DENIED), 1, "Refuse"),
        # What ends a timer was shown when it was confirmed, and nobody may be there to agree.
        (replace(ONE, automatic=True), ruling(), 1, "CarryOut"),
        (replace(ONE, automatic=True), ruling(stopped=STOPPED), 1, "HoldBack"),
        (replace(ONE, automatic=True), ruling(NEEDED), 1, "Refuse"),
        (replace(SEVERAL, automatic=True), ruling(), 1, "Prepare"),
        (replace(SEVERAL, automatic=True, prepared=True), ruling(), 1, "CarryOut"),
        # A timer whose end would need somebody does not begin.
        (replace(ONE, timer=Timer(timedelta(hours=2))), ruling(), 1, "CarryOut"),
        (
            replace(ONE, timer=Timer(timedelta(hours=2))),
            ruling(ends_freely=False),
            1,
            "Refuse",
        ),
        (ONE, ruling(ends_freely=False), 1, "CarryOut"),
    ],
)
def test_what_comes_next_before_anything_is_sent(
    request_: ChangeRequest, now_true: Ruling, instances: int, next_: str
) -> None:
    """Refused, looked up, shown, agreed to, held back or carried out: in this order."""
    assert kind(next_stage(request_, now_true, NOON, instances)) == next_


INTENDED = replace(TWO[0], state=TargetState.INTENDED)
PERHAPS_SENT = replace(INTENDED, intended_at=NOON)
UNKNOWN = replace(TWO[0], state=TargetState.UNKNOWN)


@pytest.mark.parametrize("decided", [ALLOWED, NEEDED, DENIED], ids=kind)
@pytest.mark.parametrize(
    ("state", "targets", "stopped", "next_"),
    [
        (RequestState.EXECUTING, (INTENDED, TWO[1]), None, "CarryOut"),
        (RequestState.EXECUTING, (INTENDED,), STOPPED, "HoldBack"),
        # What may have been sent, or is only being read, is read while changes are stopped, too.
        (RequestState.EXECUTING, (PERHAPS_SENT, TWO[1]), STOPPED, "CarryOut"),
        (RequestState.EXECUTING, (UNKNOWN, TWO[1]), STOPPED, "CarryOut"),
        (RequestState.UNRESOLVED, (UNKNOWN,), STOPPED, "CarryOut"),
        (RequestState.UNRESOLVED, (UNKNOWN,), None, "CarryOut"),
    ],
)
def test_what_has_begun_goes_on(
    state: RequestState,
    targets: tuple[Target, ...],
    stopped: Denied | None,
    next_: str,
    decided: Decision,
) -> None:
    """A stop holds back what is not sent; all else is judged target by target, at its PATCH."""
    request = change(state=state, targets=targets)

    assert kind(next_stage(request, ruling(decided, stopped=stopped), NOON, 1)) == next_


def test_what_is_cancelled_is_brought_to_its_end_though_changes_are_stopped() -> None:
    """Nothing of it is sent any more; its message says so now, and not after the stop."""
    request = change(state=RequestState.EXECUTING, targets=(INTENDED,), cancelled_by="U0BOB")

    assert next_stage(request, ruling(stopped=STOPPED), NOON, 1) == CarryOut()


@pytest.mark.parametrize("state", [RequestState.PREVIEWED, RequestState.AWAITING_APPROVAL])
@pytest.mark.parametrize("judged", [ruling(), ruling(DENIED), ruling(stopped=STOPPED), ENOUGH])
def test_what_waits_for_a_person_waits_until_its_time_is_over(
    state: RequestState, judged: Ruling
) -> None:
    """Whatever else is true; at the very moment it is over, and never without one."""
    waiting = change(state=state, expires_at=NOON)

    early = next_stage(waiting, judged, NOON - TICK, 1)
    late = next_stage(waiting, judged, NOON, 1)
    never_told = next_stage(replace(waiting, expires_at=None), judged, NOON, 1)

    assert early == Wait(NOON)
    assert isinstance(late, Close)
    assert (late.state, late.problem.code) == (RequestState.EXPIRED, ErrorCode.EXPIRED)
    assert isinstance(never_told, Close)


@pytest.mark.parametrize(
    ("now", "next_"), [(NOON - TICK, "CarryOut"), (NOON, "Close"), (NOON + TICK, "Close")]
)
def test_an_approval_carries_until_its_time_is_over(now: datetime, next_: str) -> None:
    """Though enough agreed in time, as when all changes were stopped meanwhile."""
    granted = accepted(prepared=True, approval=GRANTED, expires_at=NOON)

    stage = next_stage(granted, ENOUGH, now, 1)

    assert kind(stage) == next_
    if isinstance(stage, Close):
        assert stage.state is RequestState.EXPIRED
        assert stage.problem.message.startswith("Its approval ran out")


@pytest.mark.parametrize(
    ("approval", "message"),
    [
        (None, "Nobody confirmed it in time. Nothing was changed."),
        (ASKED, "Not enough approvers agreed in time. Nothing was changed."),
        (GRANTED, "Its approval ran out before it could be carried out. Nothing was changed."),
    ],
)
def test_why_it_expired_is_said(approval: Approval | None, message: str) -> None:
    """Nobody confirmed, not enough agreed, or it came too late for those who did."""
    state = RequestState.PREVIEWED if approval is None else RequestState.AWAITING_APPROVAL
    request = change(state=state, approval=approval, expires_at=NOON)

    stage = next_stage(request, ruling(), NOON, 1)

    hint = "Ask again if it is still wanted."
    assert stage == Close(RequestState.EXPIRED, Problem(ErrorCode.EXPIRED, message, hint))


def test_a_refusal_that_others_read() -> None:
    """It speaks of the requester, and to nobody."""
    denied = Denied(
        "you hold no role",
        "Ask for your role.",
        of_requester="the requester holds no role",
        of_requester_hint="Ask for the role.",
    )

    stage = next_stage(ONE, ruling(denied), NOON, 1)

    assert isinstance(stage, Refuse)
    assert (stage.problem.message, stage.problem.hint) == (
        "Not allowed any more: the requester holds no role. Nothing was changed.",
        "Ask for the role.",
    )


def test_a_refusal_says_who_can_help() -> None:
    """By which rule, what to do, and whom to ask."""
    stage = next_stage(ONE, ruling(DENIED), NOON, 1)

    assert stage == Refuse(
        Problem(
            ErrorCode.NOT_ALLOWED,
            "Not allowed any more: you hold no role. Nothing was changed.",
            "Ask.",
            helpers=("U0BOB",),
        )
    )


@pytest.mark.parametrize(
    ("request_", "judged", "message", "hint"),
    [
        (
            replace(ONE, automatic=True),
            ruling(NEEDED),
            (
                "Enabling needs an approval by now, so it does not happen by itself. Nothing was "
                "changed."
            ),
            "Ask for it with enable.",
        ),
        (
            replace(ONE, timer=Timer(timedelta(hours=2))),
            ruling(ends_freely=False),
            (
                "Not allowed: --for enables again by itself, and enabling needs an approval here. "
                "Nothing was changed."
            ),
            "Ask again without --for, and later with enable.",
        ),
    ],
)
def test_timers_are_refused_in_words(
    request_: ChangeRequest, judged: Ruling, message: str, hint: str
) -> None:
    """Where the end of one would need a second person, at its beginning and at its end."""
    stage = next_stage(request_, judged, NOON, 1)

    assert stage == Refuse(Problem(ErrorCode.NOT_ALLOWED, message, hint))


@pytest.mark.parametrize(
    ("request_", "judged", "now"),
    [
        pytest.param(ONE, ruling(DENIED), NOON, id="denied by now"),
        pytest.param(ONE, TOO_FEW, NOON, id="a vote is missing"),
        pytest.param(replace(ONE, approval=ASKED), TOO_FEW, NOON, id="it is still asked for"),
        pytest.param(replace(ONE, approval=GRANTED), TOO_FEW, NOON, id="an approval has lapsed"),
        pytest.param(
            replace(ONE, approval=GRANTED, expires_at=NOON), ENOUGH, NOON, id="an approval is over"
        ),
    ],
)
def test_why_nothing_more_may_be_sent(
    request_: ChangeRequest, judged: Ruling, now: datetime, snapshot: SnapshotAssertion
) -> None:
    """The policy, the votes and the time are judged again before each PATCH."""
    assert barred(request_, judged, now) == snapshot


@pytest.mark.parametrize(
    ("request_", "judged", "now"),
    [
        (ONE, ruling(), NOON),
        (ONE, ENOUGH, NOON),
        (replace(ONE, approval=GRANTED), ENOUGH, NOON),
        (replace(ONE, approval=GRANTED, expires_at=NOON), ENOUGH, NOON - TICK),
        # A preview's end is over once it is confirmed.
        (replace(ONE, expires_at=NOON), ruling(), NOON),
    ],
)
def test_what_may_still_be_sent(request_: ChangeRequest, judged: Ruling, now: datetime) -> None:
    """As long as it is allowed, agreed to, and in time."""
    assert barred(request_, judged, now) is None


def test_what_is_asked_for_is_told() -> None:
    """The decision comes along, and why it is held back."""
    prepared = replace(ONE, prepared=True)

    asked = next_stage(prepared, ruling(NEEDED), NOON, 1)
    held = next_stage(prepared, ruling(stopped=STOPPED), NOON, 1)

    assert asked == AskApproval(NEEDED)
    assert held == HoldBack("changes are stopped")
    under_way = change(state=RequestState.EXECUTING)
    assert next_stage(under_way, ruling(stopped=STOPPED), NOON, 1) == held


RULINGS = st.builds(
    Ruling,
    decision=st.sampled_from([ALLOWED, NEEDED, DENIED]),
    stopped=st.sampled_from([None, STOPPED]),
    tally=st.sampled_from([Tally(), Tally(VOTES[:1]), Tally(VOTES)]),
    ends_freely=st.booleans(),
)
MOMENTS = st.integers(-2, 2).map(lambda n: NOON + n * TICK)


@UNHURRIED
@given(
    request_=REQUESTS,
    judged=RULINGS,
    now=MOMENTS,
    expires=st.none() | MOMENTS,
    instances=st.integers(1, 3),
)
def test_nothing_is_sent_that_must_not_be(
    request_: ChangeRequest,
    judged: Ruling,
    now: datetime,
    expires: datetime | None,
    instances: int,
) -> None:
    """Whatever the record says: not before it was shown, agreed to, allowed, and in time."""
    request = replace(request_, state=RequestState.ACCEPTED, expires_at=expires)

    stage = next_stage(request, judged, now, instances)

    if isinstance(stage, CarryOut):
        assert judged.stopped is None
        assert not isinstance(judged.decision, Denied)
        assert judged.missing_votes == 0
        shown = request.confirmed_at is not None or not request.several
        assert shown or request.automatic or request.break_glass is not None
        assert request.timer is None or judged.ends_freely
        assert request.approval is None or expires is None or now < expires
        assert not (request.automatic and isinstance(judged.decision, NeedsApproval))
        assert request.prepared or (not request.several and instances == 1)
    assert isinstance(stage, Prepare) <= (not request.prepared)
    assert isinstance(stage, Preview) <= request.prepared
