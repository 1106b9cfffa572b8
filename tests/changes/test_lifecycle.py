"""A request through all its stages: the real database, instances in memory, and a set clock."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.changes.authorization import Authorization, Status
from bot.changes.decision import Freeze
from bot.changes.errors import Effect, ErrorCode, Problem, UpstreamError
from bot.changes.people import Account, Standing
from bot.changes.policy import ApprovalRules, Limits, Roles
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest, Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Selection, Target
from bot.changes.update import AuthorizationUpdate, ChangeKind
from bot.changes.wish import Wish
from tests.changes.conftest import TOKENS
from tests.changes.samples import ALICE, BOB, DISABLE, NOON, OPERATOR, authorization
from tests.changes.wishing import NEEDED, again, asked, confirm, until, wish
from tests.changes.workshop import CAROL, DAVE, DOWN, POLICY, InMemoryAuthorizations, Workshop

S, T = RequestState, TargetState
ENABLE = AuthorizationUpdate(Status.ACTIVE)
LOST = UpstreamError(Problem(ErrorCode.INSTANCE_UNAVAILABLE, "No answer."), Effect.POSSIBLE)
BACK = UpstreamError(Problem(ErrorCode.INSTANCE_REFUSED, "It says no."), Effect.NONE)


def states(request: ChangeRequest) -> list[str]:
    """Name what has become of each target."""
    return [target.state.value for target in request.targets]


async def test_one_token_is_disabled_at_once(here: Workshop) -> None:
    """Asked for, sent once, read back, told once."""
    async with here.working():
        request = await asked(here, wish(0))

    assert (request.state, states(request)) == (S.FINISHED, ["done"])
    assert here.default.sent == [(TOKENS[0].id, DISABLE)]
    assert await here.tags() == ["request.accepted", "change.intended", "change.done"]
    assert here.board.states(request.id) == ["finished"]
    assert request.announced
    assert here.outcomes == [("disable", "done")]


async def test_several_are_shown_confirmed_and_disabled(here: Workshop) -> None:
    """Nothing is sent before the requester's Confirm; the message goes along."""
    async with here.working():
        shown = await asked(here, wish(0, 1, 2))
        before = list(here.default.sent)
        await confirm(here, shown)
        request = await again(here, shown)

    assert (shown.state, shown.expires_at, states(shown)) == (
        S.PREVIEWED,
        NOON + timedelta(minutes=10),
        ["pending"] * 3,
    )
    assert before == []
    assert (request.state, states(request)) == (S.FINISHED, ["done"] * 3)
    assert sorted(each for each, _ in here.default.sent) == [TOKENS[n].id for n in range(3)]
    assert here.board.states(request.id) == ["previewed", "finished"]
    assert await here.tags() == [
        "request.accepted",
        "request.shown",
        "request.confirmed",
        *["change.intended"] * 3,
        *["change.done"] * 3,
    ]


async def test_a_preview_that_nobody_confirms_expires(here: Workshop) -> None:
    """After ten minutes; nothing was sent, and its message says so."""
    async with here.working():
        shown = await asked(here, wish(0, 1))
        here.later(timedelta(minutes=10))
        request = await again(here, shown)

    assert request.state is S.EXPIRED
    assert here.default.sent == []
    assert here.board.states(request.id) == ["previewed", "expired"]
    assert (await here.tags())[-1] == "request.expired"


async def test_what_is_left_out_is_told_and_the_rest_done(here: Workshop) -> None:
    """The bot's own and the last operator token stay, whatever is confirmed."""
    own = authorization(id="0d0d0d0d0d0d00aa", own=True)
    operator = authorization(id="0d0d0d0d0d0d00bb", permissions=OPERATOR)
    here.default.tokens |= {own.id: own, operator.id: operator}
    targets = tuple(
        Target("default", each.id, DISABLE) for each in (own, TOKENS[0], operator, TOKENS[1])
    )
    async with here.working():
        shown = await asked(here, Wish(targets))
        await confirm(here, shown)
        request = await again(here, shown)

    assert states(shown) == ["refused", "pending", "refused", "pending"]
    assert states(request) == ["refused", "done", "refused", "done"]
    assert sorted(each for each, _ in here.default.sent) == [TOKENS[0].id, TOKENS[1].id]


