"""How far a request is, and that each step stands in the record with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.changes.approval import Approval, Vote
from bot.changes.change_ids import new_change_id
from bot.changes.errors import ErrorCode, LeaseLostError, MovedOnError, Problem
from bot.changes.progress import Progress
from bot.changes.request import ChangeRequest, Timer
from bot.changes.states import (
    IllegalTransitionError,
    RequestState,
    TargetState,
    move_request,
    move_target,
)
from bot.changes.target import Selection, Target
from tests.changes.conftest import TOKENS
from tests.changes.samples import BOB, DISABLE, NOON, TOKEN_ID, active_again, change, done
from tests.changes.workshop import CAROL, Workshop

S, T = RequestState, TargetState
REFUSED = Problem(ErrorCode.OWN_TOKEN, "It is the bot's own.")
EXPIRED = Problem(ErrorCode.EXPIRED, "Nobody confirmed it in time.")


def progress(here: Workshop) -> Progress:
    """Put the part together that is tested here."""
    return Progress(here.store, lambda: here.now)


def several(*states: TargetState, **fields: object) -> ChangeRequest:
    """Make a request with a token for each state."""
    targets = tuple(
        Target("default", f"{n:016x}", DISABLE, state) for n, state in enumerate(states)
    )
    return replace(change(targets=targets), **fields)  # type: ignore[arg-type]  # its own fields


def derived(states: Sequence[TargetState]) -> RequestState:
    """Say how far a request is whose targets have come so far, and have moved at all."""
    if {T.PENDING, T.INTENDED} & set(states):
        return S.EXECUTING
    return S.UNRESOLVED if T.UNKNOWN in states else S.FINISHED


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([T.INTENDED], S.EXECUTING),
        ([T.REFUSED], S.FINISHED),
        ([T.INTENDED, T.PENDING], S.EXECUTING),
        ([T.REFUSED, T.PENDING], S.EXECUTING),
        ([T.REFUSED, T.UNCHANGED, T.FAILED], S.FINISHED),
        ([T.CANCELLED, T.CANCELLED], S.FINISHED),
    ],
)
async def test_the_state_follows_from_the_targets(
    here: Workshop, states: list[TargetState], state: RequestState
) -> None:
    """From the first that moves on until each has its outcome."""
    request = several(*[T.PENDING] * len(states))
    await here.put(request)
    part = progress(here)
    moved = [
        part.reached(target, to)
        for target, to in zip(request.targets, states, strict=True)
        if to is not T.PENDING
    ]

    recorded = await part.record(request, moved)

    assert recorded.state is state
    assert await here.request(request.id) == recorded


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every request has a new id
    deadline=None,
    max_examples=40,
)
@given(data=st.data(), count=st.integers(1, 4))
async def test_however_targets_move_the_state_is_theirs(
    here: Workshop, data: st.DataObject, count: int
) -> None:
    """Step by step, some at a time, until all have their outcomes; and nothing moves after that."""
    request = replace(several(*[T.PENDING] * count), id=new_change_id())
    await here.put(request)
    part = progress(here)

    while not request.state.final:
        open_ = [target for target in request.targets if not target.state.final]
        chosen = data.draw(st.lists(st.sampled_from(open_), min_size=1, unique=True))
        moved = []
        for target in chosen:
            arrows = [to for to in T if _allowed(target.state, to)]
            moved.append(part.reached(target, data.draw(st.sampled_from(arrows))))
        request = await part.record(request, moved)
        assert request.state is derived([target.state for target in request.targets])

    assert await here.request(request.id) == request
    assert [to for to in S if _possible(request.state, to)] == []


def _allowed(current: TargetState, to: TargetState) -> bool:
    try:
        move_target(current, to)
    except IllegalTransitionError:
        return False
    return True


def _possible(current: RequestState, to: RequestState) -> bool:
    try:
        move_request(current, to)
    except IllegalTransitionError:
        return False
    return True


async def test_several_are_recorded_together(here: Workshop) -> None:
    """All of them with their events, or none: a lost lease leaves no line in the record."""
    request = several(T.PENDING, T.PENDING)
    await here.put(request)
    part = progress(here)
    intended = [part.reached(each, T.INTENDED, before=TOKENS[0]) for each in request.targets]

    with pytest.raises(LeaseLostError):
        await part.record(replace(request, lease="another's"), intended)
    with pytest.raises(MovedOnError):
        await part.record(replace(request, version=1), intended)
    untouched = await here.request(request.id)
    nothing = await here.tags()
    recorded = await part.record(request, intended)

    assert (untouched, nothing) == (request, [])
    assert [target.intended_at for target in recorded.targets] == [NOON, NOON]
    events = await here.events()
    assert [(e.tag.value, e.authorization_id) for e in events] == [
        ("change.intended", f"{n:016x}") for n in range(2)
    ]


async def test_without_a_change_nothing_is_recorded(here: Workshop) -> None:
    """The request is given back as it was."""
    request = several(T.PENDING)
    await here.put(request)

    assert await progress(here).record(request, []) is request
    assert await here.tags() == []


@pytest.mark.parametrize("reference", ["undo_of", "retry_of", "again_of"])
@pytest.mark.parametrize(
    ("outcomes", "given_back"),
    [
        ([T.REFUSED, T.FAILED], True),
        ([T.UNCHANGED], True),
        ([T.INTENDED, T.REFUSED], False),
    ],
)
async def test_what_changed_nothing_gives_its_reservation_back(
    here: Workshop, *, reference: str, outcomes: list[TargetState], given_back: bool
) -> None:
    """Others may take what it had reserved; while it is under way they may not."""
    original = active_again(id="000001")
    request = several(*[T.PENDING] * len(outcomes), **{reference: original.id})
    await here.put(original, request)
    async with here.store.transaction() as transaction:
        assert await transaction.claim_undo(original.id, request.id)
        assert await transaction.claim_retry(original.id, request.id)
        key = ("default", TOKEN_ID)
        assert await transaction.claim_again(original.id, [key], request.id) == [key]
    part = progress(here)

    await part.record(
        request,
        [part.reached(t, to) for t, to in zip(request.targets, outcomes, strict=True)],
    )

    kept = await here.request(original.id)
    free = {
        "undo_of": kept.undone_by is None,
        "retry_of": kept.retried_by is None,
        "again_of": kept.again_by(0) is None,
    }
    assert free == {each: given_back and each == reference for each in free}


@pytest.mark.parametrize("outcome", [T.DONE, T.APPLIED, T.LOST])
async def test_what_may_have_changed_something_keeps_its_reservation(
    here: Workshop, outcome: TargetState
) -> None:
    """Though others of its targets were refused."""
    original = done(id="000001")
    request = several(T.INTENDED, T.PENDING, undo_of=original.id, state=S.EXECUTING)
    await here.put(original, request)
    async with here.store.transaction() as transaction:
        await transaction.claim_undo(original.id, request.id)
    part = progress(here)
    first, second = request.targets

    ended = await part.record(
        request, [part.reached(first, outcome), part.reached(second, T.FAILED)]
    )

    assert ended.state is S.FINISHED
    assert (await here.request(original.id)).undone_by == request.id


@pytest.mark.parametrize("state", [S.EXPIRED, S.CANCELLED, S.VOIDED])
async def test_what_is_closed_gives_its_reservation_back(
    here: Workshop, state: RequestState
) -> None:
    """And says why, in the request and in the record."""
    original = done(id="000001")
    request = several(T.PENDING, undo_of=original.id, retry_of=original.id)
    await here.put(original, request)
    async with here.store.transaction() as transaction:
        await transaction.claim_undo(original.id, request.id)
        await transaction.claim_retry(original.id, request.id)

    closed = await progress(here).closed(request, state, EXPIRED)

    assert closed == replace(request, state=state, closing=EXPIRED)
    assert await here.request(request.id) == closed
    kept = await here.request(original.id)
    assert (kept.undone_by, kept.retried_by) == (None, None)
    assert [e.detail["message"] for e in await here.events()] == [EXPIRED.message]


async def test_a_timer_starts_with_the_end(here: Workshop) -> None:
    """Stored with it, so that no crash in between leaves a token closed for ever."""
    request = several(T.INTENDED, state=S.EXECUTING, timer=Timer(timedelta(hours=2)))
    await here.put(request)
    here.later(timedelta(minutes=1))
    part = progress(here)

    ended = await part.record(request, [part.reached(request.targets[0], T.DONE)])

    assert ended.timer == Timer(timedelta(hours=2), ends_at=NOON + timedelta(minutes=121))
    assert await here.request(request.id) == ended


async def test_what_is_shown_is_named_in_the_record(here: Workshop) -> None:
    """With the digest of what there was to see, until when, and who may agree."""
    request = several(T.PENDING)
    await here.put(request)
    approval = Approval("disabling needs an approval", ("U0BOB",), 1)

    shown = await progress(here).shown(request, S.AWAITING_APPROVAL, NOON, approval)

    assert shown == replace(request, state=S.AWAITING_APPROVAL, expires_at=NOON, approval=approval)
    assert await here.request(request.id) == shown
    (event,) = await here.events()
    assert (event.tag.value, event.detail["rule"], event.detail["quorum"]) == (
        "approval.asked",
        "disabling needs an approval",
        1,
    )
    assert len(str(event.detail["digest"])) == 16


async def test_votes_that_lapsed_are_dropped_as_it_is_asked_again(here: Workshop) -> None:
    """Those that count stay; the record names whose do not."""
    approval = Approval("rule", ("U0BOB", "U0CAROL"), 2)
    request = several(T.PENDING, state=S.AWAITING_APPROVAL, approval=approval)
    await here.put(request)
    async with here.store.transaction() as transaction:
        await transaction.add_vote(request.id, Vote(BOB, NOON), NOON)
        voted = await transaction.add_vote(request.id, Vote(CAROL, NOON), NOON)
        assert voted is not None
        await transaction.move_on(replace(voted, state=S.ACCEPTED), S.AWAITING_APPROVAL, NOON)
    request = await here.request(request.id)
    counting = replace(approval, votes=(Vote(CAROL, NOON),))

    await progress(here).shown(request, S.AWAITING_APPROVAL, NOON, counting, lapsed=["U0BOB"])

    assert (await here.request(request.id)).approval == counting
    lapsed, asked = await here.events()
    assert (lapsed.tag.value, lapsed.detail["voters"]) == ("approval.lapsed", ["U0BOB"])
    assert asked.tag.value == "approval.asked"


async def test_what_was_prepared_may_be_over(here: Workshop) -> None:
    """With every target left out there is nothing to show."""
    request = several(T.PENDING, T.PENDING)
    await here.put(request)
    part = progress(here)
    refused = [part.reached(each, T.REFUSED, problem=REFUSED) for each in request.targets]

    half = await part.prepared(replace(request.with_targets(refused[0]), prepared=True))
    whole = await part.prepared(request.with_targets(*refused))

    assert (half.state, half.prepared) == (S.ACCEPTED, True)
    assert whole.state is S.FINISHED
    assert await here.request(request.id) == whole


async def test_what_was_selected_is_stored_with_the_request(here: Workshop) -> None:
    """Its targets are new."""
    request = change(targets=(), selection=Selection("default", "alice", DISABLE))
    await here.put(request)
    found = tuple(Target("default", each.id, DISABLE, before=each) for each in TOKENS)

    prepared = await progress(here).prepared(replace(request, targets=found, prepared=True))

    assert await here.request(request.id) == prepared
    assert await here.tags() == []


async def test_what_selected_nothing_came_to_nothing(here: Workshop) -> None:
    """It is finished, and says why."""
    request = change(targets=(), selection=Selection("default", "alice", DISABLE))
    await here.put(request)
    nobody = Problem(ErrorCode.NOTHING_SELECTED, "alice has no active token.")

    ended = await progress(here).came_to_nothing(request, nobody)

    assert (ended.state, ended.closing) == (S.FINISHED, nobody)
    assert await here.request(request.id) == ended
    assert [(e.tag.value, e.detail["code"]) for e in await here.events()] == [
        ("change.refused", "nothing_selected")
    ]


async def test_what_is_held_back_is_no_interruption(here: Workshop) -> None:
    """It goes on where it stood; a crash in the middle is counted and recorded."""
    request = several(T.INTENDED, state=S.EXECUTING)
    sent = tuple(replace(each, intended_at=here.now) for each in request.targets)
    await here.put(request)
    part = progress(here)

    held = await part.held_back(request, "changes are stopped")
    same = await part.held_back(held, "changes are stopped")
    stored = await here.request(request.id)
    again = await part.take_up(held)
    known = await part.take_up(replace(held, targets=sent))
    interrupted = await part.take_up(replace(held, targets=sent, held_back=""))

    assert (held.held_back, same is held, stored) == ("changes are stopped", True, held)
    assert (again.held_back, again.interrupted) == ("", 0)
    assert (known.held_back, known.interrupted) == ("", 0)
    assert (interrupted.held_back, interrupted.interrupted) == ("", 1)
    assert await here.tags() == ["change.interrupted"]
