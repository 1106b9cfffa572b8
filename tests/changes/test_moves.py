"""What people do to a request that is under way, through the real database."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.changes.approval import Approval
from bot.changes.errors import ErrorCode, Problem, RepeatedDeliveryError, UserError
from bot.changes.people import Account, Person, Standing
from bot.changes.policy import ApprovalRules, ChannelRules, Limits, Roles
from bot.changes.request import ChangeRequest, Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Choice, Target
from bot.changes.update import ChangeKind
from tests.changes.conftest import TOKENS
from tests.changes.samples import ALICE, BOB, DISABLE, NOON, TOKEN_ID, active_again, change, done
from tests.changes.workshop import CAROL, DAVE, EVE, POLICY, Workshop

S, T = RequestState, TargetState
ID = "7F3K2Q"
LATER = NOON + timedelta(minutes=10)
TWO = tuple(Target("default", each.id, DISABLE, before=each) for each in TOKENS[:2])
ASKED = Approval("disabling needs an approval", ("U0BOB", "U0CAROL"), 1)


def previewed(**fields: Any) -> ChangeRequest:
    """Make Alice's request of two tokens, which she has not confirmed yet."""
    usual = change(targets=TWO, state=S.PREVIEWED, prepared=True, expires_at=LATER)
    return replace(usual, **fields)


def awaiting(quorum: int = 1, **fields: Any) -> ChangeRequest:
    """Make Alice's request, which waits for approval."""
    usual = change(
        state=S.AWAITING_APPROVAL,
        prepared=True,
        expires_at=LATER,
        approval=replace(ASKED, quorum=quorum),
    )
    return replace(usual, **fields)


async def move(here: Workshop, name: str, person: Person = ALICE, **more: str) -> ChangeRequest:
    """Have somebody press a button."""
    moves, ask = here.heart.moves, here.ask(person)
    if name == "confirm":
        return await moves.confirm(ask, ID, **more)
    if name == "approve":
        return await moves.approve(ask, ID)
    if name == "deny":
        return await moves.deny(ask, ID, more.get("reason", ""))
    return await moves.cancel(ask, ID)


async def refused(here: Workshop, name: str, person: Person = ALICE, **more: str) -> Problem:
    """Have somebody press a button, in vain."""
    with pytest.raises(UserError) as raised:
        await move(here, name, person, **more)
    return raised.value.problem


async def kept(here: Workshop) -> ChangeRequest:
    """Give the request as it is recorded."""
    return await here.request(ID)


async def test_the_requester_confirms(here: Workshop) -> None:
    """It is the executor's turn then, at once; the record says who and when."""
    await here.put(previewed())
    here.later(timedelta(minutes=1))

    confirmed = await move(here, "confirm")

    assert confirmed == previewed(state=S.ACCEPTED, confirmed_at=here.now, expires_at=None)
    assert await kept(here) == replace(confirmed, version=1)
    (event,) = await here.events()
    assert (event.tag.value, event.actor, event.change_id) == ("request.confirmed", "U0ALICE", ID)
    async with here.store.transaction() as transaction:
        assert len(await transaction.claim("a", here.now, timedelta(), 9)) == 1


@pytest.mark.parametrize("person", [DAVE, BOB])
async def test_nobody_else_confirms(here: Workshop, person: Person) -> None:
    """Neither another operator nor an approver: they have not asked for it."""
    await here.put(previewed())

    problem = await refused(here, "confirm", person)

    assert (problem.code, problem.by) == (ErrorCode.NOT_YOURS, "U0ALICE")
    assert await kept(here) == previewed()
    (event,) = await here.events()
    assert (event.tag.value, event.actor, event.detail["asked"]) == (
        "request.refused",
        person.user_id,
        "confirm",
    )