async def test_what_is_confirmed_must_be_what_was_shown(here: Workshop) -> None:
    """One that has changed since is left alone; the others are disabled."""
    async with here.working():
        shown = await asked(here, wish(0, 1))
        here.default.tokens[TOKENS[0].id] = replace(TOKENS[0], description="new", revision=2)
        await confirm(here, shown)
        request = await again(here, shown)

    assert states(request) == ["refused", "done"]
    assert request.targets[0].problem is not None
    assert request.targets[0].problem.code is ErrorCode.CHANGED_SINCE


async def test_a_users_tokens_are_disabled(here: Workshop) -> None:
    """Those that were shown, and no new one."""
    async with here.working():
        shown = await asked(here, Wish(selection=Selection("default", "alice", DISABLE)))
        here.default.tokens["0d0d0d0d0d0d00aa"] = authorization(id="0d0d0d0d0d0d00aa")
        await confirm(here, shown)
        request = await again(here, shown)

    assert states(request) == ["done"] * 5
    assert here.default.tokens["0d0d0d0d0d0d00aa"].active


async def test_a_user_without_tokens_comes_to_nothing(here: Workshop) -> None:
    """Told as such, and finished."""
    async with here.working():
        request = await asked(here, Wish(selection=Selection("default", "nobody", DISABLE)))

    assert (request.state, request.targets) == (S.FINISHED, ())
    assert request.closing is not None
    assert request.closing.code is ErrorCode.NOTHING_SELECTED
    assert request.announced


async def test_what_needs_approval_waits_for_it(here: Workshop) -> None:
    """For half an hour from asking; then, with enough votes, it is carried out."""
    here.policy = replace(POLICY, approval=replace(NEEDED, quorum=2))
    async with here.working():
        waiting = await asked(here, wish(0))
        await here.heart.moves.approve(here.ask(BOB), waiting.id)
        half = await again(here, waiting)
        await here.heart.moves.approve(here.ask(CAROL), waiting.id)
        request = await again(here, waiting)

    assert (waiting.state, waiting.expires_at) == (
        S.AWAITING_APPROVAL,
        NOON + timedelta(minutes=30),
    )
    assert half.state is S.AWAITING_APPROVAL
    assert (request.state, states(request)) == (S.FINISHED, ["done"])
    assert here.board.states(request.id) == [
        "awaiting_approval",
        "awaiting_approval",
        "finished",
    ]


@pytest.mark.parametrize(
    "found",
    [
        {"description": "new"},
        {"status": Status.INACTIVE},
        {"user_id": "0c0c0c0c0c0c0009", "user": "bob"},
        {"permissions": OPERATOR[:1]},
    ],
    ids=lambda found: next(iter(found)),
)
async def test_an_approval_of_what_has_changed_is_void(
    here: Workshop, found: dict[str, Any]
) -> None:
    """Whoever agreed saw something else; the message says what is different."""
    here.policy = replace(POLICY, approval=NEEDED)
    async with here.working():
        waiting = await asked(here, wish(0))
        here.default.tokens[TOKENS[0].id] = replace(TOKENS[0], revision=2, **found)
        await here.heart.moves.approve(here.ask(BOB), waiting.id)
        request = await again(here, waiting)

    assert request.state is S.VOIDED
    assert request.closing is not None
    assert request.closing.code is ErrorCode.APPROVAL_VOID
    assert request.closing.message.startswith("The approval is void: ")
    assert here.default.sent == []


