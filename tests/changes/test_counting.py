"""What is counted of decisions, of changes, and of the executor's turns."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.changes.deciding import decide
from bot.changes.decision import Freeze, RuleName, Wanted
from bot.changes.errors import UserError
from bot.changes.people import Account, Person, Standing
from bot.changes.policy import ApprovalRules, ChannelRules, Limits, Policy, Role, Roles
from bot.changes.ports import TurnEnd
from bot.changes.request import ChangeRequest
from bot.changes.update import ChangeKind
from tests.changes.roles_by_file import EVE, MEMBER, OTTO, VERA, unreadable
from tests.changes.roles_by_file import POLICY as BY_FILE
from tests.changes.samples import ALICE, BOB, NOON
from tests.changes.wishing import NEEDED, again, asked, confirm, until, wish
from tests.changes.workshop import EVE as NOBODY
from tests.changes.workshop import POLICY, Workshop

DISABLE = Wanted(Role.OPERATOR, frozenset({ChangeKind.DISABLE}), targets=2)
ENABLE = replace(DISABLE, kinds=frozenset({ChangeKind.ENABLE}))
SEVERAL = replace(BY_FILE, approval=ApprovalRules(several=True))
MINUTES = timedelta(minutes=1)


def with_roles(policy: Policy, *approvers: str) -> Policy:
    """Give a policy with other approvers."""
    return replace(policy, roles=replace(policy.roles, approver=frozenset(approvers)))


# Each rule and outcome, and what it decides: policy, person, standing, what is wanted, freeze.
RULES = {
    (RuleName.ANYONE, "allowed"): (BY_FILE, EVE, MEMBER, Wanted(Role.ANYONE), None),
    (RuleName.ROLE, "allowed"): (BY_FILE, OTTO, MEMBER, DISABLE, None),
    (RuleName.ROLE, "denied"): (BY_FILE, VERA, MEMBER, DISABLE, None),
    (RuleName.OTHER_WORKSPACE, "denied"): (
        *(BY_FILE, Person("U0OTTO", "T0OTHER"), MEMBER, DISABLE, None),
    ),
    (RuleName.DEACTIVATED, "denied"): (
        *(BY_FILE, OTTO, Standing(Account.DEACTIVATED), DISABLE, None),
    ),
    (RuleName.BOT, "denied"): (BY_FILE, OTTO, Standing(Account.BOT), DISABLE, None),
    (RuleName.GUEST, "denied"): (BY_FILE, EVE, Standing(Account.GUEST), DISABLE, None),
    (RuleName.NOT_TOLD, "denied"): (BY_FILE, EVE, unreadable("S0ONCALL"), DISABLE, None),
    (RuleName.CHANNEL, "denied"): (
        *(replace(BY_FILE, channels=ChannelRules(frozenset({"C0WAR"}))), OTTO, MEMBER),
        *(replace(DISABLE, channel_id="C0ANY"), None),
    ),
    (RuleName.DIRECT_MESSAGE, "denied"): (
        *(replace(BY_FILE, channels=ChannelRules(direct=False)), OTTO, MEMBER),
        *(replace(DISABLE, channel_id="D0OTTO"), None),
    ),
    (RuleName.COMMAND_LINE, "denied"): (
        *(BY_FILE, OTTO, MEMBER, replace(ENABLE, typed=True), None),
    ),
    (RuleName.READ_ONLY, "denied"): (
        *(replace(BY_FILE, limits=Limits(read_only="READ_ONLY")), OTTO, MEMBER, DISABLE, None),
    ),
    (RuleName.FREEZE, "denied"): (BY_FILE, OTTO, MEMBER, DISABLE, Freeze(NOON)),
    (RuleName.KIND, "needs_approval"): (
        *(replace(BY_FILE, approval=NEEDED), OTTO, MEMBER, DISABLE, None),
    ),
    (RuleName.SEVERAL, "needs_approval"): (SEVERAL, OTTO, MEMBER, DISABLE, None),
    (RuleName.SEVERAL, "break_glass"): (
        *(SEVERAL, OTTO, MEMBER, replace(DISABLE, break_glass=True), None),
    ),
    (RuleName.LEAKED, "needs_approval"): (
        *(SEVERAL, OTTO, MEMBER, replace(ENABLE, targets=1, leaked=True), None),
    ),
    (RuleName.LIMIT, "needs_approval"): (
        *(replace(BY_FILE, limits=Limits(targets_per_person=1)), OTTO, MEMBER, DISABLE, None),
    ),
    (RuleName.BREAK_GLASS_UNDONE, "needs_approval"): (
        *(BY_FILE, OTTO, MEMBER, replace(ENABLE, never_alone=True), None),
    ),
    (RuleName.NO_APPROVER, "denied"): (with_roles(SEVERAL), OTTO, MEMBER, DISABLE, None),
    (RuleName.NO_REVIEWER, "denied"): (
        *(with_roles(SEVERAL, "U0OTTO"), OTTO, MEMBER, replace(DISABLE, break_glass=True), None),
    ),
}


@pytest.mark.parametrize(("named", "asked"), RULES.items(), ids=["-".join(key) for key in RULES])
def test_each_rule_has_a_name(
    named: tuple[RuleName, str], asked: tuple[Policy, Person, Standing, Wanted, Freeze | None]
) -> None:
    """Whatever its words are, and whoever it is about."""
    decision = decide(*asked)

    assert (decision.name, decision.outcome) == named


def test_no_rule_is_left_out() -> None:
    """What only a vote comes to is shown below."""
    assert {name for name, _ in RULES} == {*RuleName} - {RuleName.OWN_REQUEST}


async def test_decisions_are_counted_where_they_are_taken(here: Workshop) -> None:
    """Of whoever asks, agrees, reads, and of what is not allowed any more when its turn comes."""
    here.policy = replace(POLICY, approval=NEEDED)
    here.directory.standings["U0BOB"] = Standing(Account.MEMBER)
    async with here.working():
        own = await here.heart.intake.open(here.ask(BOB), wish(0))
        await here.settled()
        for person in (BOB, NOBODY):
            with pytest.raises(UserError):
                await here.heart.moves.approve(here.ask(person), own.id)
        with pytest.raises(UserError):
            await here.heart.intake.admit(here.ask(NOBODY), Role.VIEWER, "list")
        await here.heart.intake.admit(here.ask(ALICE), Role.VIEWER, "list")
        here.policy = replace(here.policy, roles=Roles(operator=frozenset({"U0ALICE"})))
        here.later(timedelta(minutes=29))
        here.policy = replace(POLICY, roles=Roles(approver=frozenset({"U0CAROL"})))
        await here.heart.moves.approve(here.ask(Person("U0CAROL", "T0HOME")), own.id)
        refused = await again(here, own)

    assert [each.state.value for each in refused.targets] == ["refused"]
    assert here.counts.changes.decisions == [
        ("disable", "needs_approval", "kind"),
        ("approve", "allowed", "role"),
        ("approve", "denied", "own_request"),
        ("approve", "denied", "role"),
        ("list", "denied", "role"),
        ("list", "allowed", "role"),
        ("approve", "allowed", "role"),
        ("carry out", "denied", "role"),
    ]


async def test_how_long_a_change_took(here: Workshop) -> None:
    """From when nobody had to agree any more to the last outcome; what failed is not measured."""
    here.policy = replace(POLICY, approval=NEEDED)
    async with here.working():
        request = await asked(here, wish(0))
        here.later(10 * MINUTES)
        here.default.gate = asyncio.Event()
        await here.heart.moves.approve(here.ask(BOB), request.id)
        await until(lambda: _sent(here))
        here.later(timedelta(seconds=7))
        here.default.gate.set()
        await again(here, request)
        await here.heart.intake.open(here.ask(), wish(0))
        cancelled = await asked(here, wish(1))
        await here.heart.moves.cancel(here.ask(), cancelled.id)
        await here.settled()

    assert here.counts.changes.took == [("disable", 7.0)]


async def _sent(here: Workshop) -> bool:
    return bool(here.default.sent)


async def leased(here: Workshop, claim: str) -> ChangeRequest:
    """Have a change whose lease has run out, as whoever took it has ended."""
    request = await here.heart.intake.open(here.ask(), wish(0))
    async with here.store.transaction() as transaction:
        await transaction.claim(claim, here.now, timedelta(), 1)
    return request


@pytest.mark.parametrize(("claim", "whose"), [("keeper 2.x", "other"), ("keeper 1.x", "own")])
async def test_a_lease_that_ran_out(here: Workshop, claim: str, whose: str) -> None:
    """Whoever takes the change over counts it, and whether it was another process's."""
    await leased(here, claim)

    async with here.working():
        await here.settled()

    assert here.counts.executor.taken_from == [whose]
    assert here.counts.executor.claims == 1


