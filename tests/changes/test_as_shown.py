"""Whether a token still is what was shown."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.as_shown import (
    changed_since_shown,
    description_digest,
    digest,
    in_words,
    not_as_shown,
)
from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.errors import ErrorCode
from bot.changes.target import Target
from bot.changes.update import Difference
from tests.changes.samples import (
    AUTHORIZATIONS,
    DISABLE,
    NOON,
    PERMISSIONS,
    TARGETS,
    TOKEN_ID,
    UNHURRIED,
    authorization,
)

SHOWN = authorization()
READ, WRITE = (
    Permission(action, "buckets", "0a0a0a0a0a0a0001", "metrics") for action in ("read", "write")
)
NOTICED = pytest.mark.parametrize(
    ("found", "difference"),
    [
        ({"status": Status.INACTIVE}, Difference("status", "active", "inactive")),
        ({"description": "new"}, Difference("description", "telegraf", "new")),
        (
            {"user_id": "0c0c0c0c0c0c0009", "user": "bob"},
            Difference("owner", "alice", "bob"),
        ),
        (
            {"permissions": (READ, WRITE)},
            Difference("what it allows", "read bucket metrics", "read and write bucket metrics"),
        ),
        ({"permissions": ()}, Difference("what it allows", "read bucket metrics", "nothing")),
    ],
)


def target(shown: Authorization | None = SHOWN, **fields: Any) -> Target:
    """Make a target as it was shown, but for what is given."""
    return replace(Target("default", TOKEN_ID, DISABLE, before=shown), **fields)


@NOTICED
def test_everything_that_people_agree_to_is_noticed(
    found: dict[str, Any], difference: Difference
) -> None:
    """Status, description, owner and permissions: each with what it was and what it is."""
    assert not_as_shown(SHOWN, authorization(**found)) == (difference,)


@NOTICED
def test_the_digest_names_what_was_shown(found: dict[str, Any], difference: Difference) -> None:
    """Whatever is noticed changes it."""
    del difference

    assert digest([target(authorization(**found))]) != digest([target()])


@pytest.mark.parametrize(
    "found",
    [
        {"revision": 99},
        {"updated_at": NOON},
        {"user": "alice-renamed"},
        {"org": "renamed"},
        {"own": None},
    ],
)
def test_the_rest_may_move(found: dict[str, Any]) -> None:
    """A PATCH that changed nothing, or a new name of the same owner, takes nothing back."""
    other = authorization(**found)

    assert not_as_shown(SHOWN, other) == ()
    assert digest([target(other)]) == digest([target()])


@pytest.mark.parametrize(
    "other",
    [
        target(instance="lab"),
        target(authorization_id="0d0d0d0d0d0d0001"),
        target(None),
    ],
)
def test_the_digest_is_of_this_token_alone(other: Target) -> None:
    """Another instance, another token, and what was not read."""
    assert digest([other]) != digest([target()])


def test_several_are_named_in_their_order() -> None:
    """One more, one less or another order is not what was shown."""
    one, other = target(), target(authorization_id="0d0d0d0d0d0d0001")

    digests = [digest(each) for each in ([one], [one, other], [other, one], [one, one], [])]

    assert len(set(digests)) == len(digests)


def test_the_digest_is_the_same_tomorrow() -> None:
    """It stands in the record; whoever checks it computes it anew."""
    assert digest([target()]) == "8ae88e7827c98ed7"


@UNHURRIED
@given(targets=st.lists(TARGETS, max_size=3), shuffling=st.randoms())
def test_the_order_of_permissions_does_not_matter(targets: list[Target], shuffling: Any) -> None:
    """InfluxDB promises none."""

    def shuffled(each: Target) -> Target:
        if each.before is None:
            return each
        permissions = list(each.before.permissions)
        shuffling.shuffle(permissions)
        return replace(each, before=replace(each.before, permissions=tuple(permissions)))

    others = [shuffled(each) for each in targets]

    assert digest(others) == digest(targets)
    assert [
        changed_since_shown(each, other.before)
        for each, other in zip(targets, others, strict=True)
        if other.before is not None
    ] == [None for each in targets if each.before is not None]


@UNHURRIED
@given(shown=AUTHORIZATIONS, found=AUTHORIZATIONS, more=st.lists(PERMISSIONS, max_size=2))
def test_where_nothing_is_noticed_the_digest_is_the_same(
    shown: Authorization, found: Authorization, more: Sequence[Permission]
) -> None:
    """And where something is, it is another one."""
    found = replace(found, permissions=(*shown.permissions, *more))

    same = digest([target(shown)]) == digest([target(found)])

    assert same <= (not_as_shown(shown, found) == ())


def test_what_has_changed_is_said() -> None:
    """All of it, in one sentence; nothing was changed, and what to do next."""
    found = authorization(status=Status.INACTIVE, user_id="0c0c0c0c0c0c0009", user="bob")

    problem = changed_since_shown(target(), found)

    assert problem is not None
    assert (problem.code, problem.message, problem.hint) == (
        ErrorCode.CHANGED_SINCE,
        (
            f"{TOKEN_ID} is not as it was shown any more: status was “active” and is “inactive”; "
            "owner was “alice” and is “bob”. Nothing was changed."
        ),
        "Look at it with show, then ask again.",
    )


def test_what_was_not_shown_has_not_changed() -> None:
    """Whoever saw nothing has agreed to nothing in particular."""
    assert changed_since_shown(target(None), authorization(description="whatever")) is None
    assert changed_since_shown(target(), SHOWN) is None
    assert in_words([]) == ""


def test_the_digest_of_a_description_is_the_same_tomorrow() -> None:
    """Forms keep it, and so does the record."""
    assert description_digest(authorization(description="telegraf")) == "e46f8281683b3570"
    assert description_digest(authorization(description="telegraf ")) != "e46f8281683b3570"


def test_what_it_allows_is_said_line_by_line() -> None:
    """Before and now, with all that it allows."""
    read, write = (Permission(action, "buckets", "0a", "metrics") for action in ("read", "write"))
    shown = authorization(permissions=(read, Permission("read", "users")))
    found = authorization(permissions=(write,))

    assert not_as_shown(shown, found) == (
        Difference(
            "what it allows",
            "read all users in all organisations; read bucket metrics",
            "write bucket metrics",
        ),
    )