async def test_a_vote_counts_by_what_the_voter_may_now(here: Workshop) -> None:
    """Bob has lost his role before it was carried out: it is asked for again, without his vote."""
    here.policy = replace(POLICY, approval=NEEDED)
    async with here.working():
        waiting = await asked(here, wish(0))
        await here.heart.moves.approve(here.ask(BOB), waiting.id)
        here.directory.standings["U0BOB"] = Standing(Account.DEACTIVATED)
        request = await again(here, waiting)
        await here.heart.moves.approve(here.ask(CAROL), waiting.id)
        done = await again(here, waiting)

    assert (request.state, request.expires_at) == (S.AWAITING_APPROVAL, waiting.expires_at)
    assert request.approval is not None
    assert (request.approval.votes, request.approval.granted_at) == ((), None)
    assert states(done) == ["done"]
    assert (await here.tags()).count("approval.lapsed") == 1


@pytest.mark.parametrize("confirmed", [False, True])
async def test_whoever_may_not_any_more_changes_nothing(here: Workshop, *, confirmed: bool) -> None:
    """Alice has lost her role between asking and carrying out."""
    gone = replace(POLICY, roles=Roles(approver=frozenset({"U0BOB"})))
    request = await here.heart.intake.open(here.ask(), wish(0, 1) if confirmed else wish(0))
    async with here.working():
        if confirmed:
            await confirm(here, await again(here, request))
        here.policy = gone
        request = await again(here, request)

    assert (request.state, set(states(request))) == (S.FINISHED, {"refused"})
    assert here.default.sent == []


async def test_what_is_stopped_waits_and_is_told_to_wait(here: Workshop) -> None:
    """It is held back, not refused, and carried out once the stop is lifted."""
    request = await here.heart.intake.open(here.ask(), wish(0))
    here.policy = replace(POLICY, limits=Limits(read_only="READ_ONLY"))
    async with here.working():
        held = await again(here, request)
        here.policy = POLICY
        here.later(timedelta(seconds=2))
        request = await again(here, request)

    assert (held.state, held.held_back) == (S.ACCEPTED, "changes are stopped: READ_ONLY is set")
    assert (states(request), request.held_back) == (["done"], "")
    assert here.board.states(request.id) == ["accepted", "finished"]


async def freeze(here: Workshop, reason: str | None) -> None:
    """Stop all changes, or let them go on."""
    async with here.store.transaction() as transaction:
        await transaction.set_freeze(None if reason is None else Freeze(NOON, reason))


async def started(here: Workshop, count: int) -> ChangeRequest:
    """Have so many tokens confirmed, and wait until those that fit in are on their way."""
    here.default.tokens |= {f"{n:016x}": authorization(id=f"{n:016x}") for n in range(1, count + 1)}
    targets = tuple(Target("default", f"{n:016x}", DISABLE) for n in range(1, count + 1))
    shown = await asked(here, Wish(targets))
    here.default.gate = asyncio.Event()
    await confirm(here, shown)
    await until(lambda: _true(len(here.default.sent) == 32))
    return shown


async def noticed(here: Workshop) -> None:
    """Wait until whoever watches a request has looked, from beginning to end."""
    looked = here.directory.looked_up
    await until(lambda: _true(here.directory.looked_up >= looked + 3))


async def _true(value: bool) -> bool:  # noqa: FBT001 - what is waited for
    return value


async def test_the_rest_is_cancelled_while_it_is_carried_out(here: Workshop) -> None:
    """What is on its way arrives and is read back; what is not sent never is."""
    async with here.working():
        shown = await started(here, 40)
        await here.heart.moves.cancel(here.ask(), shown.id)
        await noticed(here)
        assert here.default.gate is not None
        here.default.gate.set()
        request = await again(here, shown)

    assert request.state is S.FINISHED
    assert states(request) == ["done"] * 32 + ["cancelled"] * 8
    assert len(here.default.sent) == 32


async def test_a_freeze_holds_back_what_is_not_sent(here: Workshop) -> None:
    """It is stored and told that it waits; it goes on where it stood, and no PATCH goes twice."""
    async with here.working():
        shown = await started(here, 40)
        await freeze(here, "audit")
        await noticed(here)
        assert here.default.gate is not None
        here.default.gate.set()
        held = await again(here, shown)
        sent = len(here.default.sent)
        await freeze(here, None)
        here.later(timedelta(seconds=2))
        request = await again(here, shown)

    assert (held.state, states(held)) == (S.EXECUTING, ["done"] * 32 + ["intended"] * 8)
    assert "by token-bot freeze (audit)" in held.held_back
    assert sent == 32
    assert (request.state, set(states(request))) == (S.FINISHED, {"done"})
    assert sorted(each for each, _ in here.default.sent) == [f"{n:016x}" for n in range(1, 41)]
    assert request.interrupted == 0
    assert here.board.states(request.id) == ["previewed", "executing", "finished"]


