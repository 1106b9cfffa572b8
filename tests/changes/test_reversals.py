"""Undo and retry, through the real database: one reservation decides."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.changes.authorization import Status
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.people import Person
from bot.changes.policy import ApprovalRules, Limits
from bot.changes.request import ChangeRequest, Drift, Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain, Target
from bot.changes.update import AuthorizationUpdate, ChangeKind
from tests.changes.conftest import TOKENS
from tests.changes.samples import ALICE, BOB, DISABLE, NOON, change, done
from tests.changes.workshop import CAROL, DAVE, EVE, POLICY, Workshop

ENABLE = AuthorizationUpdate(Status.ACTIVE)
ID = "7F3K2Q"
S, T = RequestState, TargetState


def target(number: int, state: TargetState) -> Target:
    """Make a target of a disable that has ended so."""
    before = TOKENS[number]
    after = replace(before, status=Status.INACTIVE, revision=2) if state is T.DONE else None
    return Target("default", before.id, DISABLE, state, before, after, finished_at=NOON)


def ended(*states: TargetState, **fields: Any) -> ChangeRequest:
    """Make a disable of tokens that have ended so."""
    targets = tuple(target(n, state) for n, state in enumerate(states))
    return done(targets=targets, **fields)


async def problem_of(here: Workshop, what: str, change_id: str | None, person: Person) -> Problem:
    """Have somebody undo or retry, in vain."""
    with pytest.raises(UserError) as raised:
        await ask(here, what, change_id, person)
    return raised.value.problem


async def ask(
    here: Workshop, what: str, change_id: str | None = ID, person: Person = ALICE
) -> ChangeRequest:
    """Have somebody undo or retry."""
    if what == "undo":
        return await here.heart.reversals.undo(here.ask(person), change_id)
    assert change_id is not None
    return await here.heart.reversals.retry(here.ask(person), change_id)


async def test_an_undo_restores_what_was_before_each(here: Workshop) -> None:
    """One request for all that was done; the change is reserved for it."""
    await here.put(ended(T.DONE, T.REFUSED, T.DONE))

    undo = await ask(here, "undo", person=DAVE)

    assert undo.targets == tuple(Target("default", TOKENS[n].id, ENABLE) for n in (0, 2))
    assert (undo.undo_of, undo.requester, undo.several) == (ID, DAVE, True)
    assert (await here.request(ID)).undone_by == undo.id
    (event,) = await here.events()
    assert (event.tag.value, event.detail["asked"], event.detail["undo_of"]) == (
        "request.accepted",
        "undo",
        ID,
    )


async def test_a_retry_asks_for_what_failed_once_more(here: Workshop) -> None:
    """As it was asked for, and for the same reason."""
    await here.put(ended(T.DONE, T.FAILED, T.REFUSED, T.FAILED, reason="leaked"))

    retry = await ask(here, "retry", person=DAVE)

    assert retry.targets == tuple(Target("default", TOKENS[n].id, DISABLE) for n in (1, 3))
    assert (retry.retry_of, retry.reason, retry.undo_of) == (ID, "leaked", None)
    assert (await here.request(ID)).retried_by == retry.id


async def test_a_retried_undo_is_an_undo(here: Workshop) -> None:
    """So that it does not trample on what came since."""
    first = ended(T.DONE, id="000001")
    await here.put(first, ended(T.FAILED, id="000002", undo_of=first.id))

    retry = await ask(here, "retry", "000002")

    assert (retry.undo_of, retry.retry_of) == ("000001", "000002")


async def test_the_latest_change_here_is_undone(here: Workshop) -> None:
    """One's own, in this channel, and only that."""
    await here.put(
        ended(T.DONE, id="000001"),
        ended(T.DONE, id="000002", requester=DAVE),
        ended(T.DONE, id="000003", origin=replace(done().origin, channel_id="C0OTHER")),
    )

    undo = await ask(here, "undo", None)

    assert undo.undo_of == "000001"


async def test_what_is_undone_already_is_said_and_no_earlier_change_is_undone(
    here: Workshop,
) -> None:
    """Pressing twice must not go further back."""
    await here.put(ended(T.DONE, id="000001"), ended(T.DONE, id="000002"))
    undo = await ask(here, "undo", None)

    problem = await problem_of(here, "undo", None, ALICE)

    assert problem.code is ErrorCode.BEING_UNDONE
    assert f"is already being undone, as change {undo.id}" in problem.message
    assert problem.hint == "To undo an earlier change, name it: /token undo CHANGE."
    assert (await here.request("000001")).undone_by is None


