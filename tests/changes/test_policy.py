"""Who may do what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.changes.policy import (
    Allowed,
    Decision,
    Denied,
    Policy,
    Role,
    Workspace,
    decide,
    roles_of,
)
from bot.changes.request import Person
from bot.changes.update import ChangeKind
from tests.changes.samples import ALICE, BOB

POLICY = Policy(Workspace("T0HOME"), frozenset({"U0ALICE"}))
GRID = replace(POLICY, home=Workspace("T0HOME", "E0GRID"))
FROZEN = replace(POLICY, read_only=True)
NOBODY = Policy(Workspace("T0HOME"), frozenset())
NOWHERE = Policy(Workspace(""), frozenset({"U0ALICE"}))

LISTED = Allowed("you are in ALLOWED_USERS")
NOT_LISTED = Denied(
    "you are not in ALLOWED_USERS",
    "Ask whoever runs this bot to add your Slack user id U0BOB to ALLOWED_USERS.",
)
ELSEWHERE = Denied(
    "you belong to another Slack workspace than this bot",
    "Ask somebody of the bot's own workspace.",
)
STOPPED = Denied("changes are stopped: READ_ONLY is set", "Whoever runs this bot can lift it.")
VISITOR = Person("U0ALICE", "T0OTHER")


@pytest.mark.parametrize("needed", [Role.VIEWER, Role.OPERATOR, Role.APPROVER])
@pytest.mark.parametrize("kind", [None, *ChangeKind])
@pytest.mark.parametrize(
    ("policy", "person", "decision"),
    [
        (POLICY, ALICE, LISTED),
        (POLICY, BOB, NOT_LISTED),
        (NOBODY, BOB, NOT_LISTED),
        (POLICY, VISITOR, ELSEWHERE),
        (POLICY, Person("U0ALICE", "T0OTHER", "E0GRID"), ELSEWHERE),
        (GRID, Person("U0ALICE", "T0OTHER", "E0GRID"), LISTED),
        (GRID, Person("U0BOB", "T0OTHER", "E0GRID"), NOT_LISTED),
        (GRID, Person("U0ALICE", "T0OTHER", "E0ELSE"), ELSEWHERE),
        (GRID, VISITOR, ELSEWHERE),
        (FROZEN, BOB, NOT_LISTED),
        (FROZEN, VISITOR, ELSEWHERE),
    ],
)
def test_who_is_listed_may_and_nobody_else(
    policy: Policy, person: Person, needed: Role, kind: ChangeKind | None, decision: Decision
) -> None:
    """Whoever is listed and of the workspace, or of its enterprise, holds every role."""
    assert decision == decide(policy, person, needed, kind)


@pytest.mark.parametrize(
    ("policy", "person", "decision"),
    [
        (POLICY, BOB, Allowed("anyone may")),
        (NOBODY, BOB, Allowed("anyone may")),
        (FROZEN, BOB, Allowed("anyone may")),
        (POLICY, VISITOR, ELSEWHERE),
    ],
)
def test_anyone_is_anyone_of_the_workspace(
    policy: Policy, person: Person, decision: Decision
) -> None:
    """What takes no role is still for the bot's own workspace."""
    assert decision == decide(policy, person, Role.ANYONE)


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_read_only_stops_every_change(kind: ChangeKind) -> None:
    """No kind of change passes, whoever asks."""
    assert decide(FROZEN, ALICE, Role.OPERATOR, kind) == STOPPED


@pytest.mark.parametrize("needed", list(Role))
def test_read_only_stops_no_reading(needed: Role) -> None:
    """Whoever may read goes on reading."""
    assert isinstance(decide(FROZEN, ALICE, needed), Allowed)


def test_before_the_workspace_is_known_nobody_is_at_home() -> None:
    """Until Slack has told whose workspace this is, nobody belongs to it."""
    assert decide(NOWHERE, ALICE, Role.VIEWER) == ELSEWHERE


@pytest.mark.parametrize(
    ("person", "roles", "rule"),
    [
        (ALICE, (Role.VIEWER, Role.OPERATOR, Role.APPROVER), LISTED.rule),
        (BOB, (), NOT_LISTED.rule),
        (VISITOR, (), ELSEWHERE.rule),
    ],
)
def test_roles_come_with_their_rule(person: Person, roles: tuple[Role, ...], rule: str) -> None:
    """Every role or none, and why."""
    assert (roles, rule) == roles_of(POLICY, person)


def test_the_digest_names_the_content() -> None:
    """Each part of a policy changes its digest; the order of its users does not."""
    others = [
        NOBODY,
        FROZEN,
        GRID,
        replace(POLICY, home=Workspace("T0OTHER")),
        replace(POLICY, undo_window=timedelta(hours=1)),
        replace(POLICY, allowed_users=frozenset({"U0ALICE", "U0BOB"})),
    ]
    same = replace(POLICY, allowed_users=frozenset(["U0ALICE"]))

    assert POLICY.digest == same.digest
    assert len({POLICY.digest, *(other.digest for other in others)}) == 7
    assert len(POLICY.digest) == 16
