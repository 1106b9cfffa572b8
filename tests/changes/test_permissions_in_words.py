"""What an authorization allows, as people read it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.changes.authorization import Permission
from bot.changes.permissions import in_plain_words
from tests.changes.samples import OPERATOR, authorization

RECORDED = json.loads(
    (Path(__file__).parent.parent / "contract" / "fixture.json").read_text(encoding="utf-8")
)
ORGANISATIONS = {each["id"]: each["name"] for each in RECORDED["orgs"]}
NAMES = {
    each["id"]: each["name"] for kind in ("orgs", "users", "buckets") for each in RECORDED[kind]
}


def permission(recorded: dict[str, Any]) -> Permission:
    """Read a permission as InfluxDB states it: a name where the resource still exists."""
    resource = recorded["resource"]
    return Permission(
        recorded["action"],
        resource["type"],
        resource.get("id"),
        NAMES.get(resource.get("id")),
        resource.get("orgID"),
        ORGANISATIONS.get(resource.get("orgID")),
    )


def words_of(*permissions: Permission) -> tuple[str, ...]:
    """Say what permissions allow."""
    return in_plain_words(authorization(permissions=permissions))


@pytest.mark.parametrize(
    ("recorded_id", "words"),
    [
        ("0d0d0d0d0d0d0001", ("operator: everything in all organisations",)),
        ("0d0d0d0d0d0d0004", ("operator: everything in all organisations",)),
        ("0d0d0d0d0d0d0002", ("everything in organisation acme", "read and write user alice")),
        (
            "0d0d0d0d0d0d0006",
            ("everything in organisation acme", "read and write user 0c0c0c0c0c0c0009"),
        ),
        ("0d0d0d0d0d0d0003", ("read bucket metrics", "write bucket 0a0a0a0a0a0a0009")),
        ("0d0d0d0d0d0d0007", ("read all buckets in organisation other",)),
        (
            "0d0d0d0d0d0d0008",
            (
                "read all users in all organisations",
                "read and write all authorizations in organisation acme",
            ),
        ),
        ("0d0d0d0d0d0d000a", ("read and write all authorizations in organisation acme",)),
    ],
)
def test_the_recorded_servers_tokens(recorded_id: str, words: tuple[str, ...]) -> None:
    """Operator, All-Access and narrow tokens of a real server read as what they are."""
    (recorded,) = [a for a in RECORDED["authorizations"] if a["id"] == recorded_id]

    assert words_of(*(permission(each) for each in recorded["permissions"])) == words


def test_an_operator_token_that_lacks_something_is_not_called_everything() -> None:
    """Tokens, users and organisations of all make an operator token; the rest is spelt out."""
    assert words_of(*OPERATOR) == (
        "operator: all organisations",
        "read and write all authorizations in all organisations",
        "read and write all users in all organisations",
        "read and write all organisations in all organisations",
    )


def test_an_all_access_token_that_lacks_something_is_not_called_everything() -> None:
    """Without the right to write one type, there is no summary that hides it."""
    recorded = RECORDED["authorizations"][1]["permissions"]
    held = [permission(each) for each in recorded]
    lacking = [p for p in held if (p.action, p.resource_type) != ("write", "buckets")]

    words = words_of(*lacking)

    assert "everything in organisation acme" not in words
    assert "read all buckets in organisation acme" in words


def test_all_access_of_an_older_server_is_everything() -> None:
    """Version 2.0 knew no annotations, notebooks, remotes or replications."""
    later = {"annotations", "notebooks", "remotes", "replications"}
    recorded = RECORDED["authorizations"][1]["permissions"]
    held = [permission(p) for p in recorded if p["resource"]["type"] not in later]

    assert words_of(*held)[0] == "everything in organisation acme"


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ((), ("nothing",)),
        ((Permission("write", "buckets"),), ("write all buckets in all organisations",)),
        (
            (Permission("read", "dbrp", org_id="0b0b0b0b0b0b0001"),),
            ("read all DBRP mappings in organisation 0b0b0b0b0b0b0001",),
        ),
        (
            (Permission("read", "flows", org_id="0b0b0b0b0b0b0001", org="acme"),),
            ("read all flows in organisation acme",),
        ),
        (
            (Permission("write", "telegrafs", "0a"), Permission("write", "telegrafs", "0a")),
            ("write Telegraf configuration 0a",),
        ),
    ],
)
def test_single_permissions(held: tuple[Permission, ...], words: tuple[str, ...]) -> None:
    """Unknown types are shown, deleted resources by their ids, and nothing twice."""
    assert words_of(*held) == words


def test_the_widest_comes_first() -> None:
    """Whatever the order on the server: the whole instance, then organisations, then resources."""
    assert words_of(
        Permission("read", "buckets", "0a", "metrics"),
        Permission("read", "tasks", org_id="0b", org="acme"),
        Permission("write", "users"),
    ) == (
        "write all users in all organisations",
        "read all tasks in organisation acme",
        "read bucket metrics",
    )


def test_everything_in_everything_is_no_more_than_the_types_there_are() -> None:
    """What a version grants more than others does not make another word of it."""
    recorded = [permission(each) for each in RECORDED["authorizations"][0]["permissions"]]
    later = {"annotations", "notebooks", "remotes", "replications"}

    assert words_of(*(p for p in recorded if p.resource_type not in later)) == (
        "operator: everything in all organisations",
    )


def test_what_holds_elsewhere_completes_no_organisation() -> None:
    """Half of the types here and the others there, or everywhere, are not everything here."""
    recorded = RECORDED["authorizations"][1]["permissions"]
    held = [permission(each) for each in recorded]
    elsewhere = [
        replace(p, org_id="0b0b0b0b0b0b0009", org="other") if p.resource_type == "buckets" else p
        for p in held
    ]
    everywhere = [
        replace(p, org_id=None, org=None) if p.resource_type == "buckets" else p for p in held
    ]

    for permissions in (elsewhere, everywhere):
        assert not [each for each in words_of(*permissions) if each.startswith("everything")]


def test_an_organisation_without_a_name_is_named_by_its_id() -> None:
    """It was deleted, and its tokens were not."""
    recorded = RECORDED["authorizations"][1]["permissions"]
    nameless = [replace(permission(each), org=None) for each in recorded]

    assert words_of(*nameless)[0] == "everything in organisation 0b0b0b0b0b0b0001"