@pytest.mark.parametrize("name", ["confirm", "approve", "deny", "cancel"])
async def test_whoever_holds_no_role_moves_nothing(here: Workshop, name: str) -> None:
    """They are denied, and that is recorded with the change that it was about."""
    request = previewed() if name == "confirm" else awaiting()
    await here.put(request)

    problem = await refused(here, name, EVE)

    assert (problem.code, problem.message) == (
        ErrorCode.NOT_ALLOWED,
        (
            "Not allowed: you hold no role, and this takes an "
            f"{'operator' if name == 'confirm' else 'approver'}. Nothing was changed."
        ),
    )
    assert await kept(here) == request
    (event,) = await here.events()
    assert (event.tag.value, event.change_id, event.detail["asked"]) == (
        "request.denied",
        ID,
        name,
    )


@pytest.mark.parametrize(
    ("standing", "policy"),
    [
        (Standing(Account.DEACTIVATED), POLICY),
        (Standing(Account.BOT), POLICY),
        (Standing(), replace(POLICY, roles=Roles(approver=frozenset({"U0BOB"})))),
        (Standing(), replace(POLICY, home=replace(POLICY.home, team_id="T0OTHER"))),
        (Standing(), replace(POLICY, channels=ChannelRules(allowed=frozenset({"C0OTHER"})))),
    ],
    ids=["deactivated", "bot", "no operator any more", "elsewhere", "another channel"],
)
async def test_whoever_may_not_any_more_does_not_confirm(
    here: Workshop, standing: Standing, policy: Any
) -> None:
    """Judged at the click, and not when it was asked."""
    await here.put(previewed())
    here.directory.standings["U0ALICE"] = standing
    here.policy = policy

    problem = await refused(here, "confirm")

    assert problem.code is ErrorCode.NOT_ALLOWED
    assert await kept(here) == previewed()


@pytest.mark.parametrize("name", ["confirm", "approve", "deny", "cancel"])
async def test_a_stop_of_all_changes_stops_nobody_from_deciding(here: Workshop, name: str) -> None:
    """Deciding changes no token; what is decided waits for the end of the stop."""
    here.policy = replace(POLICY, limits=Limits(read_only="READ_ONLY"))
    await here.put(previewed() if name == "confirm" else awaiting())

    moved = await move(here, name, ALICE if name in {"confirm", "cancel"} else BOB)

    assert moved.state is {"confirm": S.ACCEPTED, "approve": S.ACCEPTED, "deny": S.DENIED}.get(
        name, S.CANCELLED
    )


async def test_an_approver_approves(here: Workshop) -> None:
    """With one vote where one is enough; who and when stays with the request."""
    await here.put(awaiting())

    granted = await move(here, "approve", BOB)

    assert granted.state is S.ACCEPTED
    assert granted.approval is not None
    assert (granted.approval.granted_at, [v.voter for v in granted.approval.votes]) == (NOON, [BOB])
    assert replace(await kept(here), version=0) == replace(granted, version=0)
    assert await here.tags() == ["approval.voted", "approval.granted"]


@pytest.mark.parametrize("name", ["approve", "deny"])
async def test_an_operator_decides_about_nothing(here: Workshop, name: str) -> None:
    """That takes an approver; the answer says who is one."""
    await here.put(awaiting())

    problem = await refused(here, name, DAVE)

    assert problem.code is ErrorCode.NOT_ALLOWED
    assert problem.helpers == ("U0BOB", "U0CAROL")
    assert await kept(here) == awaiting()


async def test_two_have_to_agree_where_two_are_wanted(here: Workshop) -> None:
    """The first vote is kept and counted; the second one decides."""
    await here.put(awaiting(quorum=2))

    first = await move(here, "approve", BOB)
    between = await kept(here)
    second = await move(here, "approve", CAROL)

    assert (first.state, between.state, second.state) == (
        S.AWAITING_APPROVAL,
        S.AWAITING_APPROVAL,
        S.ACCEPTED,
    )
    assert between.approval is not None
    assert between.approval.granted_at is None
    assert second.approval is not None
    assert [vote.voter for vote in second.approval.votes] == [BOB, CAROL]
    assert [
        (e.tag.value, e.actor, e.detail.get("votes"), e.detail.get("quorum"))
        for e in await here.events()
    ] == [
        ("approval.voted", "U0BOB", 1, 2),
        ("approval.voted", "U0CAROL", 2, 2),
        ("approval.granted", "U0CAROL", None, None),
    ]