@pytest.mark.parametrize(
    ("what", "request_", "code"),
    [
        ("undo", change(), ErrorCode.NOT_FINISHED),
        ("undo", change(state=S.DENIED), ErrorCode.NOT_UNDOABLE),
        ("undo", ended(T.REFUSED), ErrorCode.NOT_UNDOABLE),
        ("retry", ended(T.DONE), ErrorCode.NOTHING_TO_RETRY),
        ("retry", change(), ErrorCode.NOTHING_TO_RETRY),
    ],
)
async def test_what_cannot_be_is_said_and_recorded(
    here: Workshop, what: str, request_: ChangeRequest, code: ErrorCode
) -> None:
    """And nothing is reserved."""
    await here.put(request_)

    problem = await problem_of(here, what, ID, ALICE)

    assert problem.code is code
    assert await here.request(ID) == request_
    (event,) = await here.events()
    assert (event.tag.value, event.detail["asked"], event.detail["code"]) == (
        "request.refused",
        what,
        code.value,
    )


@pytest.mark.parametrize("what", ["undo", "retry"])
async def test_what_is_not_there_is_neither_undone_nor_retried(here: Workshop, what: str) -> None:
    """And recorded as such."""
    assert (await problem_of(here, what, "ZZZZZZ", ALICE)).code is ErrorCode.UNKNOWN_CHANGE
    assert await here.tags() == ["request.refused"]


async def test_whoever_asked_for_nothing_here_has_nothing_to_undo(here: Workshop) -> None:
    """Named, a change of somebody else can be."""
    await here.put(ended(T.DONE))

    problem = await problem_of(here, "undo", None, DAVE)

    assert problem.message == (
        "You have asked for no change in this channel that had an effect. Nothing was changed."
    )


async def test_its_window_is_the_policys(here: Workshop) -> None:
    """At the moment of asking."""
    here.policy = replace(POLICY, undo_window=timedelta(hours=1))
    await here.put(ended(T.DONE))
    here.later(timedelta(hours=1, microseconds=1))

    problem = await problem_of(here, "undo", ID, ALICE)

    assert problem.code is ErrorCode.UNDO_WINDOW_OVER


@pytest.mark.parametrize("what", ["undo", "retry"])
async def test_whoever_may_not_reserves_nothing(here: Workshop, what: str) -> None:
    """Somebody else can still do it."""
    await here.put(ended(T.DONE, T.FAILED))

    problem = await problem_of(here, what, ID, EVE)
    request = await ask(here, what)

    assert problem.code is ErrorCode.NOT_ALLOWED
    assert request.requester == ALICE


async def test_a_stop_of_all_changes_reserves_nothing(here: Workshop) -> None:
    """An undo is a change like any other."""
    here.policy = replace(POLICY, limits=Limits(read_only="READ_ONLY"))
    await here.put(ended(T.DONE))

    assert (await problem_of(here, "undo", ID, ALICE)).code is ErrorCode.NOT_ALLOWED
    assert (await here.request(ID)).undone_by is None


async def test_an_undo_is_judged_as_what_it_causes(here: Workshop) -> None:
    """That of a disable enables, which may need a second person; it is reserved meanwhile."""
    here.policy = replace(POLICY, approval=ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE})))
    await here.put(ended(T.DONE))

    undo = await ask(here, "undo")

    assert undo.approval is not None
    assert undo.approval.rule == "enabling needs an approval"
    assert (await here.request(ID)).undone_by == undo.id


@pytest.mark.parametrize("what", ["undo", "retry"])
async def test_of_several_at_once_one_wins(here: Workshop, what: str) -> None:
    """The others are told who was first, and by which change."""
    await here.put(ended(T.DONE, T.FAILED))
    people = [ALICE, BOB, CAROL, DAVE]

    async def press(person: Person) -> ChangeRequest | Problem:
        try:
            return await ask(here, what, ID, person)
        except UserError as error:
            return error.problem

    told = await asyncio.gather(*(press(person) for person in people))

    (winner,) = [each for each in told if isinstance(each, ChangeRequest)]
    losers = [each for each in told if isinstance(each, Problem)]
    assert {(each.code, each.by) for each in losers} == {
        (
            ErrorCode.BEING_UNDONE if what == "undo" else ErrorCode.ALREADY_RETRIED,
            winner.requester.user_id,
        )
    }
    assert len(losers) == 3
    assert all(winner.id in each.message for each in losers)
    assert (await here.tags()).count("request.accepted") == 1


@pytest.mark.parametrize("what", ["undo", "retry"])
async def test_what_was_denied_can_be_asked_for_again(here: Workshop, what: str) -> None:
    """By anybody: the reservation is given back with the denial."""
    kinds = frozenset({ChangeKind.ENABLE, ChangeKind.DISABLE})
    here.policy = replace(POLICY, approval=ApprovalRules(needed_for=kinds))
    await here.put(ended(T.DONE, T.FAILED, announced=True))
    here.default.tokens[TOKENS[0].id] = replace(TOKENS[0], status=Status.INACTIVE, revision=2)
    async with here.working():
        first = await ask(here, what)
        await here.settled()
        assert (await here.request(first.id)).state is S.AWAITING_APPROVAL
        await here.heart.moves.deny(here.ask(BOB), first.id, "")

        again = await ask(here, what, ID, DAVE)

    assert again.id != first.id


