"""What is made of what an InfluxDB tells of the bot's token."""

from dataclasses import replace

import pytest

from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.errors import ErrorCode, Problem
from bot.changes.lockout import OwnToken
from bot.check.findings import Severity
from bot.check.influxdb import InstanceFacts, SettingNames, instance_findings
from bot.check.own_token import own_token_findings, same_server_findings
from bot.check.permissions import may_change, sees_all
from tests.changes.samples import OPERATOR, authorization

BOT, ALICE = "0c00000000000001", "0c00000000000002"
MINE = authorization(
    id="0d00000000000001", user_id=BOT, user="token-bot", permissions=OPERATOR, own=True
)
OTHER = authorization(id="0d00000000000002", user_id=ALICE, user="alice", own=False)


def facts(*seen: Authorization, mine: Authorization | Problem | None = MINE) -> InstanceFacts:
    """Give what an instance tells."""
    return InstanceFacts(
        name="prod",
        settings=SettingNames.in_file("prod"),
        version="OSS v2.7.12",
        user_id=BOT,
        seen=seen,
        configured=None,
        own=OwnToken(user_id=BOT, siblings=1),
        mine=mine,
    )


def said(told: InstanceFacts, severity: Severity) -> list[str]:
    """Give what is found of a severity."""
    found = [*instance_findings(told), *own_token_findings(told)]
    return [each.what for each in found if each.severity is severity]


def hidden(*tokens: Authorization) -> tuple[Authorization, ...]:
    """Give tokens as a server has them that does not show them."""
    return tuple(replace(each, own=None) for each in tokens)


def test_a_right_token() -> None:
    """Nothing but what is well is said."""
    told = facts(MINE, OTHER)

    assert said(told, Severity.PROBLEM) + said(told, Severity.NOTE) == []


@pytest.mark.parametrize(
    ("held", "may"),
    [
        (OPERATOR, True),
        ((Permission("write", "authorizations"), Permission("write", "users")), True),
        (
            (
                Permission("write", "authorizations", org_id=OTHER.org_id),
                Permission("write", "users", resource_id=ALICE),
            ),
            True,
        ),
        (
            (
                Permission("write", "authorizations", org_id="0b000000000000ff"),
                Permission("write", "users"),
            ),
            False,
        ),
        ((Permission("write", "authorizations"), Permission("write", "users", BOT)), False),
        (
            (
                Permission("write", "authorizations"),
                Permission("write", "users", org_id=OTHER.org_id),
            ),
            False,
        ),
        ((Permission("read", "authorizations"), Permission("read", "users")), False),
        ((), False),
    ],
)
def test_who_may_change_what(held: tuple[Permission, ...], may: bool) -> None:  # noqa: FBT001 - a table's column
    """It takes the authorization and its owner; an organisation's users are nobody."""
    assert may_change(held, OTHER) is may


def test_all_can_be_seen_with_both_permissions_everywhere() -> None:
    """One without the other, or of one organisation, is not all."""
    both = (Permission("read", "authorizations"), Permission("read", "users"))

    assert sees_all(both)
    assert not sees_all(both[:1])
    assert not sees_all((both[0], Permission("read", "users", resource_id=ALICE)))


def test_a_part_that_cannot_be_changed_is_a_note() -> None:
    """It says whose tokens those are."""
    held = (*OPERATOR[:3], Permission("write", "users", resource_id="0c00000000000003"))
    mine = replace(MINE, permissions=held)
    third = replace(OTHER, id="0d00000000000003", user_id="0c00000000000003", user="carol")

    assert said(facts(mine, OTHER, third, mine=mine), Severity.NOTE) == [
        (
            "The bot may not change 1 token that it sees, of alice: its token lacks write access "
            "to users there."
        )
    ]


def test_only_its_own_users_tokens() -> None:
    """What an All-Access token sees is said, and that others are not found."""
    own = (
        Permission("read", "users", resource_id=BOT),
        Permission("write", "users", resource_id=BOT),
    )
    access = (Permission("read", "authorizations"), Permission("write", "authorizations"), *own)
    mine = replace(MINE, permissions=access)
    told = facts(mine, replace(OTHER, user_id=BOT, user="token-bot"), mine=mine)

    (note,) = said(told, Severity.NOTE)

    assert note.startswith("It shows the bot 2 tokens of 1 user. That is its own user, and other")
    assert said(told, Severity.PROBLEM) == []


def test_an_operator_token_of_somebody_with_others() -> None:
    """The bot's user is perhaps a person."""
    told = facts(MINE, OTHER, replace(OTHER, id="0d00000000000003", user_id=BOT))

    assert said(told, Severity.NOTE) == [
        (
            "The bot's token is an operator token of token-bot, who has 1 other token: a person "
            "perhaps."
        )
    ]


def test_several_tokens_of_its_user_that_are_not_shown() -> None:
    """Disabling any of them is refused, and the setting is named that lifts that."""
    sibling = replace(OTHER, id="0d00000000000003", user_id=BOT, user="token-bot")
    told = replace(
        facts(*hidden(MINE, OTHER, sibling), mine=None), own=OwnToken(user_id=BOT, siblings=2)
    )

    unknown, refused = said(told, Severity.NOTE)

    assert unknown.startswith("Whether the bot's token may change tokens cannot be told")
    assert refused == (
        "This server does not show tokens, and token-bot has several, so disabling any of 2 "
        "tokens of that user is refused: one is the bot's own."
    )
    assert own_token_findings(told)[0].remedy.startswith("Set own_authorization of [[influxdb]]")


def test_nothing_is_known_of_its_own_token() -> None:
    """Disabling is refused altogether, which is a problem."""
    told = replace(facts(*hidden(MINE, OTHER), mine=None), own=OwnToken(), user_id=None)

    assert said(told, Severity.PROBLEM) == [
        (
            "This server does not show tokens and does not tell which is the bot's own, so "
            "disabling is refused altogether."
        )
    ]


def test_an_inactive_token_cannot_be_the_one_in_use() -> None:
    """What is configured as the bot's own is doubted, and nothing is concluded from it."""
    inactive = replace(hidden(MINE)[0], status=Status.INACTIVE)
    told = replace(facts(*hidden(OTHER), mine=inactive), configured=MINE.id)

    (problem,) = said(told, Severity.PROBLEM)

    assert "which is inactive, so it is not the bot's own" in problem
    assert any("may change tokens cannot be told" in each for each in said(told, Severity.NOTE))


@pytest.mark.parametrize(
    "code", [ErrorCode.BAD_CREDENTIAL, ErrorCode.OWN_TOKEN_INACTIVE, ErrorCode.OWN_USER_INACTIVE]
)
def test_a_refused_token_is_said_once(code: ErrorCode) -> None:
    """With the setting of that very instance, and nothing that only follows from it."""
    refused = Problem(code, "It says so.")
    told = replace(facts(), user_id=refused, seen=refused, own=refused, mine=None)

    (found,) = [each for each in instance_findings(told) if each.severity is Severity.PROBLEM]

    assert "the token of [[influxdb]] prod" in found.remedy
    assert own_token_findings(told) == []


def test_one_server_by_two_names() -> None:
    """Ids are unique to a server, so that the same ids mean the same server."""
    first, second = facts(MINE, OTHER), replace(facts(OTHER), name="eu")
    third = facts(replace(OTHER, id="0d000000000000ff"))

    assert [each.severity for each in same_server_findings(second, [first])] == [Severity.NOTE]
    assert same_server_findings(third, [first, second]) == []