async def test_the_same_person_agrees_once(here: Workshop) -> None:
    """A second press is no second vote, and says so."""
    await here.put(awaiting(quorum=2))
    await move(here, "approve", BOB)

    problem = await refused(here, "approve", BOB)

    assert problem.code is ErrorCode.ALREADY_DECIDED
    assert "it has 1 of 2 votes" in problem.message
    request = await kept(here)
    assert request.approval is not None
    assert [vote.voter for vote in request.approval.votes] == [BOB]
    assert request.state is S.AWAITING_APPROVAL


@pytest.mark.parametrize("self_approval", [False, True])
async def test_ones_own_approval_counts_only_where_that_is_allowed(
    here: Workshop, *, self_approval: bool
) -> None:
    """Bob, who is an approver, has asked himself."""
    here.policy = replace(POLICY, approval=ApprovalRules(self_approval=self_approval))
    await here.put(awaiting(requester=BOB))

    if self_approval:
        assert (await move(here, "approve", BOB)).state is S.ACCEPTED
        return
    problem = await refused(here, "approve", BOB)

    assert (problem.code, problem.message, problem.hint) == (
        ErrorCode.NOT_ALLOWED,
        (
            "Not allowed: you asked for this change yourself, and self_approval is off. "
            "Nothing was changed."
        ),
        "Another approver has to agree.",
    )
    assert problem.helpers == ("U0BOB", "U0CAROL")
    assert await kept(here) == awaiting(requester=BOB)
    assert await here.tags() == ["request.denied"]


async def test_ones_own_denial_is_a_denial(here: Workshop) -> None:
    """Whoever asked and is an approver may take it back in either way."""
    await here.put(awaiting(requester=BOB))

    assert (await move(here, "deny", BOB, reason="a mistake")).state is S.DENIED


@pytest.mark.parametrize(("reason", "said"), [("", ""), ("in use", " The reason: “in use”")])
async def test_an_approver_denies(here: Workshop, reason: str, said: str) -> None:
    """Who and why stays with the request and in the record; nothing is sent."""
    await here.put(awaiting())

    denied = await move(here, "deny", CAROL, reason=reason)

    assert denied.closing == Problem(ErrorCode.DENIED, f"Nothing was changed.{said}", by="U0CAROL")
    assert await kept(here) == replace(denied, version=1)
    (event,) = await here.events()
    assert (event.tag.value, event.actor, event.detail.get("reason", "")) == (
        "approval.denied",
        "U0CAROL",
        reason,
    )


async def test_whether_somebody_may_deny_is_asked_before_they_are_asked_why(
    here: Workshop,
) -> None:
    """Nothing is moved by it."""
    await here.put(awaiting())

    await here.heart.moves.may_deny(here.ask(BOB), ID)
    with pytest.raises(UserError) as raised:
        await here.heart.moves.may_deny(here.ask(DAVE), ID)

    assert raised.value.problem.code is ErrorCode.NOT_ALLOWED
    assert await kept(here) == awaiting()


@pytest.mark.parametrize(("name", "person"), [("confirm", ALICE), ("approve", BOB), ("deny", BOB)])
async def test_what_has_expired_is_not_decided(here: Workshop, name: str, person: Person) -> None:
    """From its very moment on, though nobody has noted it yet."""
    request = previewed() if name == "confirm" else awaiting()
    await here.put(request)
    here.later(timedelta(minutes=10))

    problem = await refused(here, name, person)

    assert (problem.code, problem.message) == (
        ErrorCode.EXPIRED,
        f"Change {ID} has expired at 12:10:00 UTC. Nothing was changed.",
    )
    assert await kept(here) == request