async def test_what_expired_can_be_asked_for_again(here: Workshop) -> None:
    """The reservation is given back as its time is over."""
    here.policy = replace(POLICY, approval=ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE})))
    here.default.tokens[TOKENS[0].id] = replace(TOKENS[0], status=Status.INACTIVE, revision=2)
    await here.put(ended(T.DONE, announced=True))
    async with here.working():
        first = await ask(here, "undo")
        await here.settled()
        here.later(timedelta(minutes=30))
        await here.settled()

        expired = await here.request(first.id)
        again = await ask(here, "undo")

    assert expired.state is S.EXPIRED
    assert (again.undo_of, (await here.request(ID)).undone_by) == (ID, again.id)


@pytest.mark.parametrize("stopped_by", ["", "U0BOB"])
async def test_a_retry_of_a_timed_disable_ends_by_itself_as_well(
    here: Workshop, stopped_by: str
) -> None:
    """Whoever asked for two hours did not ask for ever; unless somebody has stopped the timer."""
    timer = Timer(timedelta(hours=2), stopped_by=stopped_by)
    await here.put(ended(T.FAILED, timer=timer))

    retry = await ask(here, "retry")

    assert retry.timer == (None if stopped_by else timer)


def two_drifts(**fields: Any) -> ChangeRequest:
    """Make a disable of four tokens, of which two were active at one look, and one at the next."""
    request = ended(T.DONE, T.DONE, T.DONE, T.DONE, reason="leaked", **fields)
    found = [
        replace(request.targets[n], active_again=ActiveAgain(TOKENS[n], drift))
        for n, drift in ((0, 0), (2, 0), (3, 1))
    ]
    return request.with_targets(*found).with_drift(Drift(0, NOON)).with_drift(Drift(1, NOON))


async def test_disable_again_takes_what_one_look_has_found(here: Workshop) -> None:
    """As a disable like any other, for the same reason; what it found at another look stays."""
    await here.put(two_drifts())

    again = await here.heart.reversals.disable_again(here.ask(DAVE), ID, 0)

    assert again.targets == tuple(Target("default", TOKENS[n].id, DISABLE) for n in (0, 2))
    assert (again.again_of, again.reason, again.requester) == (ID, "leaked", DAVE)
    kept = await here.request(ID)
    assert (kept.again_by(0), kept.again_by(1)) == (again.id, None)
    (event,) = await here.events()
    assert (event.tag.value, event.detail["again_of"]) == ("request.accepted", ID)


@pytest.mark.parametrize(
    ("change_id", "drift", "code"),
    [
        ("ZZZZZZ", 0, ErrorCode.UNKNOWN_CHANGE),
        (ID, 2, ErrorCode.NOTHING_ACTIVE_AGAIN),
        (ID, -1, ErrorCode.NOTHING_ACTIVE_AGAIN),
    ],
)
async def test_what_cannot_be_disabled_again(
    here: Workshop, change_id: str, drift: int, code: ErrorCode
) -> None:
    """No such change, or nothing of it was found: said, and recorded."""
    await here.put(two_drifts())

    with pytest.raises(UserError) as error:
        await here.heart.reversals.disable_again(here.ask(DAVE), change_id, drift)

    assert error.value.problem.code is code
    assert await here.tags() == ["request.refused"]


async def test_of_several_disable_again_at_once_one_wins(here: Workshop) -> None:
    """The others are told who was first, and by which change."""
    await here.put(two_drifts())

    async def press(person: Person) -> ChangeRequest | Problem:
        try:
            return await here.heart.reversals.disable_again(here.ask(person), ID, 0)
        except UserError as error:
            return error.problem

    told = await asyncio.gather(*(press(person) for person in (ALICE, BOB, CAROL, DAVE)))

    (winner,) = [each for each in told if isinstance(each, ChangeRequest)]
    losers = [each for each in told if isinstance(each, Problem)]
    assert {(each.code, each.by) for each in losers} == {
        (ErrorCode.ALREADY_DISABLED_AGAIN, winner.requester.user_id)
    }
    assert len(losers) == 3
    assert all(winner.id in each.message for each in losers)


async def test_who_may_not_disable_again_reserves_nothing(here: Workshop) -> None:
    """Denied, and anybody else may press it."""
    await here.put(two_drifts())

    with pytest.raises(UserError) as error:
        await here.heart.reversals.disable_again(here.ask(EVE), ID, 0)

    assert error.value.problem.code is ErrorCode.NOT_ALLOWED
    assert (await here.request(ID)).again_by(0) is None
