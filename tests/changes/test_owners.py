"""Who in Slack answers for an InfluxDB user."""

from dataclasses import replace

import pytest

from bot.changes.owners import owner_of
from bot.changes.policy import OwnerMapping, Policy, Roles, Workspace

POLICY = Policy(home=Workspace("T0HOME"), roles=Roles())
ALICE = "0d0d0d0d0d0d0001"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([OwnerMapping("alice", "U0ALICE")], "U0ALICE"),
        ([OwnerMapping(ALICE, "U0ALICE")], "U0ALICE"),
        ([OwnerMapping("alice", "U0ALICE", "prod")], "U0ALICE"),
        ([OwnerMapping(ALICE, "U0ALICE", "prod")], "U0ALICE"),
        ([OwnerMapping("alice", "U0OTHER", "eu")], None),
        ([OwnerMapping("Alice", "U0OTHER")], None),
        ([OwnerMapping("bob", "U0OTHER")], None),
        ([], None),
        # What is said of the instance, and an id, count before the rest.
        ([OwnerMapping("alice", "U0ALICE", "prod"), OwnerMapping(ALICE, "U0OTHER")], "U0ALICE"),
        ([OwnerMapping("alice", "U0OTHER"), OwnerMapping(ALICE, "U0ALICE")], "U0ALICE"),
        (
            [OwnerMapping("alice", "U0OTHER", "prod"), OwnerMapping(ALICE, "U0ALICE", "prod")],
            "U0ALICE",
        ),
    ],
)
def test_who_answers(said: list[OwnerMapping], found: str | None) -> None:
    """Named by id or name, on this instance or on all."""
    policy = replace(POLICY, owners=frozenset(said))

    assert owner_of(policy, "prod", "alice", ALICE) == found
    assert owner_of(policy, "prod", "alice", ALICE.upper()) == found


@pytest.mark.parametrize("name", [ALICE, ALICE.upper()])
def test_a_name_does_not_pass_for_an_id(name: str) -> None:
    """Whoever creates users in InfluxDB could name one like another's id."""
    policy = replace(POLICY, owners=frozenset({OwnerMapping(ALICE, "U0ALICE")}))

    assert owner_of(policy, "prod", name, "0d0d0d0d0d0d0002") is None


@pytest.mark.parametrize("name", ["cafe", "0d0d0d0d0d0d000", "0d0d0d0d0d0d00011", "x" * 16])
def test_a_name_that_is_no_id_stays_a_name(name: str) -> None:
    """Sixteen hexadecimal digits are an id, and nothing else is."""
    policy = replace(POLICY, owners=frozenset({OwnerMapping(name, "U0ALICE")}))

    assert owner_of(policy, "prod", name, "0d0d0d0d0d0d0002") == "U0ALICE"


def test_nobody_is_named_by_what_is_not_known() -> None:
    """A user whose name InfluxDB did not tell is found by id alone."""
    policy = replace(POLICY, owners=frozenset({OwnerMapping(ALICE, "U0ALICE")}))

    assert owner_of(policy, "prod", "", "") is None
    assert owner_of(policy, "prod", "", ALICE) == "U0ALICE"


def test_owners_are_no_part_of_the_digest() -> None:
    """They decide nothing: the record's decisions stay those of the same policy."""
    assert (
        replace(POLICY, owners=frozenset({OwnerMapping("alice", "U0ALICE")})).digest
        == POLICY.digest
    )
    assert replace(POLICY, roles=Roles.every(frozenset({"U0ALICE"}))).digest != POLICY.digest