async def test_what_is_cancelled_while_it_is_held_back_is_not_sent(here: Workshop) -> None:
    """Whoever takes it up again knows from the first that it is not wanted any more."""
    async with here.working():
        shown = await started(here, 40)
        await freeze(here, "audit")
        await noticed(here)
        assert here.default.gate is not None
        here.default.gate.set()
        await again(here, shown)
        await here.heart.moves.cancel(here.ask(), shown.id)
        await freeze(here, None)
        here.later(timedelta(seconds=2))
        request = await again(here, shown)

    assert states(request) == ["done"] * 32 + ["cancelled"] * 8
    assert len(here.default.sent) == 32


async def test_what_runs_out_while_it_waits_for_its_turn_is_not_sent(here: Workshop) -> None:
    """The approval's time is judged when its tokens are held, and not when it began to wait."""
    here.policy = replace(POLICY, approval=NEEDED)
    async with here.working():
        waiting = await asked(here, wish(0))
        async with here.store.transaction() as transaction:
            held = f"default:{TOKENS[0].id}"
            assert await transaction.hold([held], "another", timedelta(hours=9))
        here.later(timedelta(minutes=30, seconds=-1))
        await here.heart.moves.approve(here.ask(BOB), waiting.id)
        await here.settled()
        # Shorter than its lease, so that it is the same executor that goes on.
        here.later(timedelta(seconds=2))
        async with here.store.transaction() as transaction:
            await transaction.let_go([held], "another")
            await transaction.call_next([held], here.now)
        request = await again(here, waiting)

    assert here.default.sent == []
    assert request.state is S.EXPIRED


async def test_an_executor_that_comes_too_late_saves_nothing(here: Workshop) -> None:
    """Alice cancels while her request waits for its turn; nothing is sent then."""
    async with here.working():
        async with here.store.transaction() as transaction:
            held = f"default:{TOKENS[0].id}"
            assert await transaction.hold([held], "another", timedelta(hours=9))
        request = await here.heart.intake.open(here.ask(), wish(0))
        await here.settled()
        await here.heart.moves.cancel(here.ask(), request.id)
        async with here.store.transaction() as transaction:
            await transaction.let_go([held], "another")
            await transaction.call_next([held], here.now)
        request = await again(here, request)

    assert (request.state, states(request)) == (S.CANCELLED, ["pending"])
    assert here.default.sent == []
    assert await here.tags() == ["request.accepted", "request.cancelled"]
    assert here.board.states(request.id) == ["cancelled"]


async def test_what_failed_and_what_is_not_known_is_said_of_each(here: Workshop) -> None:
    """Refused by InfluxDB, lost on the way, and done: each target for itself."""
    here.default.refusals = {TOKENS[0].id: BACK, TOKENS[1].id: LOST}
    async with here.working():
        shown = await asked(here, wish(0, 1, 2))
        await confirm(here, shown)
        unresolved = await again(here, shown)
        here.later(timedelta(minutes=3))
        request = await again(here, shown)

    assert (unresolved.state, states(unresolved)) == (
        S.UNRESOLVED,
        ["failed", "unknown", "done"],
    )
    assert (request.state, states(request)) == (S.FINISHED, ["failed", "failed", "done"])
    assert len(here.default.sent) == 3