async def test_turns_end_with_something_left_or_nothing(here: Workshop) -> None:
    """A description needs no more looks; what is disabled is watched, and a preview waits."""
    async with here.working():
        await asked(here, wish(0))
        shown = await asked(here, wish(1, 2))
        await confirm(here, shown)
        await here.settled()

    assert here.counts.executor.ends == [TurnEnd.LATER] * 3
    assert here.counts.executor.claims == 3
    assert here.counts.executor.taken_from == []
    assert here.counts.executor.most_at_once == 1


async def test_a_turn_that_is_handed_over(here: Workshop) -> None:
    """At the end of the process; the next one has nothing to take over, since it was given back."""
    here.default.gate = asyncio.Event()
    async with here.working():
        await here.heart.intake.open(here.ask(), wish(0))
        await until(lambda: _sent(here))
        here.heart.executor.hand_over()

    assert here.counts.executor.ends == [TurnEnd.HANDED_OVER]


@pytest.mark.parametrize(
    ("meanwhile", "ends"),
    [
        ("lease_owner = 'keeper 2.x'", [TurnEnd.LEASE_LOST]),
        ("version = version + 1", [TurnEnd.MOVED_ON, TurnEnd.LATER]),
    ],
)
async def test_a_turn_that_others_end(here: Workshop, meanwhile: str, ends: list[TurnEnd]) -> None:
    """Another process has taken the lease, or a person has moved the request on."""
    here.default.gate = asyncio.Event()
    async with here.working():
        await here.heart.intake.open(here.ask(), wish(0))
        await until(lambda: _sent(here))
        with closing(sqlite3.connect(here.file, timeout=5)) as other, other:
            other.execute(f"UPDATE requests SET {meanwhile}")  # noqa: S608 - one of the two above
        here.default.gate.set()
        await here.settled()

    assert here.counts.executor.ends == ends


class StumbledError(Exception):
    """Nobody expected this one."""


@pytest.mark.usefixtures("logs_at_debug")
async def test_a_turn_in_which_the_bot_stumbles(here: Workshop) -> None:
    """It is counted as that, and taken up again later."""
    here.board.trouble = StumbledError()  # type: ignore[assignment]  # nothing that Slack can come to
    async with here.working():
        await asked(here, wish(0))
        here.board.trouble = None
        here.later(5 * MINUTES)
        await here.settled()

    assert here.counts.executor.ends == [TurnEnd.FAULT, TurnEnd.LATER]
