"""Whether enough people can approve, counted as the bot counts them."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.changes.people import Account
from bot.changes.policy import ApprovalRules, Limits, PolicySource, Roles
from bot.changes.update import ChangeKind
from bot.check.answers import Refused, Silent, Told
from bot.check.approvals import approval_findings, approvers_of
from bot.check.findings import Severity
from bot.check.people import Crowd, Group, Member
from bot.configuration import PolicyRules

MEMBER, GUEST = Member(Account.MEMBER), Member(Account.GUEST)
BOT, GONE = Member(Account.BOT), Member(Account.DEACTIVATED)
ENABLING = ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE}))


def crowd(users: Mapping[str, Told[Member]], **groups: str) -> Crowd:
    """Give people, and user groups with their members, such as ``S0SEC="U0A U0B"``."""
    return Crowd(users, {name: Group(frozenset(who.split())) for name, who in groups.items()})


def rules(
    approver: str, approval: ApprovalRules = ENABLING, most: int | None = None
) -> PolicyRules:
    """Give a policy with these approvers, and an operator beside them."""
    roles = Roles(operator=frozenset({"U0OPERATOR"}), approver=frozenset(approver.split()))
    return PolicyRules(roles, PolicySource.FILE, approval=approval, limits=Limits(most))


@pytest.mark.parametrize(
    ("approver", "there", "sure"),
    [
        ("U0A U0B", crowd({"U0A": MEMBER, "U0B": MEMBER}), "U0A U0B"),
        ("S0SEC", crowd({"U0A": MEMBER, "U0B": MEMBER}, S0SEC="U0A U0B"), "U0A U0B"),
        ("U0A S0SEC", crowd({"U0A": MEMBER, "U0B": MEMBER}, S0SEC="U0A U0B"), "U0A U0B"),
        ("S0SEC", crowd({"U0A": MEMBER, "U0B": GUEST}, S0SEC="U0A U0B"), "U0A"),
        ("U0B", crowd({"U0B": GUEST}), "U0B"),
        ("U0A U0B", crowd({"U0A": BOT, "U0B": GONE}), ""),
        ("U0A", crowd({"U0A": Member(Account.MEMBER, at_home=False)}), ""),
        ("U0A U0B", crowd({"U0A": MEMBER, "U0B": Refused("user_not_found")}), "U0A"),
        ("S0NONE", crowd({"U0A": MEMBER}), ""),
        ("S0OLD", Crowd({}, {"S0OLD": Group(frozenset({"U0A"}), disabled=True)}), ""),
    ],
)
def test_who_counts(approver: str, there: Crowd, sure: str) -> None:
    """Members do, by id or by group; guests by their own id alone; others do not."""
    roles = Roles(approver=frozenset(approver.split()))

    found = approvers_of(roles, there)

    assert (found.sure, found.perhaps, found.complete) == (
        frozenset(sure.split()),
        found.sure,
        True,
    )


def test_the_requester_does_not_count() -> None:
    """With as many approvers as votes, each of them could not get their own request approved."""
    there = crowd({"U0A": MEMBER, "U0B": MEMBER}, S0SEC="U0A U0B")
    two = ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE}), quorum=2)

    (wrong,) = approval_findings(rules("S0SEC", two), there)
    (right,) = approval_findings(rules("S0SEC"), there)

    assert (wrong.severity, wrong.what) == (
        Severity.PROBLEM,
        (
            "Requests of U0A, U0B cannot be approved: that takes 2 votes besides the requester's "
            "own, and 2 people can approve."
        ),
    )
    assert right.what == "Approvals can be given: each takes 1 vote."


def test_the_requester_counts_where_self_approval_says_so() -> None:
    """Then one approver is enough for one vote."""
    alone = crowd({"U0A": MEMBER})
    itself = ApprovalRules(several=True, self_approval=True)

    (found,) = approval_findings(rules("U0A", itself), alone)
    (without,) = approval_findings(rules("U0A", ApprovalRules(several=True)), alone)

    assert (found.severity, without.severity) == (Severity.OK, Severity.PROBLEM)


@pytest.mark.parametrize(
    "there",
    [
        crowd({"U0A": MEMBER, "U0B": Silent("did not answer")}),
        crowd({"U0A": MEMBER}),
        Crowd({"U0A": MEMBER, "U0B": GONE}, Refused("missing_scope")),
    ],
)
def test_what_slack_does_not_tell_is_not_guessed(there: Crowd) -> None:
    """Where those of whom nothing is known could be enough, that is a note and no problem."""
    approver = "U0A U0B S0SEC" if isinstance(there.groups, Refused) else "U0A U0B"

    (found,) = approval_findings(rules(approver), there)

    assert found.severity is Severity.NOTE
    assert "cannot be told" in found.what


def test_what_could_not_be_enough_in_any_case_is_a_problem() -> None:
    """Whoever is not known may count, and it takes more votes nevertheless."""
    three = ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE}), quorum=3)

    (found,) = approval_findings(rules("U0A U0B", three), crowd({"U0A": MEMBER}))

    assert found.what.startswith("No request can be approved: that takes 3 votes, and 2 people")


def test_a_limit_alone_asks_for_less() -> None:
    """Where nothing but many changes in short time needs an approval, too few is a note."""
    (found,) = approval_findings(rules("", ApprovalRules(), most=20), crowd({}))

    assert (found.severity, found.what) == (
        Severity.NOTE,
        (
            "No request can be approved: that takes 1 vote, and nobody can approve. Only changes "
            "of more than 20 tokens within 10 minutes need one."
        ),
    )


def test_nothing_is_said_where_nothing_needs_an_approval() -> None:
    """Changes that run at once need nobody else."""
    nothing = ApprovalRules(expires_after=timedelta(hours=1))

    assert approval_findings(rules("", nothing), crowd({})) == []