async def test_the_end_of_a_timer_enables_again(here: Workshop) -> None:
    """Noted beforehand; then a change in the requester's name, judged as any other."""
    async with here.working():
        request = await asked(here, wish(0, lasts=timedelta(hours=2)))
        here.later(timedelta(minutes=110))
        await here.settled()
        noted = list(here.board.notes)
        here.later(timedelta(minutes=10))
        ended = await again(here, request)
        assert ended.undone_by is not None
        end = await again(here, await here.request(ended.undone_by))

    assert request.timer == Timer(timedelta(hours=2), ends_at=NOON + timedelta(hours=2))
    assert noted == [request.id]
    assert (end.automatic, end.requester, end.undo_of, states(end)) == (
        True,
        ALICE,
        request.id,
        ["done"],
    )
    assert here.default.tokens[TOKENS[0].id].active
    assert ended.timer is not None
    assert ended.timer.ends_at is None


@pytest.mark.parametrize("what", ["stopped", "undone"])
async def test_a_timer_that_is_not_wanted_any_more_enables_nothing(
    here: Workshop, what: str
) -> None:
    """Stopped, the token stays closed; undone, it was enabled already, once."""
    async with here.working():
        request = await asked(here, wish(0, lasts=timedelta(hours=2)))
        if what == "stopped":
            await here.heart.moves.cancel(here.ask(DAVE), request.id)
        else:
            await here.heart.reversals.undo(here.ask(), request.id)
        await here.settled()
        sent = len(here.default.sent)
        here.later(timedelta(hours=3))
        await here.settled()

    assert len(here.default.sent) == sent
    assert here.default.tokens[TOKENS[0].id].active is (what == "undone")


async def test_a_stopped_timer_is_drawn_anew(here: Workshop) -> None:
    """The message says who stopped it."""
    async with here.working():
        request = await asked(here, wish(0, lasts=timedelta(hours=2)))
        await here.heart.moves.cancel(here.ask(DAVE), request.id)
        request = await again(here, request)

    assert request.announced
    timers = [each.timer.stopped_by for each in here.board.shown if each.timer is not None]
    assert timers == ["", "U0DAVE"]


async def test_a_timer_ends_nothing_where_enabling_needs_somebody_by_now(here: Workshop) -> None:
    """The token stays closed, and the message says what to do."""
    async with here.working():
        request = await asked(here, wish(0, lasts=timedelta(hours=2)))
        rules = ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE}))
        here.policy = replace(POLICY, approval=rules)
        here.later(timedelta(hours=2))
        request = await again(here, request)
        ends = [each for each in here.board.shown if each.automatic]

    assert [(each.state, states(each)) for each in ends] == [(S.FINISHED, ["refused"])]
    assert not here.default.tokens[TOKENS[0].id].active
    # Whoever undoes it by hand still can.
    assert request.undone_by is None


async def test_a_timer_of_several_enables_those_that_were_disabled(here: Workshop) -> None:
    """Without a Confirm: nobody may be there."""
    here.default.tokens[TOKENS[1].id] = replace(TOKENS[1], status=Status.INACTIVE)
    async with here.working():
        shown = await asked(here, wish(0, 1, 2, lasts=timedelta(hours=2)))
        await confirm(here, shown)
        request = await again(here, shown)
        here.later(timedelta(hours=2))
        await here.settled()

    assert states(request) == ["done", "unchanged", "done"]
    assert [here.default.tokens[TOKENS[n].id].active for n in range(3)] == [True, False, True]


async def test_the_instance_is_chosen_by_its_requester(two: Workshop) -> None:
    """Found on both: nothing is changed before they say which."""
    async with two.working():
        shown = await asked(two, wish(0, instance=""))
        await confirm(two, shown, instance="lab")
        request = await again(two, shown)

    assert (shown.state, [choice.instance for choice in shown.choices]) == (
        S.PREVIEWED,
        ["default", "lab"],
    )
    assert states(request) == ["done"]
    assert two.instances["default"].sent == []
    assert [each for each, _ in two.instances["lab"].sent] == [TOKENS[0].id]


async def test_one_that_only_one_instance_has_needs_no_choice(two: Workshop) -> None:
    """It is found and disabled at once."""
    async with two.working():
        request = await asked(two, wish(2, instance=""))

    assert (request.targets[0].instance, states(request)) == ("lab", ["done"])