@pytest.mark.parametrize("name", ["confirm", "approve", "deny"])
@pytest.mark.parametrize("state", list(RequestState))
async def test_whoever_comes_too_late_is_told_what_became_of_it(
    here: Workshop, name: str, state: RequestState
) -> None:
    """In every state but the one that waits for them."""
    closing = Problem(ErrorCode.CANCELLED, "Cancelled.", by="U0DAVE") if state.closed else None
    request = change(state=state, closing=closing)
    if state is (S.PREVIEWED if name == "confirm" else S.AWAITING_APPROVAL):
        return
    await here.put(request)

    problem = await refused(here, name, ALICE if name == "confirm" else BOB)

    assert problem.code is ErrorCode.ALREADY_DECIDED
    assert problem.by == ("U0DAVE" if state.closed else "")
    assert await kept(here) == request


async def test_whoever_votes_after_it_was_approved_is_told_who_did(here: Workshop) -> None:
    """The last of those who agreed."""
    await here.put(awaiting(quorum=2))
    await move(here, "approve", BOB)
    await move(here, "approve", CAROL)

    problems = [await refused(here, name, BOB) for name in ("approve", "deny")]

    assert {(p.code, p.message, p.by) for p in problems} == {
        (
            ErrorCode.ALREADY_DECIDED,
            f"Change {ID} is already approved and under way. Nothing more was changed.",
            "U0CAROL",
        )
    }


async def test_whoever_votes_after_it_was_denied_is_told_who_did(here: Workshop) -> None:
    """And whoever would deny it once more, too."""
    await here.put(awaiting())
    await move(here, "deny", BOB)

    problems = [await refused(here, name, CAROL) for name in ("approve", "deny")]

    assert {(p.message, p.by) for p in problems} == {
        (f"Change {ID} was denied. Nothing more was changed.", "U0BOB")
    }


@pytest.mark.parametrize(
    ("request_", "person"),
    [
        (change(state=S.ACCEPTED), ALICE),
        (change(state=S.ACCEPTED), BOB),
        (previewed(), ALICE),
        (previewed(), CAROL),
        (awaiting(), ALICE),
        (awaiting(), BOB),
    ],
)
async def test_what_has_not_begun_is_cancelled(
    here: Workshop, request_: ChangeRequest, person: Person
) -> None:
    """By whoever asked for it, or by an approver."""
    await here.put(request_)

    cancelled = await move(here, "cancel", person)

    assert cancelled == replace(
        request_,
        state=S.CANCELLED,
        closing=Problem(ErrorCode.CANCELLED, "Nothing was changed.", by=person.user_id),
    )
    assert await kept(here) == replace(cancelled, version=1)
    assert await here.tags() == ["request.cancelled"]


@pytest.mark.parametrize("state", [s for s in RequestState if not s.final])
async def test_another_operator_cancels_nothing(here: Workshop, state: RequestState) -> None:
    """It takes who asked for it, or an approver."""
    await here.put(change(state=state))

    problem = await refused(here, "cancel", DAVE)

    assert problem.code is ErrorCode.NOT_ALLOWED
    assert await kept(here) == change(state=state)


async def test_the_rest_of_what_is_carried_out_is_cancelled(here: Workshop) -> None:
    """The executor is not disturbed: it finds out, and what is on its way arrives."""
    request = previewed(state=S.EXECUTING)
    await here.put(request)

    cancelled = await move(here, "cancel")
    problem = await refused(here, "cancel", BOB)

    assert cancelled == replace(request, cancelled_by="U0ALICE")
    assert await kept(here) == cancelled
    assert problem.code is ErrorCode.NOT_CANCELLABLE
    assert await here.tags() == ["request.cancelled", "request.refused"]


