"""A policy as a value: its roles, and the digest by which the record names it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.changes.policy import (
    ApprovalRules,
    ChannelRules,
    Limits,
    Policy,
    PolicySource,
    Role,
    Roles,
    Workspace,
    is_group,
)
from bot.changes.update import ChangeKind

ROLES = Roles(
    viewer=frozenset({"S0SRE"}),
    operator=frozenset({"U0ALICE", "S0ONCALL"}),
    approver=frozenset({"S0SECURITY", "W0BOB"}),
)
POLICY = Policy(Workspace("T0HOME"), ROLES)


def test_users_and_groups_are_told_apart() -> None:
    """By the first letter of their ids."""
    assert ROLES.groups == {"S0SRE", "S0ONCALL", "S0SECURITY"}
    assert ROLES.users == {"U0ALICE", "W0BOB"}
    assert ROLES.ids == ROLES.groups | ROLES.users
    assert [is_group(each) for each in ("S0SRE", "U0SRE", "W0SRE")] == [True, False, False]


def test_each_role_has_its_holders() -> None:
    """Those to whom it is given; nobody is given what anyone may."""
    assert [ROLES.holding(role) for role in Role] == [
        frozenset(),
        ROLES.viewer,
        ROLES.operator,
        ROLES.approver,
    ]


def test_every_role_can_be_given_at_once() -> None:
    """As ALLOWED_USERS does."""
    ids = frozenset({"U0ALICE", "S0ONCALL"})

    assert Roles.every(ids) == Roles(viewer=ids, operator=ids, approver=ids)


@pytest.mark.parametrize(
    "change",
    [
        {"home": Workspace("T0OTHER")},
        {"home": Workspace("T0HOME", "E0GRID")},
        {"roles": replace(ROLES, viewer=frozenset({"S0SRE", "U0EVE"}))},
        {"roles": replace(ROLES, viewer=ROLES.operator, operator=ROLES.viewer)},
        {"source": PolicySource.FILE},
        {"channels": ChannelRules(allowed=frozenset())},
        {"channels": ChannelRules(direct=False)},
        {"channels": ChannelRules(feed="C0SECURITY")},
        {"approval": ApprovalRules(needed_for=frozenset({ChangeKind.ENABLE}))},
        {"approval": ApprovalRules(several=True)},
        {"approval": ApprovalRules(expires_after=timedelta(minutes=31))},
        {"approval": ApprovalRules(self_approval=True)},
        {"approval": ApprovalRules(quorum=2)},
        {"limits": Limits(targets_per_person=20)},
        {"limits": Limits(read_only="READ_ONLY")},
        {"undo_window": timedelta(hours=1)},
    ],
)
def test_the_digest_names_the_content(change: dict[str, Any]) -> None:
    """Each part of a policy changes it."""
    assert replace(POLICY, **change).digest != POLICY.digest


def test_the_digest_of_the_same_content_is_the_same() -> None:
    """Whatever the order in which ids and kinds were written."""
    kinds = list(ChangeKind)
    one = replace(POLICY, approval=ApprovalRules(needed_for=frozenset(kinds)))
    other = replace(
        POLICY,
        roles=replace(ROLES, operator=frozenset(["S0ONCALL", "U0ALICE"])),
        approval=ApprovalRules(needed_for=frozenset(reversed(kinds))),
    )

    assert one.digest == other.digest
    assert len(one.digest) == 16
