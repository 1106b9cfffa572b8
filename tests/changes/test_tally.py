"""Which votes count, by what the voters may do now."""

from dataclasses import replace

import pytest

from bot.changes.approval import Approval, Vote
from bot.changes.decision import Allowed, Denied, NeedsApproval
from bot.changes.people import Account, Person, Standing
from bot.changes.policy import ApprovalRules, Limits, Policy, Roles
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Ruling
from bot.changes.states import RequestState
from bot.changes.tally import Tally, tally
from tests.changes.samples import ALICE, BOB, NOON, change
from tests.changes.workshop import CAROL, DAVE, POLICY

MEMBER = Standing(Account.MEMBER)
BY_GROUP = replace(POLICY, roles=Roles(approver=frozenset({"S0SECURITY"})))


def voted(*voters: Person) -> ChangeRequest:
    """Make Alice's request, to which some have agreed."""
    votes = tuple(Vote(voter, NOON) for voter in voters)
    approval = Approval("disabling needs an approval", ("U0BOB", "U0CAROL"), 2, votes)
    return change(state=RequestState.AWAITING_APPROVAL, approval=approval)


def names(votes: tuple[Vote, ...]) -> list[str]:
    """Name who voted."""
    return [vote.voter.user_id for vote in votes]


def test_votes_of_approvers_count() -> None:
    """In their order; none has lapsed."""
    request = voted(BOB, CAROL)

    assert request.approval is not None
    assert tally(POLICY, request, {}) == Tally(counting=request.approval.votes)


@pytest.mark.parametrize(
    ("policy", "standing"),
    [
        (replace(POLICY, roles=Roles(approver=frozenset({"U0CAROL"}))), MEMBER),
        (
            replace(
                POLICY,
                roles=Roles(operator=frozenset({"U0BOB"}), approver=frozenset({"U0CAROL"})),
            ),
            MEMBER,
        ),
        (POLICY, Standing(Account.DEACTIVATED)),
        (POLICY, Standing(Account.BOT)),
        (replace(POLICY, home=replace(POLICY.home, team_id="T0OTHER")), MEMBER),
        (BY_GROUP, MEMBER),
        (BY_GROUP, Standing(Account.MEMBER, unreadable=frozenset({"S0SECURITY"}))),
        (BY_GROUP, Standing(Account.GUEST, frozenset({"S0SECURITY"}))),
        (BY_GROUP, Standing(Account.UNKNOWN, frozenset({"S0SECURITY"}))),
    ],
    ids=[
        "not listed",
        "operator only",
        "deactivated",
        "bot",
        "another workspace",
        "not in the group",
        "group unreadable",
        "guest in the group",
        "unknown account in the group",
    ],
)
def test_votes_of_those_who_may_not_approve_any_more_lapse(
    policy: Policy, standing: Standing
) -> None:
    """The role counts at the moment of carrying out, and not that of the click."""
    found = tally(policy, voted(BOB), {"U0BOB": standing})

    assert (names(found.counting), names(found.lapsed)) == ([], ["U0BOB"])


@pytest.mark.parametrize(("self_approval", "counts"), [(False, False), (True, True)])
def test_ones_own_vote_counts_only_where_that_is_allowed(
    *, self_approval: bool, counts: bool
) -> None:
    """Though Alice be an approver."""
    policy = replace(
        POLICY,
        roles=Roles(approver=frozenset({"U0ALICE", "U0BOB"})),
        approval=ApprovalRules(self_approval=self_approval),
    )

    found = tally(policy, voted(ALICE, BOB), {})

    assert names(found.counting) == (["U0ALICE", "U0BOB"] if counts else ["U0BOB"])
    assert names(found.lapsed) == ([] if counts else ["U0ALICE"])


def test_ones_own_vote_never_counts_on_the_undo_of_a_break_glass() -> None:
    """Whatever the policy says of one's own."""
    policy = replace(
        POLICY,
        roles=Roles(approver=frozenset({"U0ALICE", "U0BOB"})),
        approval=ApprovalRules(self_approval=True),
    )

    found = tally(policy, replace(voted(ALICE, BOB), never_alone=True), {})

    assert (names(found.counting), names(found.lapsed)) == (["U0BOB"], ["U0ALICE"])


def test_a_stop_of_all_changes_takes_nobodys_vote() -> None:
    """It holds the change back; what was agreed to still is."""
    policy = replace(POLICY, limits=Limits(read_only="READ_ONLY"))

    assert names(tally(policy, voted(BOB), {}).counting) == ["U0BOB"]


def test_a_group_of_approvers_counts_as_long_as_one_is_in_it() -> None:
    """Each voter is looked up for themselves."""
    inside = Standing(Account.MEMBER, frozenset({"S0SECURITY"}))

    found = tally(BY_GROUP, voted(BOB, CAROL, DAVE), {"U0BOB": inside, "U0CAROL": MEMBER})

    assert (names(found.counting), names(found.lapsed)) == (["U0BOB"], ["U0CAROL", "U0DAVE"])


def test_without_an_approval_there_is_nothing_to_count() -> None:
    """Nobody was asked."""
    assert tally(POLICY, change(), {}) == Tally()


@pytest.mark.parametrize(
    ("quorum", "votes", "missing"), [(1, 0, 1), (2, 1, 1), (2, 2, 0), (1, 2, 0)]
)
def test_how_many_votes_are_missing(quorum: int, votes: int, missing: int) -> None:
    """Never less than none."""
    counting = tuple(Vote(voter, NOON) for voter in (BOB, CAROL)[:votes])
    needed = NeedsApproval("rule", frozenset({"U0BOB"}), quorum)

    assert Ruling(needed, tally=Tally(counting)).missing_votes == missing


def test_where_none_is_needed_none_is_missing() -> None:
    """Whoever is allowed, or denied, waits for nobody's vote."""
    assert [Ruling(each).missing_votes for each in (Allowed("rule"), Denied("rule", ""))] == [0, 0]