async def test_several_on_several_instances(two: Workshop) -> None:
    """Each where it is; one instance that is out of reach does not hold up the other."""
    async with two.working():
        shown = await asked(two, wish(1, 2, instance=""))
        two.instances["default"].silent = DOWN
        await confirm(two, shown)
        waiting = await again(two, shown)
        two.later(timedelta(hours=2))
        request = await again(two, shown)

    assert [(t.instance, t.state.value) for t in waiting.targets] == [
        ("default", "pending"),
        ("lab", "done"),
    ]
    assert waiting.held_back == "It did not answer. It is tried again until 14:00:00 UTC."
    assert [t.state.value for t in request.targets] == ["failed", "done"]


async def test_undoing_several_restores_each(here: Workshop) -> None:
    """Confirmed as several are; afterwards every token is as it was before."""
    before = dict(here.default.tokens)
    async with here.working():
        shown = await asked(here, wish(0, 1, 2))
        await confirm(here, shown)
        request = await again(here, shown)
        undo = await here.heart.reversals.undo(here.ask(), request.id)
        await confirm(here, await again(here, undo))
        undone = await again(here, undo)

    assert states(undone) == ["done"] * 3
    assert {key: replace(each, revision=1) for key, each in here.default.tokens.items()} == before
    assert (await here.request(request.id)).undone_by == undo.id


async def test_two_operator_tokens_asked_for_at_once(here: Workshop) -> None:
    """In two requests, each would count on the other; one of them is refused."""
    operators = [
        authorization(id=f"0d0d0d0d0d0d00a{n}", user_id=f"0c{n}", permissions=OPERATOR)
        for n in range(2)
    ]
    here.default.tokens |= {each.id: each for each in operators}
    async with here.working():
        requests = [
            await here.heart.intake.open(here.ask(), Wish((Target("default", each.id, DISABLE),)))
            for each in operators
        ]
        ended = [await again(here, each) for each in requests]

    assert sorted(state for each in ended for state in states(each)) == ["done", "refused"]


async def test_an_outcome_is_told_later_where_slack_does_not_take_it(here: Workshop) -> None:
    """The change is not held up; it is told once Slack takes it."""
    here.board.trouble = AnnouncementError("ratelimited", retry_after=30)
    async with here.working():
        request = await asked(here, wish(0))
        here.board.trouble = None
        here.later(timedelta(seconds=30))
        told = await again(here, request)

    assert (states(request), request.announced) == (["done"], False)
    assert told.announced
    assert len(here.default.sent) == 1


async def test_its_turn_comes_when_it_comes_however_old_it_is(here: Workshop) -> None:
    """What has failed for long is tried seldom, but its turn in a channel is not put off."""
    here.board.trouble = AnnouncementError("Slack does not answer")
    async with here.working():
        request = await asked(here, wish(0))
        here.board.trouble = AnnouncementError("not yet its turn", retry_after=7)
        here.later(timedelta(minutes=10))
        waiting = await again(here, request)
        here.board.trouble = None
        here.later(timedelta(seconds=7))
        told = await again(here, waiting)

    assert (waiting.announced, told.announced) == (False, True)


class Stumbling(InMemoryAuthorizations):
    """An instance in whose client there is a fault of our own."""

    async def update(
        self, authorization_id: str, update: AuthorizationUpdate, before: Authorization | None
    ) -> None:
        """Stumble."""
        del before
        self.sent.append((authorization_id, update))
        raise ZeroDivisionError


async def test_a_fault_of_the_bots_own_is_told_as_that(here: Workshop) -> None:
    """What may have been sent is not known; it is read again, and settled by that."""
    stumbling = Stumbling(TOKENS)
    stumbling_here = Workshop(here.store, here.file, {"default": stumbling}, POLICY)
    async with stumbling_here.working():
        unresolved = await asked(stumbling_here, wish(0))
        stumbling_here.later(timedelta(minutes=3))
        request = await again(stumbling_here, unresolved)

    assert (unresolved.state, states(unresolved)) == (S.UNRESOLVED, ["unknown"])
    assert (request.state, states(request)) == (S.FINISHED, ["failed"])
