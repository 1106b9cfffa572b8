"""What is taken in: decided, committed with its event, and refused in words."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.changes.approval import Approval
from bot.changes.asking import Ask, Received
from bot.changes.decision import Freeze
from bot.changes.errors import ErrorCode, Problem, RepeatedDeliveryError, UserError
from bot.changes.people import Account, Person, Standing
from bot.changes.policy import ApprovalRules, Limits, Role
from bot.changes.refusals import WINDOW
from bot.changes.request import MessageRef, Origin, Timer
from bot.changes.sweeps import sweep
from bot.changes.target import Selection, Target
from bot.changes.update import AuthorizationUpdate, ChangeKind
from bot.changes.wish import Wish
from tests.changes.conftest import TOKENS
from tests.changes.samples import ALICE, BOB, DISABLE, NOON
from tests.changes.workshop import DAVE, EVE, POLICY, Workshop

URL = SecretStr("https://hooks.slack.com/commands/T0/1/x")
HOURS = timedelta(hours=2)


def wish(*ids: str, update: AuthorizationUpdate = DISABLE, **fields: Any) -> Wish:
    """Wish for a change of tokens, or of one."""
    targets = tuple(Target("default", each, update) for each in ids or (TOKENS[0].id,))
    return Wish(targets, **fields)


async def refusal(here: Workshop, person: Person = ALICE, wanted: Wish | None = None) -> Problem:
    """Have somebody ask for a change, in vain."""
    with pytest.raises(UserError) as raised:
        await here.heart.intake.open(here.ask(person), wanted or wish())
    return raised.value.problem


async def test_what_is_allowed_is_stored_with_its_event(here: Workshop) -> None:
    """By which rule and which policy stands with it; it is due at once."""
    request = await here.heart.intake.open(here.ask(), wish(reason="leaked", lasts=HOURS))

    assert (request.rule, request.policy_digest) == ("you are an operator", POLICY.digest)
    assert (request.reason, request.timer, request.approval) == ("leaked", Timer(HOURS), None)
    assert await here.request(request.id) == request
    (event,) = await here.events()
    assert (event.tag.value, event.change_id, event.detail["lasts"], event.detail["policy"]) == (
        "request.accepted",
        request.id,
        7200,
        POLICY.digest,
    )


async def test_what_needs_a_second_person_is_stored_as_well(here: Workshop) -> None:
    """It is asked for in Slack; who can agree stands with it."""
    rules = ApprovalRules(needed_for=frozenset({ChangeKind.DISABLE}), quorum=2)
    here.policy = replace(POLICY, approval=rules)

    request = await here.heart.intake.open(here.ask(), wish())

    assert request.approval == Approval(
        "disabling needs an approval", ("U0BOB", "U0CAROL"), quorum=2
    )
    assert await here.request(request.id) == request


@pytest.mark.parametrize(
    ("person", "change", "message"),
    [
        (EVE, {}, "you hold no role, and this takes an operator"),
        (
            ALICE,
            {"limits": Limits(read_only="READ_ONLY")},
            "changes are stopped: READ_ONLY is set",
        ),
    ],
)
async def test_what_is_denied_is_recorded_and_not_stored(
    here: Workshop, person: Person, change: dict[str, Any], message: str
) -> None:
    """By which rule, and about which token."""
    here.policy = replace(POLICY, **change)

    problem = await refusal(here, person)

    assert (problem.code, problem.message) == (
        ErrorCode.NOT_ALLOWED,
        f"Not allowed: {message}. Nothing was changed.",
    )
    (event,) = await here.events()
    assert (event.tag.value, event.actor, event.authorization_id, event.detail["rule"]) == (
        "request.denied",
        person.user_id,
        TOKENS[0].id,
        message,
    )
    async with here.store.reading() as reading:
        assert await reading.open_requests(9) == []


async def test_a_freeze_denies_changes_and_lets_people_read(here: Workshop) -> None:
    """Since when and why is said; lifted, it is as if it had not been."""
    async with here.store.transaction() as transaction:
        assert await transaction.set_freeze(Freeze(NOON, "audit"))
        assert not await transaction.set_freeze(Freeze(NOON, "again"))

    problem = await refusal(here)
    await here.heart.intake.admit(here.ask(), Role.OPERATOR, "list")
    async with here.store.transaction() as transaction:
        assert await transaction.freeze() == Freeze(NOON, "audit")
        assert await transaction.set_freeze(None)
        assert not await transaction.set_freeze(None)
    await here.heart.intake.open(here.ask(), wish())

    assert problem.message == (
        "Not allowed: changes are stopped since 2026-11-24 12:00 UTC by token-bot freeze (audit). "
        "Nothing was changed."
    )


@pytest.mark.parametrize(
    ("rules", "wanted", "refused"),
    [
        (ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE})), wish(lasts=HOURS), True),
        (ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE})), wish(), False),
        (ApprovalRules(needed_for=frozenset({ChangeKind.DISABLE})), wish(lasts=HOURS), False),
        (
            ApprovalRules(several=True),
            wish(TOKENS[0].id, TOKENS[1].id, lasts=HOURS),
            True,
        ),
        (ApprovalRules(several=True), wish(lasts=HOURS), False),
    ],
)
async def test_a_timer_is_refused_where_its_end_would_need_a_second_person(
    here: Workshop, *, rules: ApprovalRules, wanted: Wish, refused: bool
) -> None:
    """At once, so that nobody relies on it."""
    here.policy = replace(POLICY, approval=rules)

    if not refused:
        request = await here.heart.intake.open(here.ask(), wanted)
        assert (request.timer is None) == (wanted.lasts is None)
        return
    problem = await refusal(here, wanted=wanted)

    assert (problem.code, problem.hint) == (
        ErrorCode.NOT_ALLOWED,
        "Ask again without --for, and later with enable.",
    )
    assert await here.tags() == ["request.refused"]


async def test_above_the_limit_a_second_person_is_needed(here: Workshop) -> None:
    """Counted by tokens, within ten minutes, and by person."""
    here.policy = replace(POLICY, limits=Limits(targets_per_person=3))
    open_ = here.heart.intake.open

    two = await open_(here.ask(), wish(TOKENS[0].id, TOKENS[1].id))
    third = await open_(here.ask(), wish())
    fourth = await open_(here.ask(), wish())
    other = await open_(here.ask(DAVE), wish())
    here.later(timedelta(minutes=10))
    later = await open_(here.ask(), wish())

    assert [each.approval is not None for each in (two, third, fourth, other, later)] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert fourth.approval is not None
    assert fourth.approval.rule == (
        "changing more than 3 tokens within 10 minutes needs an approval"
    )


async def test_a_selection_is_stored_before_it_is_looked_up(here: Workshop) -> None:
    """It is due, and has no target yet."""
    selection = Selection("default", "alice", DISABLE)

    request = await here.heart.intake.open(here.ask(), Wish(selection=selection))

    assert await here.request(request.id) == request
    (event,) = await here.events()
    assert (event.authorization_id, event.detail["selected"], event.detail["status"]) == (
        None,
        "alice",
        "inactive",
    )


async def test_a_repeated_delivery_is_taken_once(here: Workshop) -> None:
    """Whatever came of it."""
    ask = here.ask(EVE)
    with pytest.raises(UserError):
        await here.heart.intake.open(ask, wish())

    with pytest.raises(RepeatedDeliveryError):
        await here.heart.intake.open(ask, wish())

    assert await here.tags() == ["request.denied"]


async def test_of_repeats_at_once_one_is_taken(here: Workshop) -> None:
    """The request and its delivery are committed together."""
    ask = here.ask()

    told = await asyncio.gather(
        *(here.heart.intake.open(ask, wish()) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(each, RepeatedDeliveryError) for each in told) == 7
    assert await here.tags() == ["request.accepted"]


async def test_what_is_not_committed_is_not_confirmed(here: Workshop) -> None:
    """The database does not do what it is asked: nobody is told that anything was stored."""
    with sqlite3.connect(here.file) as other:
        other.execute("DROP TABLE deliveries")
    other.close()

    problem = await refusal(here)
    with pytest.raises(UserError) as read:
        await here.heart.intake.admit(here.ask(), Role.VIEWER, "list")

    assert (problem.code, problem.message) == (
        ErrorCode.NOT_CONFIRMED_STORED,
        "Could not confirm that this was stored, so it may or may not be carried out.",
    )
    assert read.value.problem.message == (
        "The bot's database does not answer. Nothing was changed."
    )
    assert await here.tags() == []


async def test_five_refusals_are_recorded_and_the_sixth_is_counted(here: Workshop) -> None:
    """Whoever is refused again and again is answered each time, and does not fill the record."""
    for _ in range(8):
        assert (await refusal(here, EVE)).code is ErrorCode.NOT_ALLOWED
        here.later(timedelta(seconds=1))
    before = await here.events()

    assert [(event.tag.value, event.actor) for event in before] == [("request.denied", "U0EVE")] * 5
    async with here.store.transaction() as transaction:
        counted = await transaction.refusals_to_count("U0EVE")
    assert counted is not None
    assert (counted.count, counted.since, counted.only_counted) == (8, NOON, 3)


async def test_somebody_elses_refusals_are_recorded(here: Workshop) -> None:
    """Each person has a count of their own; what is accepted counts for nobody."""
    for _ in range(6):
        await refusal(here, EVE)
        await here.heart.intake.open(here.ask(), wish())

    await here.heart.intake.refuse(here.ask(), Problem(ErrorCode.USAGE, "No."), "command text")

    tags = [(event.tag.value, event.actor) for event in await here.events()]
    assert tags.count(("request.denied", "U0EVE")) == 5
    assert tags[-1] == ("request.refused", "U0ALICE")


async def test_denials_and_refusals_are_one_count(here: Workshop) -> None:
    """Whatever was asked for."""
    for _ in range(3):
        await refusal(here, EVE)
        with pytest.raises(UserError):
            await here.heart.reversals.undo(here.ask(EVE), "ZZZZZZ")

    assert await here.tags() == ["request.denied", "request.refused"] * 2 + ["request.denied"]


async def test_the_counted_ones_stand_in_the_record_with_the_next(here: Workshop) -> None:
    """A new window begins with a line for those that had none."""
    for _ in range(7):
        await refusal(here, EVE)
    here.later(WINDOW)

    await refusal(here, EVE)

    counted, denied = (await here.events())[5:]
    assert (counted.tag.value, counted.actor, dict(counted.detail)) == (
        "request.refusals_counted",
        "U0EVE",
        {"count": 2, "since": "2026-11-24T12:00:00+00:00"},
    )
    assert denied.tag.value == "request.denied"


async def test_the_counted_ones_stand_in_the_record_after_a_sweep(here: Workshop) -> None:
    """Though nobody asks again; once, and only where there were more than five."""
    for person, times in ((EVE, 7), (BOB, 5)):
        for _ in range(times):
            await here.heart.intake.refuse(here.ask(person), Problem(ErrorCode.USAGE, "No."), "x")
    recorded = len(await here.events())

    await sweep(here.store, NOON + WINDOW - timedelta(microseconds=1))
    too_early = len(await here.events())
    await sweep(here.store, NOON + WINDOW)
    await sweep(here.store, NOON + 2 * WINDOW)

    swept = (await here.events())[recorded:]
    assert too_early == recorded
    assert [(e.tag.value, e.actor, e.detail["count"]) for e in swept] == [
        ("request.refusals_counted", "U0EVE", 2)
    ]
    async with here.store.transaction() as transaction:
        left = [await transaction.refusals_to_count(p.user_id) for p in (EVE, BOB)]
    assert left == [None, None]


def received(number: int, **fields: Any) -> Received:
    """Make something that was received and is not decided yet."""
    origin = Origin("C0INCIDENTS", URL, MessageRef("C0INCIDENTS", "1764000000.000100"))
    person = Person("U0ALICE", "T0HOME", "E0GRID")
    ask = Ask(person, origin, f"v0={number}", NOON + timedelta(seconds=number))
    return replace(Received(ask, "command", {"text": "disable 0d"}), **fields)


async def test_what_is_received_survives_until_it_is_decided(here: Workshop) -> None:
    """With all that its answer needs, the oldest first; then it is forgotten."""
    clicked = received(1, kind="click", content={"action": "undo_change", "value": "7F3K2Q"})
    bare = replace(received(2).ask, origin=Origin("D0ALICE"), person=ALICE)
    for each in (received(3), clicked, Received(bare, "command", {"text": "list"})):
        await here.heart.intake.receive(each)

    async with here.store.transaction() as transaction:
        left = await transaction.received()
        await transaction.forget_received("v0=1")
        await transaction.forget_received("v0=9")
        after = await transaction.received()

    assert left == [clicked, Received(bare, "command", {"text": "list"}), received(3)]
    assert [each.ask.delivery for each in after] == ["v0=2", "v0=3"]
    assert await here.tags() == []


async def test_what_is_received_is_received_once(here: Workshop) -> None:
    """A repeat is none, also while the first is not decided yet."""
    await here.heart.intake.receive(received(1))

    with pytest.raises(RepeatedDeliveryError):
        await here.heart.intake.receive(received(1))


async def test_what_was_received_is_decided_once(here: Workshop) -> None:
    """By a delivery of its own, whoever takes it up; with what Slack said of the person."""
    one = received(1)
    await here.heart.intake.receive(one)
    decided = one.by(Standing(Account.MEMBER))

    await here.heart.intake.open(decided, wish())
    with pytest.raises(RepeatedDeliveryError):
        await here.heart.intake.open(one.by(Standing()), wish())

    assert decided.standing == Standing(Account.MEMBER)
    assert await here.tags() == ["request.accepted"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER])
async def test_whoever_may_not_read_is_denied(here: Workshop, role: Role) -> None:
    """And that is recorded; who may leaves no trace."""
    await here.heart.intake.admit(here.ask(BOB), role, "list")
    with pytest.raises(UserError):
        await here.heart.intake.admit(here.ask(EVE), role, "list")

    (event,) = await here.events()
    assert (event.actor, event.detail["asked"]) == ("U0EVE", "list")
