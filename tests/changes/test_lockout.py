"""The bot does not saw off its own branch."""

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import ErrorCode
from bot.changes.lockout import OwnToken, last_operator_problem, own_token_problem
from tests.changes.samples import OPERATOR, TOKEN_ID, authorization

OTHER_ID = "0d0d0d0d0d0d0001"
OWNER = "0c0c0c0c0c0c0002"
OTHER_USER = "0c0c0c0c0c0c0001"

BY_VALUE = "is the token that this bot itself uses"
ANY = "any token could be the bot's own. Disabling is refused altogether."
ONLY = "is the only token of the bot's user alice"
OF_USER = "belongs to alice, the user whose token this bot uses."
SETTING = "INFLUXDB_OWN_AUTHORIZATION"


@pytest.mark.parametrize(
    ("shown", "own", "said", "lifted_by"),
    [
        (True, OwnToken(), BY_VALUE, "another token"),
        (True, OwnToken(authorization_id=OTHER_ID), BY_VALUE, "another token"),
        (False, OwnToken(authorization_id=TOKEN_ID), BY_VALUE, "another token"),
        (None, OwnToken(authorization_id=TOKEN_ID), BY_VALUE, "another token"),
        (None, OwnToken(), ANY, SETTING),
        (None, OwnToken(siblings=1), ANY, SETTING),
        (None, OwnToken(user_id=OWNER, siblings=1), ONLY, "another token"),
        (None, OwnToken(user_id=OWNER, siblings=2), OF_USER, SETTING),
        (None, OwnToken(user_id=OWNER, siblings=0), OF_USER, SETTING),
        (None, OwnToken(user_id=OWNER), OF_USER, SETTING),
    ],
)
def test_what_is_or_may_be_its_own_is_refused(
    *,
    shown: bool | None,
    own: OwnToken,
    said: str,
    lifted_by: str,
    snapshot: SnapshotAssertion,
) -> None:
    """By value, by id, or by user where nothing better is known; and what lifts it is said."""
    problem = own_token_problem(authorization(own=shown), own)

    assert problem is not None
    assert problem.code is ErrorCode.OWN_TOKEN
    assert said in problem.message
    assert lifted_by in problem.hint
    assert problem == snapshot


@pytest.mark.parametrize(
    ("shown", "own"),
    [
        (False, OwnToken()),
        (False, OwnToken(user_id=OWNER, siblings=1)),
        (False, OwnToken(authorization_id=OTHER_ID)),
        (None, OwnToken(authorization_id=OTHER_ID)),
        (None, OwnToken(authorization_id=OTHER_ID, user_id=OWNER, siblings=1)),
        (None, OwnToken(user_id=OTHER_USER)),
        (None, OwnToken(user_id=OTHER_USER, siblings=1)),
    ],
)
def test_what_is_known_to_be_anothers_passes(*, shown: bool | None, own: OwnToken) -> None:
    """Another value, another id, or another user."""
    assert own_token_problem(authorization(own=shown), own) is None


def operator(**fields: object) -> Authorization:
    """Make an operator token of another user than the target's."""
    return authorization(
        **{"id": OTHER_ID, "user_id": OTHER_USER, "permissions": OPERATOR, **fields}
    )


TARGET = authorization(permissions=OPERATOR)
BOTH = frozenset({OWNER, OTHER_USER})


@pytest.mark.parametrize(
    ("others", "active_users"),
    [
        ([], BOTH),
        ([TARGET], BOTH),
        ([operator(status=Status.INACTIVE)], BOTH),
        ([operator(permissions=OPERATOR[:5])], BOTH),
        ([operator()], frozenset({OWNER})),
        ([TARGET, operator(status=Status.INACTIVE), operator(permissions=())], BOTH),
    ],
    ids=[
        "none",
        "only itself",
        "inactive",
        "no operator token",
        "owner shut out",
        "none of them",
    ],
)
def test_the_last_operator_token_is_refused(
    others: list[Authorization], active_users: frozenset[str], snapshot: SnapshotAssertion
) -> None:
    """What else there is does not work, or is no operator token."""
    problem = last_operator_problem(TARGET, others, active_users)

    assert problem == snapshot


@pytest.mark.parametrize(
    ("target", "others"),
    [
        (TARGET, [operator()]),
        (TARGET, [TARGET, operator(status=Status.INACTIVE), operator(id="0d0d0d0d0d0d0009")]),
        (TARGET, [operator(user_id=OWNER)]),
        (authorization(permissions=OPERATOR, status=Status.INACTIVE), []),
        (authorization(permissions=OPERATOR[1:]), []),
    ],
    ids=["another", "another among others", "another of the same user", "inactive", "no operator"],
)
def test_others_may_be_disabled(target: Authorization, others: list[Authorization]) -> None:
    """Another operator token works, or this one does not count."""
    assert last_operator_problem(target, others, BOTH) is None