@pytest.mark.parametrize("state", [s for s in RequestState if s.final or s is S.UNRESOLVED])
async def test_what_is_over_is_not_cancelled(here: Workshop, state: RequestState) -> None:
    """There is nothing left to stop."""
    await here.put(change(state=state))

    problem = await refused(here, "cancel")

    assert problem.code is ErrorCode.NOT_CANCELLABLE
    assert await kept(here) == change(state=state)


@pytest.mark.parametrize("person", [ALICE, DAVE, BOB])
async def test_whoever_may_change_tokens_stops_a_timer(here: Workshop, person: Person) -> None:
    """It keeps closed what is closed; the message is drawn anew."""
    timer = Timer(timedelta(hours=2), ends_at=NOON + timedelta(hours=2))
    await here.put(done(timer=timer, announced=True))

    stopped = await move(here, "cancel", person)

    assert stopped.timer == replace(timer, ends_at=None, stopped_by=person.user_id)
    assert (stopped.announced, stopped.version) == (False, 1)
    assert await here.tags() == ["timer.stopped"]


async def test_a_stopped_timer_is_not_stopped_again(here: Workshop) -> None:
    """And what it changed can still be undone, as the answer says."""
    timer = Timer(timedelta(hours=2), ends_at=NOON + timedelta(hours=2))
    await here.put(done(timer=timer))
    await move(here, "cancel", DAVE)

    problem = await refused(here, "cancel")

    assert (problem.code, problem.hint) == (
        ErrorCode.NOT_CANCELLABLE,
        f"What it changed can be taken back: /token undo {ID}.",
    )


@pytest.mark.parametrize(("name", "person"), [("deny", BOB), ("cancel", ALICE)])
async def test_what_is_closed_frees_what_it_had_reserved(
    here: Workshop, name: str, person: Person
) -> None:
    """The change can be undone, and tried again, by others."""
    original = active_again(id="000001")
    await here.put(
        original, awaiting(undo_of=original.id, retry_of=original.id, again_of=original.id)
    )
    async with here.store.transaction() as transaction:
        await transaction.claim_undo(original.id, ID)
        await transaction.claim_retry(original.id, ID)
        await transaction.claim_again(original.id, [("default", TOKEN_ID)], ID)

    await move(here, name, person)

    freed = await here.request(original.id)
    assert (freed.undone_by, freed.retried_by, freed.again_by(0)) == (None, None, None)


async def test_approving_frees_nothing(here: Workshop) -> None:
    """It is under way."""
    original = done(id="000001")
    await here.put(original, awaiting(undo_of=original.id))
    async with here.store.transaction() as transaction:
        await transaction.claim_undo(original.id, ID)

    await move(here, "approve", BOB)

    assert (await here.request(original.id)).undone_by == ID


async def test_one_of_the_instances_is_chosen(two: Workshop) -> None:
    """Confirm says which; what was read there is what was shown."""
    choices = (Choice("default", TOKENS[0]), Choice("lab", TOKENS[1]))
    lost = Target("", TOKENS[0].id, DISABLE)
    await two.put(previewed(targets=(lost,), choices=choices))

    unsaid = await refused(two, "confirm")
    unknown = await refused(two, "confirm", instance="edge")
    chosen = await move(two, "confirm", instance="lab")

    assert (unsaid.code, unknown.code) == (ErrorCode.AMBIGUOUS, ErrorCode.AMBIGUOUS)
    assert (chosen.targets, chosen.choices) == (
        (replace(lost, instance="lab", before=TOKENS[1]),),
        (),
    )
    assert await two.request(ID) == replace(chosen, version=1)
    assert (await two.events())[-1].detail["instance"] == "lab"


