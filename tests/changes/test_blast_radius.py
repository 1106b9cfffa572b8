"""What a change means beyond the token itself."""

from dataclasses import replace

import pytest

from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.blast_radius import blast_radius
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Selection, Target
from bot.changes.update import AuthorizationUpdate
from tests.changes.samples import DISABLE, OPERATOR, authorization, change

ENABLE = AuthorizationUpdate(Status.ACTIVE)
DESCRIBE = AuthorizationUpdate(description="new")


def of(*tokens: Authorization, update: AuthorizationUpdate = DISABLE) -> ChangeRequest:
    """Make a request about tokens that were read."""
    targets = tuple(
        Target("default", f"{n:016x}", update, before=each) for n, each in enumerate(tokens)
    )
    return change(targets=targets)


def reading(*buckets: str) -> Authorization:
    """Make a token that reads some buckets."""
    return authorization(
        permissions=tuple(Permission("read", "buckets", f"0a{n}", b) for n, b in enumerate(buckets))
    )


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (
            of(reading("metrics")),
            ("It then no longer allows: read bucket metrics.",),
        ),
        (
            of(reading("metrics"), update=ENABLE),
            ("It then allows again: read bucket metrics.",),
        ),
        (
            of(reading("a", "b", "c")),
            ("It then no longer allows: read bucket a; read bucket b; read bucket c.",),
        ),
        (
            of(reading("a", "b", "c", "d", "e")),
            (
                (
                    "It then no longer allows: read bucket a; read bucket b; read bucket c; "
                    "and 2 more."
                ),
            ),
        ),
        (of(reading()), ("It allows nothing.",)),
        (
            of(authorization(permissions=OPERATOR)),
            (("It is an operator token: whatever uses it loses control of this InfluxDB."),),
        ),
        (
            of(authorization(permissions=OPERATOR), update=ENABLE),
            ("It is an operator token: whoever holds it controls this whole InfluxDB.",),
        ),
        (
            of(authorization(), authorization()),
            ("Whatever uses them stops working. They belong to alice in acme.",),
        ),
        (
            of(authorization(), authorization(user="bob", org="other"), update=ENABLE),
            (
                (
                    "Whoever holds them can use them again. They belong to alice and bob in acme "
                    "and other."
                ),
            ),
        ),
        (
            of(*(authorization(user=f"u{n}") for n in range(3))),
            ("Whatever uses them stops working. They belong to u0 and u1 and u2 in acme.",),
        ),
        (
            of(*(authorization(user=f"u{n}") for n in range(5))),
            ("Whatever uses them stops working. They belong to u0, u1, u2 and 2 more in acme.",),
        ),
        (
            of(authorization(), authorization(permissions=OPERATOR)),
            (
                "Whatever uses them stops working. They belong to alice in acme.",
                "1 of them is an operator token.",
            ),
        ),
        (
            of(*(authorization(permissions=OPERATOR) for _ in range(2))),
            (
                "Whatever uses them stops working. They belong to alice in acme.",
                "2 of them are operator tokens.",
            ),
        ),
    ],
)
def test_what_it_stops_or_lets_happen_is_said(
    request_: ChangeRequest, said: tuple[str, ...]
) -> None:
    """In plain words, a sentence each; of many only so much as is read."""
    assert blast_radius(request_) == said


@pytest.mark.parametrize(
    "request_",
    [
        of(authorization(), update=DESCRIBE),
        change(),
        change(targets=(), selection=Selection("default", "alice", DISABLE)),
    ],
    ids=["describe", "not read", "not looked up"],
)
def test_of_what_stops_nothing_nothing_is_said(request_: ChangeRequest) -> None:
    """A description harms nobody, and what was not read is not guessed."""
    assert blast_radius(request_) == ()


@pytest.mark.parametrize("state", [s for s in TargetState if s.final])
def test_what_is_left_out_does_not_count(state: TargetState) -> None:
    """Its own token, the last operator token, what is so already."""
    both = of(authorization(), authorization(user="ci", permissions=OPERATOR))
    left_out = replace(both.targets[1], state=state)

    assert blast_radius(both.with_targets(left_out)) == (
        "It then no longer allows: read bucket metrics.",
    )


def test_what_was_read_last_counts() -> None:
    """Not what was shown before."""
    request = of(reading("old"))
    again = replace(request.targets[0], after=reading("new"), state=TargetState.UNKNOWN)

    assert blast_radius(request.with_targets(again)) == (
        "It then no longer allows: read bucket new.",
    )
