"""What an authorization is known to be."""

from itertools import combinations

import pytest

from bot.changes.authorization import Permission, Status
from tests.changes.samples import OPERATOR, authorization


def test_an_operator_token_reads_and_writes_tokens_users_and_organisations_everywhere() -> None:
    """All six make an operator token, in any company; five of them do not."""
    more = Permission("read", "buckets", "0a")

    assert authorization(permissions=(*OPERATOR, more)).operator
    assert [
        five for five in combinations(OPERATOR, 5) if authorization(permissions=five).operator
    ] == []


def test_permissions_of_one_organisation_make_no_operator_token() -> None:
    """All-Access is bound to its organisation."""
    bound = tuple(Permission(p.action, p.resource_type, org_id="0b") for p in OPERATOR)

    assert not authorization(permissions=bound).operator


@pytest.mark.parametrize(
    ("held", "writes"),
    [
        (Permission("write", "users"), True),
        (Permission("read", "users"), False),
        (Permission("write", "users", "0c0c0c0c0c0c0002"), False),
        (Permission("write", "users", org_id="0b0b0b0b0b0b0001"), False),
        (Permission("write", "orgs"), False),
    ],
)
def test_writing_all_users_is_taking_them_over(*, held: Permission, writes: bool) -> None:
    """Only the right to write the users of the whole instance sets their passwords."""
    assert authorization(permissions=(held,)).writes_users is writes


def test_the_status_says_whether_it_is_active() -> None:
    """Inactive is all that is not active."""
    assert authorization(status=Status.ACTIVE).active
    assert not authorization(status=Status.INACTIVE).active