@pytest.mark.parametrize("name", ["confirm", "approve", "deny", "cancel"])
async def test_what_is_not_there_is_said(here: Workshop, name: str) -> None:
    """And recorded."""
    problem = await refused(here, name, BOB)

    assert problem.code is ErrorCode.UNKNOWN_CHANGE
    assert await here.tags() == ["request.refused"]


async def test_a_repeated_delivery_moves_nothing(here: Workshop) -> None:
    """The same click, sent again by Slack, is one vote."""
    await here.put(awaiting(quorum=2))
    ask = here.ask(BOB)
    await here.heart.moves.approve(ask, ID)

    with pytest.raises(RepeatedDeliveryError):
        await here.heart.moves.approve(ask, ID)

    assert await here.tags() == ["approval.voted"]


async def both(here: Workshop, *moves: tuple[str, Person]) -> list[ChangeRequest | Problem]:
    """Let people press at once; give what each was told."""

    async def press(name: str, person: Person) -> ChangeRequest | Problem:
        try:
            return await move(here, name, person)
        except UserError as error:
            return error.problem

    return list(await asyncio.gather(*(press(*each) for each in moves)))


@pytest.mark.parametrize(
    "moves",
    [
        [("approve", BOB), ("approve", CAROL)],
        [("approve", BOB), ("deny", CAROL)],
        [("deny", BOB), ("approve", CAROL)],
        [("cancel", ALICE), ("approve", BOB)],
        [("deny", BOB), ("deny", CAROL), ("cancel", ALICE), ("approve", BOB)],
    ],
)
async def test_of_several_at_once_one_wins(here: Workshop, moves: list[tuple[str, Person]]) -> None:
    """The others are told so; the record has one decision."""
    await here.put(awaiting())

    told = await both(here, *moves)

    won = [each for each in told if isinstance(each, ChangeRequest)]
    lost = [each for each in told if isinstance(each, Problem)]
    assert (len(won), len(lost)) == (1, len(moves) - 1)
    assert {each.code for each in lost} <= {ErrorCode.ALREADY_DECIDED, ErrorCode.NOT_CANCELLABLE}
    assert (await kept(here)).state is won[0].state
    decisions = {"approval.granted", "approval.denied", "request.cancelled"}
    assert len([tag for tag in await here.tags() if tag in decisions]) == 1


async def test_whoever_cancels_what_was_approved_at_the_same_moment(here: Workshop) -> None:
    """It is under way, and has not begun: it can still be cancelled, by its requester."""
    await here.put(awaiting())
    await move(here, "approve", BOB)

    assert (await move(here, "cancel")).state is S.CANCELLED


async def test_two_votes_at_once_are_both_counted(here: Workshop) -> None:
    """Of two that are wanted, neither is lost, and one of them is the second."""
    await here.put(awaiting(quorum=2))

    told = await both(here, ("approve", BOB), ("approve", CAROL))

    assert sorted(each.state.value for each in told if isinstance(each, ChangeRequest)) == [
        "accepted",
        "awaiting_approval",
    ]
    request = await kept(here)
    assert request.state is S.ACCEPTED
    assert request.approval is not None
    assert {vote.voter for vote in request.approval.votes} == {BOB, CAROL}


async def test_a_double_click_is_one_vote(here: Workshop) -> None:
    """Two deliveries of the same person at the same moment."""
    await here.put(awaiting(quorum=2))

    await both(here, ("approve", BOB), ("approve", BOB))

    request = await kept(here)
    assert request.state is S.AWAITING_APPROVAL
    assert request.approval is not None
    assert [vote.voter for vote in request.approval.votes] == [BOB]


async def test_what_needs_an_approval_can_be_confirmed_by_its_requester(here: Workshop) -> None:
    """The approval comes after; confirming asks for no second person itself."""
    here.policy = replace(
        POLICY, approval=ApprovalRules(needed_for=frozenset({ChangeKind.DISABLE}), several=True)
    )
    await here.put(previewed())

    assert (await move(here, "confirm")).state is S.ACCEPTED
